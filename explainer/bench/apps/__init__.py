"""What the yardsticks serve. Each runs in a process of its own, without the site's settings."""
