"""What a file said at another commit."""

import os
import subprocess
from pathlib import Path

from paved_road.findings import Problem, problem

_NO_COMMIT = "commits are what a handoff and a comparison name: `git init && git add . && git commit -m 'First commit'`"


def ask(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """What git answers, in English, to a question that is asked in `root`.

    Raises:
        Problem: if git is not installed.
    """
    environment = {**os.environ, "LC_ALL": "C"}
    try:
        return subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False, env=environment)
    except FileNotFoundError:
        raise problem("GIT001", "git is not installed", "install it") from None


def commit(root: Path, ref: str) -> str:
    """The commit that a ref names.

    Raises:
        Problem: without git, a repository or a commit, or if nothing is called so.
    """
    found = ask(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if found.returncode == 0:
        return found.stdout.decode().strip()
    if found.stderr:
        raise refusal(root, found.stderr)
    head = ask(root, "rev-parse", "HEAD")
    if head.returncode:
        raise refusal(root, head.stderr)
    remedy = "name a branch, a tag or a commit; in a shallow clone fetch it first (`git fetch origin main`)"
    raise problem("GIT003", f"{ref!r} is no commit of this repository", remedy)


def refusal(root: Path, said: bytes) -> Problem:
    """Why git did not answer, from what it said."""
    words = said.decode(errors="replace").strip()
    if "not a git repository" in words:
        return problem("GIT002", f"{root} is not a git repository", _NO_COMMIT)
    if "ambiguous argument 'HEAD'" in words:
        return problem("GIT002", "the repository has no commit yet", _NO_COMMIT)
    return problem("GIT002", f"git refuses: {words.partition(chr(10))[0]}", "run `git status` to see more")


def read(root: Path, at: str, path: str) -> bytes | None:
    """A file of a commit; None if it was not there.

    Args:
        root: folder that the path starts from; it may lie deep in the repository.
        at: the commit.
        path: the file, with forward slashes.

    Raises:
        Problem: if it is there and cannot be read.
    """
    listed = ask(root, "ls-tree", "-z", at, "--", path)
    if listed.returncode == 0 and not listed.stdout:
        return None
    found = ask(root, "cat-file", "blob", f"{at}:./{path}")
    if listed.returncode or found.returncode:
        said = (listed.stderr or found.stderr).decode(errors="replace").strip().splitlines() or ["git gave no reason"]
        raise _unreadable(path, at, said[0])
    return found.stdout


def _unreadable(path: str, at: str, reason: str) -> Problem:
    return problem("GIT004", f"git cannot show it at {at[:7]}: {reason}", "name another commit", path=path)
