"""The handoff before this one: the last that was accepted, as git remembers it."""

import json
from pathlib import Path
from typing import Any

import msgspec

from paved_road import history
from paved_road.contracts.model import ModelContract
from paved_road.findings import problem
from paved_road.handoff.manifest import PATH

_TRUNKS = ("origin/HEAD", "origin/main", "main", "origin/master", "master")
_MOST = 100


def manifest(root: Path, seal: str) -> dict[str, Any] | None:
    """The last accepted manifest with another seal, of whatever version; None if this is the first.

    A manifest is accepted once it is merged: on a branch, those that the branch itself went through do not count.

    Raises:
        Problem: without git or a commit, or if the history is cut off before one is found.
    """
    start = accepted(root)
    log = history.ask(root, "log", "--first-parent", f"--max-count={_MOST}", "--format=%H", start, "--", PATH)
    for commit in log.stdout.decode().split():
        data = _json(history.read(root, commit, PATH))
        if data is not None and data.get("seal") != seal:
            return data
    if history.ask(root, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true":
        fact = "git has no earlier manifest here, because this clone is shallow"
        raise problem("HANDOFF018", fact, "fetch its history: `git fetch --unshallow`", path=PATH)
    return None


def promise(data: dict[str, Any]) -> ModelContract:
    """What an earlier manifest promised.

    Raises:
        Problem: if it cannot be read by this version.
    """
    try:
        return msgspec.convert(data["contract"]["promise"], ModelContract)
    except (KeyError, TypeError, msgspec.ValidationError) as error:
        fact = f"the promise of the manifest before this one cannot be read: {error}"
        raise problem("HANDOFF018", fact, "update the platform (`copier update`)", path=PATH) from error


def accepted(root: Path) -> str:
    """Where accepted history ends: where this branch left the trunk, or here."""
    head = history.commit(root, "HEAD")
    for trunk in _TRUNKS:
        base = history.ask(root, "merge-base", "HEAD", trunk)
        if base.returncode == 0:
            return base.stdout.decode().strip()
    return head


def _json(content: bytes | None) -> dict[str, Any] | None:
    """A manifest's content; None for what was none, for instance a conflict that was committed."""
    try:
        data = json.loads(content or b"")
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None
