"""The handoff before this one, for a page that is drawn with or without it."""

from pathlib import Path
from typing import Any, NamedTuple

from paved_road.findings import Problem
from paved_road.handoff import previous


class Past(NamedTuple):
    """What git knows.

    Attributes:
        manifest: the last one that was accepted before the present one, if there is one.
        unknown: why git cannot tell; empty if it can.
    """

    manifest: dict[str, Any] | None
    unknown: str = ""


def before(root: Path, seal: str) -> Past:
    """The last accepted manifest with another seal than `seal`."""
    try:
        return Past(previous.manifest(root, seal))
    except Problem as error:
        return Past(None, "; ".join(finding.fact for finding in error.findings))
