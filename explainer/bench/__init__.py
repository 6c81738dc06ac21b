"""Whether a discussion with a million comments answers as fast as one with a thousand.

scratch.py    two databases of the site's kind, with caches of their own
asking.py     a reader who asks, through every middleware, and is timed
measures.py   what is asked, and what it comes to
"""
