"""What git knows of a training run."""

import getpass
import os
import subprocess
from pathlib import Path

from paved_road.findings import Problem, problem

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
        return _user()
    return f"{name} <{address}>" if address else name


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"  # a container may run as a user that has no name


def _git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=root,
            env=os.environ | {"LC_ALL": "C"},
            capture_output=True,
            text=True,
            check=True,
            errors="replace",
        )
    except FileNotFoundError:
        raise problem("GIT001", "git is not installed", "install it") from None
    except subprocess.CalledProcessError as error:
        raise _refusal(root, error.stderr) from None
    return done.stdout.strip()


def _refusal(root: Path, said: str) -> Problem:
    if "not a git repository" in said:
        return problem("GIT002", f"{root} is not a git repository", _REMEDY)
    if "ambiguous argument 'HEAD'" in said:
        return problem("GIT002", "the repository has no commit yet", _REMEDY)
    return problem("GIT002", f"git refuses: {said.strip().partition(chr(10))[0]}", "run `git status` to see more")


def _config(root: Path, key: str) -> str:
    done = subprocess.run(["git", "config", key], cwd=root, capture_output=True, text=True, check=False)
    return done.stdout.strip()
