"""What git knows of a training run."""

import getpass
import subprocess
from pathlib import Path

from paved_road import history
from paved_road.findings import problem


def commit(root: Path) -> tuple[str, bool]:
    """The current commit, and whether the work tree differs from it.

    Raises:
        Problem: without git, a repository, or a first commit.
    """
    head = _git(root, "rev-parse", "HEAD")
    return head, bool(_git(root, "status", "--porcelain"))


def last_change(root: Path, path: str) -> str:
    """The commit that last changed a file.

    Raises:
        Problem: if the file is not committed as it stands.
    """
    found = _git(root, "log", "-1", "--format=%H", "--", path)
    if not found or _git(root, "status", "--porcelain", "--", path):
        raise problem(
            "GIT003", "is not committed as it stands", "commit it: what is kept elsewhere names it", path=path
        )
    return found


def remote(root: Path) -> str:
    """Where the repository is shared, as git names it; empty if nowhere."""
    return _config(root, "remote.origin.url")


def author(root: Path) -> str:
    """Name and address as git would write them; the user's name where none is set."""
    name, address = (_config(root, key) for key in ("user.name", "user.email"))
    if not name:
        return _user()
    return f"{name} <{address}>" if address else name


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"  # a container may run as a user that has no name


def _git(root: Path, *arguments: str) -> str:
    done = history.ask(root, *arguments)
    if done.returncode:
        raise history.refusal(root, done.stderr)
    return done.stdout.decode(errors="replace").strip()


def _config(root: Path, key: str) -> str:
    done = subprocess.run(["git", "config", key], cwd=root, capture_output=True, text=True, check=False)
    return done.stdout.strip()
