"""What an artifact's format decides: how it is loaded, which packages serve it, and whether it has to be signed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from paved_road.contracts.model import ModelContract
from paved_road.project import Format

NATIVE: frozenset[Format] = frozenset({"skops"})
"""Formats of which building a model means running code: only in a sandbox, and only if somebody signed for it."""

EXTRAS: dict[Format, tuple[str, ...]] = {"onnx": (), "skops": ("skops",)}
"""Extras of the package `paved-road` that a server of this format needs."""


class Predicts(Protocol):
    """A loaded model. It may be called from several threads at once.

    Attributes:
        opsets: what the file asks of its runtime: operator sets by domain, or the version of a native format.
        trusted: types in it that were built because somebody trusts them, beside those that its library does.
        waits: whether a call waits for another process, which may take its time.
    """

    opsets: dict[str, int]
    trusted: list[str]
    waits: bool

    def raw(self, numbers: NDArray[np.float64], strings: NDArray[np.object_]) -> NDArray[np.float64]:
        """What the model gives, before anything is decided.

        Args:
            numbers: shape (rows, numbers of the contract), missing as NaN.
            strings: shape (rows, strings of the contract), missing as the empty string.

        Returns:
            Classification: probabilities, shape (rows, classes). Regression: values, shape (rows,).

        Raises:
            Problem: if the model fails, or gives another shape.
        """

    def close(self) -> None:
        """Let go of what it holds."""


def load(path: Path, contract: ModelContract, kind: Format, trusted: Sequence[str] = ()) -> Predicts:
    """Load an artifact and hold it against the contract.

    Args:
        path: the file.
        contract: which inputs and classes it must have.
        kind: its format.
        trusted: types that may be built from a native format, beside those that its library trusts.

    Raises:
        Problem: missing, not of this format, not to be trusted, or with other inputs or outputs.
    """
    if kind in NATIVE:
        from paved_road.handoff.native import NativePredictor

        return NativePredictor(path, contract, trusted)
    from paved_road.handoff.predictor import Predictor

    return Predictor(path, contract)
