"""Semantic versioning 2.0.0: how far the version of a contract has to move for what changed in it."""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from paved_road.contracts.compatibility.rules import EFFECTS, Change
from paved_road.findings import Finding

Bump = Literal["major", "minor", "none"]
Numbers = tuple[int, int, int]
_BUMPS: dict[str, Bump] = {"breaking": "major", "additive": "minor", "neutral": "none"}
_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)", re.ASCII)


def bump(changes: Sequence[Change]) -> Bump:
    """The part of a version that these changes have to move."""
    return _BUMPS[min((change.rule.effect for change in changes), key=EFFECTS.index, default="neutral")]


def needed(version: str, by: Bump) -> str | None:
    """The lowest version that may follow; None if `version` is not MAJOR.MINOR.PATCH.

    Before 1.0.0 nothing is stable yet (section 4 of the standard), and by custom each part moves one to the right:
    a breaking change asks for the next minor version, an additive one for the next patch.
    """
    numbers = _numbers(version)
    if numbers is None:
        return None
    major, minor, patch = numbers
    if by == "none":
        return version
    if by == "major":
        return f"{major + 1}.0.0" if major else f"0.{minor + 1}.0"
    return f"{major}.{minor + 1}.0" if major else f"0.{minor}.{patch + 1}"


def check(old: str, new: str, changes: Sequence[Change], path: str, line: int | None = None) -> Iterator[Finding]:
    """Whether a version moved far enough.

    Args:
        old: version before.
        new: version after.
        changes: what changed in between.
        path: the contract.
        line: where its version stands.
    """
    by = bump(changes)
    least, before, after = needed(old, by), _numbers(old), _numbers(new)
    if least is None or before is None or after is None:
        if old != new or by != "none":
            fact = f"version {old} → {new}: one of them is not MAJOR.MINOR.PATCH, so nobody can tell how far it moved"
            yield Finding(code="COMPAT003", fact=fact, remedy="write it so, for instance 1.0.0", path=path, line=line)
    elif after < before:
        fact = f"version {old} → {new} goes backwards"
        remedy = f"raise it{f' to {least}' if by != 'none' else ''}, or write {old} again"
        yield Finding(code="COMPAT002", fact=fact, remedy=remedy, path=path, line=line)
    elif after < (_numbers(least) or after):
        moved = f"version is still {old}" if old == new else f"version {old} → {new} is too small"
        fact = f"{moved}: {_greatest(changes)}, needs {least}"
        yield Finding(
            code="COMPAT001", fact=fact, remedy=f"write {least}, or take the change back", path=path, line=line
        )


def _numbers(version: str) -> Numbers | None:
    match = _VERSION.fullmatch(version)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def _greatest(changes: Sequence[Change]) -> str:
    """The change that asks for most, and how many more ask for as much."""
    first = min(changes, key=lambda change: EFFECTS.index(change.rule.effect))
    alike = sum(change.rule.effect == first.rule.effect for change in changes)
    more = f" and {alike - 1} more" if alike > 1 else ""
    return f"{first.fact} ({first.rule.effect}){more}"
