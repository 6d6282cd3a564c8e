"""Every value has a bin, whatever it is, and each bin says what share of the reference it had."""

import math
from typing import Any

import numpy as np
import pytest
from paved_road.handoff import counting, reference
from paved_road.handoff.manifest import Distributions, Null, Reference

from .handoff_examples import promise

AMOUNTS = np.array([*range(1, 101), math.nan, math.nan], dtype=np.float64)


def described(numbers: dict[str, Any] | None = None, texts: dict[str, Any] | None = None) -> Reference:
    """A reference of these columns, as inputs and as predictions."""
    found = Distributions(
        numbers={name: reference.bins(np.asarray(column)) for name, column in (numbers or {}).items()},
        categories={name: reference.categories(np.asarray(column, object)) for name, column in (texts or {}).items()},
    )
    nothing = Null(false_alarms=0.001, inputs={}, predictions={})
    return Reference(rows=100, inputs=found, predictions=found, null=nothing)


def counts(field: counting.Counted, values: Any) -> dict[str, int]:
    """How many values are in each bin that is not empty."""
    found = zip(field.labels, field.count(values).tolist(), strict=True)
    return {label: count for label, count in found if count}


def test_the_reference_itself_is_counted_as_expected() -> None:
    texts = ["a"] * 60 + ["b"] * 30 + [""] * 12
    fields = counting.predictions(described({"amount": AMOUNTS}, {"from": texts}))

    for name, values in (("amount", AMOUNTS), ("from", texts)):
        shares = fields[name].count(values) / len(values)
        assert shares == pytest.approx(fields[name].expected)
        assert fields[name].expected.sum() == pytest.approx(1)


@pytest.mark.parametrize(
    ("value", "bin"),
    [(0.999, "(below)"), (1, "1"), (10.9, "1"), (11, "2"), (100, "10"), (100.1, "(above)"), (math.nan, "(missing)")],
)
def test_a_number_has_one_bin_and_beyond_the_reference_another(value: float, bin: str) -> None:
    amount = counting.predictions(described({"amount": AMOUNTS}))["amount"]

    assert counts(amount, np.array([value])) == {bin: 1}


@pytest.mark.parametrize(
    ("value", "bin"), [("a", "a"), ("", "(missing)"), ("new", "(unseen)"), ("(below)", "((below)")]
)
def test_a_category_has_one_bin_and_a_new_one_another(value: str, bin: str) -> None:
    home = counting.predictions(described(texts={"from": ["a", "b", "(below)"]}))["from"]

    assert counts(home, [value]) == {bin: 1}


def test_rare_categories_share_a_bin_so_that_memory_does_not_grow() -> None:
    many = [f"m{number:04}" for number in range(5000)] + ["frequent"] * 9
    shop = counting.predictions(described(texts={"shop": many}))["shop"]

    assert len(shop.labels) == counting.MOST_CATEGORIES + 3
    assert counts(shop, ["frequent", "m4999", "m9999"]) == {"frequent": 1, "(other)": 1, "(unseen)": 1}


def test_time_going_on_is_no_drift() -> None:
    of = promise()
    at = counting.inputs(described({"at": np.array([1e9, 1.1e9])}), of)["at"]

    assert counts(at, np.array([2e9, math.nan])) == {"(present)": 1, "(missing)": 1}


def test_an_input_that_was_always_missing_is_counted_all_the_same() -> None:
    usual = counting.inputs(described({"usual": np.array([math.nan, math.nan])}), promise())["usual"]

    assert usual.expected.tolist() == [0, 1]
    assert counts(usual, np.array([1.0, math.nan])) == {"(present)": 1, "(missing)": 1}
