"""Calls git, and reads repositories that it can reach: a folder on this machine, or a URL."""

import os
import re
import subprocess
import tempfile
from pathlib import Path

from fleet.snapshot import CODEOWNERS, LOCK, READ, Gates, Snapshot, Unreadable

_ENVIRONMENT = {"GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": "file:https:ssh", "GIT_OPTIONAL_LOCKS": "0"}
_PATIENCE_S = 300
_MARKER = "^<<<<<<< before updating$"


def call(folder: Path, *arguments: str) -> str:
    """What a git command prints.

    Raises:
        Unreadable: git refused, with its first words.
    """
    return _run(folder, *arguments).decode(errors="replace")


def archive(folder: Path, commit: str) -> bytes:
    """A commit's files, as a tar archive."""
    return _run(folder, "archive", "--format=tar", commit)


def _run(folder: Path, *arguments: str) -> bytes:
    command = ["git", "-c", "core.quotepath=off", "-C", str(folder), *arguments]
    try:
        done = subprocess.run(
            command, capture_output=True, check=False, env=os.environ | _ENVIRONMENT, timeout=_PATIENCE_S
        )
    except FileNotFoundError:
        raise Unreadable("git is not installed") from None
    except subprocess.TimeoutExpired:
        raise Unreadable(f"git {arguments[0]} took more than {_PATIENCE_S} s") from None
    if done.returncode:
        said = [line for line in done.stderr.decode(errors="replace").splitlines() if line.strip()]
        raise Unreadable(_without_secrets(said[-1] if said else f"git {arguments[0]} exits with {done.returncode}"))
    return done.stdout


def read(folder: Path) -> Snapshot:
    """What a repository on this machine has committed; what lies uncommitted in it does not count.

    Raises:
        Unreadable: it is none, or has no commit.
    """
    if not folder.is_dir():
        raise Unreadable("there is no such folder")
    if Path(call(folder, "rev-parse", "--show-cdup").strip() or ".") != Path("."):
        raise Unreadable("is a folder inside a repository, and none itself")
    try:
        call(folder, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    except Unreadable:
        raise Unreadable("is empty: nothing was ever committed") from None
    entries = (entry.split("\t", 1) for entry in call(folder, "ls-tree", "-r", "-z", "HEAD").split("\0") if entry)
    tree = {path: head.split()[2] for head, path in entries}
    texts = {path: call(folder, "cat-file", "blob", tree[path]) for path in READ if path in tree}
    return Snapshot(tree, texts, _gates(folder, tree))


def clone(url: str) -> Snapshot:
    """As `read`, from a URL that git understands: its newest commit is fetched to a folder that does not stay."""
    with tempfile.TemporaryDirectory() as folder:
        call(Path(folder), "clone", "--quiet", "--bare", "--depth", "1", "--", url, "clone")
        return read(Path(folder) / "clone")


def _gates(folder: Path, tree: dict[str, str]) -> Gates:
    """What fails for sure can be told without CI and without the repository's environment; what passes cannot."""
    failing = [] if LOCK in tree else [f"no {LOCK}"]
    if CODEOWNERS not in tree:
        failing.append(f"no {CODEOWNERS}")
    try:
        marked = call(folder, "grep", "-l", "-I", "-e", _MARKER, "HEAD").splitlines()
    except Unreadable:  # git grep exits 1 when it finds nothing
        marked = []
    failing += [f"conflict markers in {line.removeprefix('HEAD:')}" for line in marked]
    return Gates("failing", tuple(failing)) if failing else Gates("unknown", ("CI is asked through GitHub",))


def _without_secrets(said: str) -> str:
    return re.sub(r"://[^/@\s]+@", "://", said)
