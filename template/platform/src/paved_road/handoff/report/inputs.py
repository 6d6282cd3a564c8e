"""What inputs and predictions looked like, from the manifest's reference distributions: pictures and plain words."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from paved_road.contracts.model import Field
from paved_road.handoff.manifest import Bins, Distributions
from paved_road.handoff.report import charts, words

PICTURES = 40
"""Fields that get a picture; a page with hundreds of them serves nobody. The others keep their numbers."""
_CATEGORIES = 12


@dataclass(frozen=True)
class Input:
    """A field of a request.

    Attributes:
        name: its key.
        meaning: what it says.
        said: its distribution in a sentence.
        picture: SVG; empty if there is nothing to draw, or too much.
        heads: headings of the table.
        rows: the numbers behind the picture.
    """

    name: str
    meaning: str
    said: str
    picture: str
    heads: tuple[str, str]
    rows: list[tuple[str, str]]


def describe(fields: list[Field], found: Distributions) -> Iterator[Input]:
    """Every input, in the order of the contract."""
    for position, field in enumerate(fields):
        drawn = position < PICTURES
        if field.name in found.categories:
            part = found.categories[field.name]
            yield _categories(field, part.shares, part.missing, drawn)
        elif field.name in found.numbers:
            numbers = found.numbers[field.name]
            if field.type == "boolean":
                yield _categories(field, _flags(numbers), numbers.missing, drawn)
            else:
                yield _numbers(field, numbers, drawn)


def _flags(bins: Bins) -> Mapping[str, float]:
    """A flag's bins: below or on the edge 0 is no, above is yes; without an edge there is but one value."""
    return {"no": bins.shares[0], "yes": bins.shares[-1]} if bins.edges else {"always the same": bins.shares[0]}


def _categories(field: Field, shares: Mapping[str, float], missing: float, drawn: bool) -> Input:
    ordered = sorted(shares.items(), key=lambda item: (-item[1], item[0]))
    shown = ordered[:_CATEGORIES]
    rest = len(ordered) - len(shown)
    most = f"Most often {ordered[0][0]} ({words.percent(ordered[0][1])})" if ordered else "No value"
    said = f"{most}{_missing(missing)}." + (f" The picture leaves out {rest} rarer values." if rest else "")
    picture = ""
    if drawn and ordered:
        picture = charts.categories(shown, f"{field.name}: {said}")
    rows = [(name, words.percent(share, 2)) for name, share in ordered[:200]]
    return Input(field.name, field.meaning, said, picture, ("Value", "Share of rows"), rows)


def _numbers(field: Field, bins: Bins, drawn: bool) -> Input:
    show = _show(field)
    rows = [(name, words.percent(share, 2)) for name, share in zip(_ranges(bins, show), bins.shares, strict=True)]
    said = f"{_summary(bins, show)}{_missing(bins.missing)}."
    picture = ""
    if drawn and len(bins.edges) >= 4:
        heights = np.array(bins.shares[1:-1]) / np.diff(bins.edges)
        picture = charts.density(bins.edges, heights.tolist(), f"{field.name}: {said}", dates=field.type == "timestamp")
    elif drawn and bins.edges:
        picture = charts.categories(
            list(zip(_ranges(bins, show), bins.shares, strict=True)),
            f"{field.name}: {said}",
        )
    return Input(field.name, field.meaning, said, picture, ("Range", "Share of rows"), rows)


def _show(field: Field) -> Callable[[float], str]:
    if field.type == "timestamp":
        return words.day
    return lambda value: words.unit(words.number(value), field.unit)


def _ranges(bins: Bins, show: Callable[[float], str]) -> list[str]:
    if not bins.edges:
        return ["every value"]
    middle = [f"{show(low)} to {show(high)}" for low, high in zip(bins.edges, bins.edges[1:], strict=False)]
    return [f"up to {show(bins.edges[0])}", *middle, f"above {show(bins.edges[-1])}"]


def _summary(bins: Bins, show: Callable[[float], str]) -> str:
    """The ends of the bins that hold the outermost rows, and about where the middle lies."""
    if not bins.edges:
        return "One value in every row"
    below = np.cumsum(bins.shares)[:-1]
    middle = bins.edges[int(np.argmin(np.abs(below - 0.5)))]
    return (
        f"{words.percent(bins.shares[0], 0)} up to {show(bins.edges[0])}, about half up to {show(middle)}, "
        f"{words.percent(bins.shares[-1], 0)} above {show(bins.edges[-1])}"
    )


def _missing(share: float) -> str:
    return f"; missing in {words.percent(share)} of rows" if share > 0 else ""
