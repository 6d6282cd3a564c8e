"""What docs/monitoring.md of a generated repository says of drift is what simulated streams show."""

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from paved_road.handoff import stability

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "template" / "docs" / "monitoring.md"


@pytest.fixture(scope="module")
def streams() -> ModuleType:
    """The simulation that wrote the page."""
    spec = importlib.util.spec_from_file_location("drift_streams", ROOT / "benchmarks" / "drift.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def written(first: str) -> list[str]:
    """The cells of a row of the page."""
    (row,) = re.findall(rf"^\| {re.escape(first)} \|(.*)\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return [cell.strip() for cell in row.split("|")]


def test_without_drift_alerts_fire_no_oftener_than_stated(streams: ModuleType) -> None:
    alarms = streams.false_alarms(1000, 2000, seed=5)

    # Two windows are expected; of eight and more a thousandth is the chance.
    assert alarms["chance"] <= 8 / 2000
    assert alarms["strict"] <= alarms["chance"]
    assert alarms["default"] == 0
    assert alarms["fixed"] > 0.1


@pytest.mark.parametrize("rows", ["1,000", "10,000"])
def test_the_page_states_no_more_false_alarms_than_are_allowed(rows: str) -> None:
    chance, strict, default, _ = map(float, written(rows))

    assert default <= strict <= chance <= 1.5 * stability.FALSE_ALARMS


@pytest.mark.parametrize(
    "shift",
    ["amounts in another currency, 3 times higher", "10 % missing, where none was", "a new merchant, 10 % of rows",
     "the same, far off"],
)  # fmt: skip
def test_a_shift_is_told_within_the_rows_that_the_page_states(streams: ModuleType, shift: str) -> None:
    stated = re.fullmatch(r"[\d,]+ \(([\d,]+)\)", written(shift)[1])
    assert stated is not None, written(shift)

    found = streams.detected(shift, 1000, 20, seed=5).rows[streams.DEFAULT]

    within = int(stated[1].replace(",", ""))
    assert np.mean(found <= within) >= 0.8


def test_a_shift_below_the_threshold_is_not_told(streams: ModuleType) -> None:
    found = streams.detected("amounts 10 % higher", 1000, 20, seed=5)

    assert found.psi < streams.STRICT
    assert np.isinf(found.rows[streams.STRICT]).all()
