"""What git knows of a training run."""

import getpass
import subprocess
from pathlib import Path

from paved_road.findings import problem

_REMEDY = "a handoff names its commit: `git init && git add . && git commit -m 'First commit'`"


def commit(root: Path) -> tuple[str, bool]:
    """The current commit, and whether the work tree differs from it.

    Raises:
        Problem: without git, a repository, or a first commit.
    """
    head = _git(root, "rev-parse", "HEAD")
    return head, bool(_git(root, "status", "--porcelain"))


def author(root: Path) -> str:
    """Name and address as git would write them; the user's name where none is set."""
    name, address = (_config(root, key) for key in ("user.name", "user.email"))
    if not name:
        return getpass.getuser()
    return f"{name} <{address}>" if address else name


def _git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True)
    except FileNotFoundError:
        raise problem("GIT001", "git is not installed", "install it") from None
    except subprocess.CalledProcessError as error:
        bare = "not a git repository" in error.stderr
        fact = f"{root} is not a git repository" if bare else "the repository has no commit yet"
        raise problem("GIT002", fact, _REMEDY) from None
    return done.stdout.strip()


def _config(root: Path, key: str) -> str:
    done = subprocess.run(["git", "config", key], cwd=root, capture_output=True, text=True, check=False)
    return done.stdout.strip()
