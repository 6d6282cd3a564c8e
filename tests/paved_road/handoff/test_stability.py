"""How far chance takes the population stability index, and that thresholds hold the stated rate of false alarms."""

import numpy as np
import pytest
from numpy.typing import NDArray
from paved_road.handoff import stability

DECILES = np.array([0, *[0.1] * 10, 0, 0])
RARE = np.array([0.9, 0.05, 0.03, 0.01, 0.01, 0, 0])
YES_NO = np.array([0.98, 0.02])
NEVER_MISSING = np.array([1.0, 0.0])
WINDOWS = 100_000


def windows(shares: NDArray[np.float64], rows: int) -> NDArray[np.int64]:
    return np.random.default_rng(3).multinomial(rows, shares, WINDOWS)


def test_it_is_that_of_the_books() -> None:
    expected, counts = np.array([0.5, 0.5]), np.array([800, 200])

    assert stability.psi(expected, counts) == pytest.approx(0.3 * np.log(0.8 / 0.5) - 0.3 * np.log(0.2 / 0.5), rel=0.01)
    assert stability.psi(expected, np.array([500, 500])) == 0


@pytest.mark.parametrize("rows", [1000, 20_000])
@pytest.mark.parametrize("shares", [DECILES, RARE, YES_NO, NEVER_MISSING], ids=["deciles", "rare", "yes-no", "never"])
def test_chance_exceeds_its_percentile_no_oftener_than_stated(shares: NDArray[np.float64], rows: int) -> None:
    reference_rows, tail = 100_000, 0.001
    percentile = stability.Chance(1000).percentile(shares, reference_rows, tail)

    found = stability.psi(shares, windows(shares, rows))

    exceeded = (found > percentile * stability.scale(rows, reference_rows)).mean()
    assert exceeded <= 1.5 * tail


def test_the_folklore_threshold_alarms_without_drift_in_small_windows() -> None:
    twenty = np.full(20, 0.05)
    percentile = stability.Chance(200).percentile(twenty, 100_000, 0.01)

    found = stability.psi(twenty, windows(twenty, 200))

    assert (found > 0.2).mean() > 0.005
    assert (found > percentile * stability.scale(200, 100_000)).mean() < 0.015


def test_a_bin_that_nobody_expected_weighs_within_bounds() -> None:
    found = stability.psi(NEVER_MISSING, np.array([[999, 1], [900, 100]]))

    assert found[0] < 0.001
    assert found[1] > 0.2


def test_the_percentile_is_the_same_on_every_machine() -> None:
    assert stability.Chance(1000).percentile(DECILES, 4000, 0.001) == pytest.approx(27.505023584611997, rel=1e-9)
