"""Nothing in the repository opens a door: no key, no token, no password of anybody."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PATTERNS = {
    "private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "cloud key": re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{16}\b"),
    "token of a forge": re.compile(r"\b(gh[pousr]_\w{30,}|github_pat_\w{30,}|glpat-[\w-]{20,})"),
    "token of a registry": re.compile(r"\b(pypi-[\w-]{50,}|npm_\w{36})"),
    "token of a chat": re.compile(r"\bxox[abprs]-[\w-]{10,}"),
    "signed token": re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"),
    "key of this site": re.compile(
        r"^\s*(SECRET_KEY|METRICS_TOKEN|POSTGRES_PASSWORD)\s*=\s*[\"']?[\w!@#%^&*()=+-]{20,}", re.M
    ),
    # Of a machine elsewhere, and no example.
    "password in an address": re.compile(
        r"\b(postgres|redis|https?)://[^\s:@/\"'{$]+:(?!word@|password@)[^\s:@/\"'{$]+@(?!127\.)"
    ),
}
PLANTED = [
    "-----BEGIN EC " + "PRIVATE KEY-----",
    "AKIA" + "ABCDEFGHIJKLMNOP",
    "ghp_" + "x" * 36,
    "pypi-" + "A" * 60,
    "xoxb-" + "1" * 12,
    "eyJhbGciOiJIUzI1." + "eyJzdWIiOiIxMjM0." + "abcdefghijkl",
    "SECRET_KEY" + "=" + "k" * 50,
    "postgres://ed:" + "hunter2@db.example/site",
]


def files() -> list[Path]:
    """What is in the repository, or would be with the next commit."""
    git = shutil.which("git")
    if not git or not (ROOT / ".git").exists():
        pytest.skip("this is no clone")
    command = [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name]


def found_in(text: str) -> list[str]:
    return [what for what, pattern in PATTERNS.items() if pattern.search(text)]


def test_no_secret_is_in_the_repository():
    texts = {path: path.read_text(errors="replace") for path in files() if path.is_file()}
    assert len(texts) > 100
    assert {str(path): found for path, text in texts.items() if (found := found_in(text))} == {}


@pytest.mark.parametrize("planted", PLANTED)
def test_one_that_is_planted_is_found(planted):
    assert found_in(f"x\n{planted}\n")


def test_what_runs_on_the_site_is_never_part_of_it():
    names = {path.relative_to(ROOT).as_posix() for path in files()}
    strange = [
        n for n in names if re.search(r"(^|/)(var|secret-key|\.env)(/|$)|\.sqlite3|\.pem$", n)
    ]
    assert strange == []
