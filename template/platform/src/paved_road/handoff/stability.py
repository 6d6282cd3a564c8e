"""The population stability index: how far counts are from a reference, and how far chance alone would take them."""

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

FLOOR = 0.001
"""Added to both shares under the logarithm, so that a bin that nobody expected does not weigh without bound."""

FALSE_ALARMS = 0.001
"""Share of windows in which chance takes any of a model's inputs over its threshold; the same for its predictions."""

_DRAWS, _MOST_ROWS = 1000, 1000


def psi(expected: NDArray[np.float64], counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Population stability index between a reference distribution and counts.

    Args:
        expected: shares of the reference, shape (bins,), sum 1.
        counts: in the same bins, shape (…, bins), each with a sum above 0.

    Returns:
        PSI in nats, shape (…); without drift about (bins - 1) * (1 / rows + 1 / reference rows).

    Source: Yurdakul (2018), Statistical properties of the population stability index.
    """
    shares = counts / counts.sum(axis=-1, keepdims=True)
    return np.asarray(((shares - expected) * np.log((shares + FLOOR) / (expected + FLOOR))).sum(axis=-1))


def scale(rows: float, reference_rows: int) -> float:
    """What PSI without drift is proportional to."""
    return 1 / rows + 1 / reference_rows


class Chance:
    """What PSI is without drift, from windows drawn from the reference itself."""

    def __init__(self, sample: int) -> None:
        """Draw windows of `sample` rows, the same ones for every field and on every machine."""
        self._rows = min(sample, _MOST_ROWS)
        drawn = np.random.default_rng(0).random((_DRAWS, self._rows))
        drawn.sort(axis=1)
        # In one ascending row, so that all windows are counted by one search.
        self._drawn = (drawn + np.arange(_DRAWS)[:, None]).ravel()

    def percentile(self, expected: NDArray[np.float64], reference_rows: int, tail: float) -> float:
        """What PSI over `scale` exceeds with the probability `tail`, without drift.

        Args:
            expected: shares of the reference, shape (bins,), sum 1.
            reference_rows: how many rows they were taken from.
            tail: probability, too small to be read off the draws: a gamma distribution of their mean and variance
                continues them, and chi-squared of one degree is the least, for fields of one ordinary bin.
        """
        # A bin without a reference row is not impossible; it is rarer than one row.
        likely = (expected * reference_rows + 0.5) / (reference_rows + 0.5 * expected.size)
        found = psi(expected, self._windows(likely)) * self._rows
        mean, variance = float(found.mean()), float(found.var())
        degrees = max(2 * mean**2 / variance, 1.0) if variance else 1.0
        fitted = math.sqrt(variance / (2 * degrees)) * _chi_squared(degrees, tail)
        return max(fitted, NormalDist().inv_cdf(1 - tail / 2) ** 2)

    def _windows(self, shares: NDArray[np.float64]) -> NDArray[np.int64]:
        starts = np.arange(_DRAWS)[:, None]
        below = np.searchsorted(self._drawn, (starts + np.cumsum(shares)[:-1]).ravel()).reshape(_DRAWS, -1)
        return np.diff(below - starts * self._rows, prepend=0, append=self._rows, axis=1)


def _chi_squared(degrees: float, tail: float) -> float:
    """Upper quantile of the chi-squared distribution (Wilson and Hilferty 1931)."""
    spread = 2 / (9 * degrees)
    return degrees * (1 - spread + NormalDist().inv_cdf(1 - tail) * math.sqrt(spread)) ** 3
