"""What a model's figures decide: from its raw output to the contract's outputs."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from paved_road.contracts.model import ModelContract, Output

ROUNDING = 1e-6
"""How far a float32 sum of probabilities may miss 0 or 1 without meaning anything."""


def decide(raw: NDArray[np.float64], contract: ModelContract) -> dict[str, NDArray[Any]]:
    """The contract's outputs from a model's figures.

    Args:
        raw: class probabilities, shape (rows, classes), or values, shape (rows,).
        contract: which outputs there are, and the threshold.

    Returns:
        For each output its column, shape (rows,): float64 for a probability or a value, the classes' type for a label.
    """
    decided = Decision(contract)(raw)
    kinds = {"label": np.asarray(contract.classes or []).dtype}
    return {output.name: np.array(decided[output.name], kinds.get(output.gives)) for output in contract.outputs}


class Decision:
    """How one contract decides; in plain lists, because a single record then takes a tenth of NumPy's time.

    Attributes:
        hides: whether a label hangs on figures that no output shows, so that nobody sees when one is not a number.
    """

    def __init__(self, contract: ModelContract) -> None:
        self._classes = contract.classes or []
        self._threshold = contract.threshold
        self._columns = [(output.name, self._column(output)) for output in contract.outputs]
        last = len(self._classes) - 1
        shown = {self._position(output) for output in contract.outputs if output.gives == "probability"}
        decisive = {last} if self._threshold is not None else set(range(len(self._classes)))
        self.hides = any(output.gives == "label" for output in contract.outputs) and not decisive <= shown

    def __call__(self, raw: NDArray[np.float64]) -> dict[str, list[Any]]:
        """As `decide`, with lists of plain Python values."""
        rows = raw.tolist()
        return {name: column(rows) for name, column in self._columns}

    def _column(self, output: Output) -> Callable[[list[Any]], list[Any]]:
        if output.gives == "value":
            return lambda rows: rows
        if output.gives == "probability":
            position = self._position(output)
            return lambda rows: _rounded([shares[position] for shares in rows])
        if self._threshold is not None:
            threshold, (negative, positive) = self._threshold, self._classes
            return lambda rows: [positive if shares[-1] >= threshold else negative for shares in rows]
        return lambda rows: [self._classes[shares.index(max(shares))] for shares in rows]

    def _position(self, output: Output) -> int:
        return len(self._classes) - 1 if output.of is None else self._classes.index(output.of)


def _rounded(shares: list[float]) -> list[float]:
    """Rounding errors beyond 0 and 1 taken away; what is further off stays visible."""
    return [
        share if 0 <= share <= 1 else min(max(share, 0.0), 1.0) if -ROUNDING <= share <= 1 + ROUNDING else share
        for share in shares
    ]
