"""From a kind of configuration to its files."""

from dataclasses import dataclass, replace
from pathlib import Path

from django.template import Context, Engine

from explainer.deploy.facts import Facts

FOLDER = Path(__file__).parent
# The files of each kind, in the order in which they are printed.
KINDS = {
    "nginx": ("nginx.conf",),
    "caddy": ("Caddyfile",),
    "systemd": (
        "afterword.service",
        "afterword-worker.service",
        "afterword-backup.service",
        "afterword-backup.timer",
    ),
    "compose": ("compose.yaml", "Dockerfile", "Dockerfile.dockerignore", "nginx.conf"),
    "plan": ("growing.md",),
}
# What compose.yaml says of where things are.
CONTAINERS = {
    "hosts": ("app-1:8000", "app-2:8000"),
    "static_root": "/public/static",
    "var_dir": "/data",
    "cache_dir": "/var/cache/nginx/afterword",
}


@dataclass(frozen=True)
class File:
    """One file of a configuration."""

    name: str
    text: str


def files(kind: str, facts: Facts) -> list[File]:
    """The files of one of KINDS, filled. Raises NotPrintableError."""
    if kind == "compose":
        facts = replace(facts, **CONTAINERS)
    if "nginx.conf" in KINDS[kind]:
        facts.must_end_tls()
    return [File(name, fill(name, facts)) for name in KINDS[kind]]


def fill(name: str, facts: Facts) -> str:
    """One template with its values. Nothing is escaped: no browser reads these."""
    # Strict about names: a misspelt one must not leave a hole in a configuration.
    engine = Engine([FOLDER], autoescape=False, string_if_invalid="UNKNOWN-%s")
    return engine.get_template(name).render(
        Context(facts.context(), autoescape=False, use_l10n=False)
    )
