"""A picture of a model's quality, with a sentence and its numbers."""

from collections.abc import Callable
from dataclasses import dataclass

from paved_road.handoff.report import curves

Row = tuple[str, ...]
INTERVAL = "95\N{NO-BREAK SPACE}% interval"


@dataclass(frozen=True)
class Figure:
    """A picture.

    Attributes:
        title: what it shows.
        how: how to read it.
        said: what it says, in a sentence; also in the picture's text alternative.
        svg: the picture.
        heads: headings of its table.
        rows: its numbers.
    """

    title: str
    how: str
    said: str
    svg: str
    heads: Row
    rows: list[Row]


def bin_rows(found: curves.Bins, show: Callable[[float], str]) -> list[Row]:
    """Bins as rows of a table: said, seen, interval, rows."""
    return [
        (show(said), show(seen), f"{show(low)} to {show(high)}", f"{rows:,}")
        for said, seen, low, high, rows in zip(*found, strict=True)
    ]
