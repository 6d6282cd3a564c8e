"""The handoff before this one, as git remembers it."""

import json
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

_FILE = "./handoff/manifest.json"
_MOST = 50
"""Commits looked at: each of them changed the manifest, so the second nearly always answers."""


class Past(NamedTuple):
    """What git knows.

    Attributes:
        manifest: the last one that differs from the present one, if there is one.
        commit: where it stands.
        complete: whether git has the whole history; a shallow clone has not.
    """

    manifest: dict[str, Any] | None
    commit: str
    complete: bool


def before(root: Path, seal: str) -> Past:
    """The last manifest with another seal than `seal`; none without git, a commit or an earlier handoff."""
    complete = _git(root, "rev-parse", "--is-shallow-repository").strip() != "true"
    for commit in _git(root, "log", f"--max-count={_MOST}", "--format=%H", "--", _FILE).split():
        try:
            data = json.loads(_git(root, "show", f"{commit}:{_FILE}"))
        except (ValueError, RecursionError):
            continue  # the commit that took it away, or one in which it was broken
        if isinstance(data, dict) and data.get("seal") != seal:
            return Past(data, commit, complete)
    return Past(None, "", complete)


def _git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False)
    except OSError:
        return ""
    return done.stdout.decode(errors="replace") if done.returncode == 0 else ""
