"""Does the exported model predict what the trained one did? A time in float32 flips half the labels, and no error."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from paved_road.contracts import metrics
from paved_road.contracts.model import ModelContract
from paved_road.findings import problem

TOLERANCE = 1e-4
"""Difference that float32 explains: of a probability, or of the spread of the values."""
STRAYS = 1e-3
"""Share of rows that may differ by more, or change their label: a tree's float32 threshold may meet a value head on."""


class Parity(NamedTuple):
    """How far two sets of predictions lie apart.

    Attributes:
        greatest: greatest difference, in probabilities or in standard deviations of the trained model's values.
        strays: rows that differ by more than `TOLERANCE`.
        flips: rows whose label differs; 0 for regression.
        rows: rows compared.
    """

    greatest: float
    strays: int
    flips: int
    rows: int


def compare(trained: NDArray[np.float64], exported: NDArray[np.float64], contract: ModelContract) -> Parity:
    """Compare raw predictions of the same shape, (rows, classes) or (rows,)."""
    rows = len(trained)
    scale = 1.0 if contract.task == "classification" else float(trained.std()) or 1.0
    apart = np.abs(trained - exported).reshape(rows, -1).max(axis=1) / scale
    apart = np.where(np.isnan(apart), np.inf, apart)
    flips = 0
    if contract.task == "classification":
        flips = int((metrics.labels(trained, contract) != metrics.labels(exported, contract)).sum())
    return Parity(float(apart.max()), int((apart > TOLERANCE).sum()), flips, rows)


def require(trained: NDArray[np.float64], exported: NDArray[np.float64], contract: ModelContract) -> Parity:
    """`compare`, and refuse what cannot be explained by rounding.

    Raises:
        Problem: if too many rows differ, or too many labels flip.
    """
    if trained.shape != exported.shape:
        fact = f"the trained model gave predictions of shape {trained.shape}, the exported one {exported.shape}"
        raise problem("PARITY001", fact, "run `road train`")
    parity = compare(trained, exported, contract)
    allowed = int(STRAYS * parity.rows)
    if parity.strays > allowed or parity.flips > allowed:
        flipped = f"{parity.flips} labels flip; " if contract.task == "classification" else ""
        fact = (
            f"the exported model does not predict what the trained one did: of {parity.rows} golden rows "
            f"{parity.strays} differ by more than {TOLERANCE:g}, {flipped}"
            f"the greatest difference is {parity.greatest:.3g}"
        )
        remedy = "keep large numbers such as times in float64 until they are scaled: src/*/features.py shows how"
        raise problem("PARITY002", fact, remedy)
    return parity
