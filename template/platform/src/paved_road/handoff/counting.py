"""Bins that a server counts inputs and predictions in; the manifest fixes them, so that replicas add up."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from paved_road.contracts.model import ModelContract
from paved_road.handoff.manifest import Bins, Categories, Distributions, Reference

MISSING, PRESENT, UNSEEN, OTHER, BELOW, ABOVE = "(missing)", "(present)", "(unseen)", "(other)", "(below)", "(above)"
"""Bins that are no value and no decile; a category that begins with a bracket gets one more."""

MOST_CATEGORIES = 20
"""Categories that are counted apart, the most frequent ones; the rest is `OTHER`, so that memory does not grow."""


class Counted(Protocol):
    """A field that is counted.

    Attributes:
        labels: names of its bins.
        expected: share of the reference's rows in each, shape (bins,).
    """

    @property
    def labels(self) -> tuple[str, ...]: ...

    @property
    def expected(self) -> NDArray[np.float64]: ...

    def count(self, values: Any) -> NDArray[np.int64]:
        """How many of `values`, shape (rows,), are in each bin; shape (bins,)."""


@dataclass(frozen=True)
class Numbers:
    """Deciles of the reference, and what lies outside of all its values; edges ascend, a value on one is below it."""

    labels: tuple[str, ...]
    expected: NDArray[np.float64]
    edges: NDArray[np.float64]

    def count(self, values: NDArray[np.float64]) -> NDArray[np.int64]:
        return np.bincount(self.place(values), minlength=len(self.labels))

    def place(self, values: NDArray[np.float64]) -> NDArray[np.int64]:
        """The bin of each value, shape (rows,)."""
        placed = np.searchsorted(self.edges, values)
        placed[np.isnan(values)] = len(self.labels) - 1
        return placed


@dataclass(frozen=True)
class Texts:
    """Categories of the reference; the empty string is a missing one."""

    labels: tuple[str, ...]
    expected: NDArray[np.float64]
    places: dict[str, int]

    def count(self, values: Iterable[str]) -> NDArray[np.int64]:
        counts = np.zeros(len(self.labels), np.int64)
        for value, count in Counter(values).items():
            counts[self.places.get(value, -1)] += count
        return counts


def inputs(reference: Reference, contract: ModelContract) -> dict[str, Counted]:
    """Bins of every input, in the order of the artifact's columns: numbers first."""
    moments = {field.name for field in contract.inputs if field.type == "timestamp"}
    return fields(reference.inputs, moments)


def predictions(reference: Reference) -> dict[str, Counted]:
    """Bins of every output: figures first, then labels."""
    return fields(reference.predictions, set())


def fields(found: Distributions, moments: set[str]) -> dict[str, Counted]:
    """Bins of every field; of those in `moments`, points in time, only whether there is one."""
    numbers: dict[str, Counted] = {
        name: _present(bins) if name in moments else _numbers(bins) for name, bins in found.numbers.items()
    }
    return numbers | {name: _texts(part) for name, part in found.categories.items()}


def _numbers(bins: Bins) -> Numbers:
    if bins.low is None or bins.high is None:
        return _present(bins)
    edges = np.array([np.nextafter(bins.low, -np.inf), *bins.edges, bins.high])
    labels = (BELOW, *(str(number) for number in range(1, len(bins.shares) + 1)), ABOVE, MISSING)
    present = np.array([0.0, *bins.shares, 0.0]) * (1 - bins.missing)
    return Numbers(labels, np.append(present, bins.missing), edges)


def _present(bins: Bins) -> Numbers:
    """Only whether there is a value: a point in time always moves on, and that is no drift."""
    return Numbers((PRESENT, MISSING), np.array([1 - bins.missing, bins.missing]), np.array([]))


def _texts(part: Categories) -> Texts:
    ordered = sorted(part.shares, key=lambda value: (-part.shares[value], value))
    apart, rest = ordered[:MOST_CATEGORIES], ordered[MOST_CATEGORIES:]
    labels = (*(f"({value}" if value.startswith("(") else value for value in apart), OTHER, MISSING, UNSEEN)
    shares = [*(part.shares[value] for value in apart), sum(part.shares[value] for value in rest)]
    expected = np.array([*(share * (1 - part.missing) for share in shares), part.missing, 0.0])
    places = {value: at for at, value in enumerate(apart)} | dict.fromkeys(rest, len(apart))
    return Texts(labels, expected, {**places, "": len(apart) + 1})
