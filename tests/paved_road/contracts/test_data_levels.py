"""Service levels of a data contract: each is held against the rows, or is known to be one between people."""

from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import pytest
from paved_road.contracts import data_rules
from paved_road.findings import Problem, as_text

from .contracts_examples import data_contract, data_text

COLUMNS = "[{name: at, logicalType: timestamp}, {name: day, logicalType: date}, {name: a, logicalType: string}]"
LEVEL = "property: frequency, value: 1"
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
TABLE = pd.DataFrame(
    {
        "at": pd.to_datetime(pd.Series(["2026-03-08T12:00:00Z", None, "2026-03-09T12:00:00Z"])),
        "day": pd.to_datetime(pd.Series([date(2026, 3, 8), date(2026, 3, 9), None])),
        "a": ["x", "y", "z"],
    }
)


def text(*levels: str, more: str = "") -> str:
    """A data contract whose service levels stand from line 13 on."""
    return "\n".join([data_text(COLUMNS), "slaProperties:", *(f"  - {{{level}}}" for level in levels), more])


def refusal(contract: str) -> str:
    with pytest.raises(Problem) as refused:
        data_contract(contract)
    return as_text(refused.value.findings)


def said(*levels: str, table: pd.DataFrame = TABLE) -> str:
    """What a person reads of a table that is held against these levels; empty if all hold."""
    try:
        data_rules.enforce(table, data_contract(text(*levels)), NOW)
    except Problem as refused:
        return as_text(refused.findings)
    return ""


@pytest.mark.parametrize(
    "level",
    [
        "property: latency, value: 24, unit: h, element: t.at",
        "property: latency, value: 1, unit: d, element: at",
        "property: LY, value: 1, unit: day, element: at",
        "property: latency, value: 1440, unit: min, element: at",
        "property: latency, value: 1.5, unit: days, element: t.day",
        "property: retention, value: 2, unit: d, element: at",
        "property: retention, value: 1, unit: w, element: 'at, t.day'",
        "property: re, value: 1, unit: mo, element: at",
        "property: retention, value: 1, unit: y, element: at",
    ],
)
def test_a_level_that_holds_is_quiet(level: str) -> None:
    assert said(level) == ""


@pytest.mark.parametrize(
    ("level", "message"),
    [
        (
            "property: latency, value: 23, unit: h, element: t.at",
            "latency(at) 23 h does not hold: the newest value is 2026-03-09T12:00:00+00:00, 24 h old",
        ),
        (
            "property: latency, value: 1, unit: d, element: day",
            "latency(day) 1 d does not hold: the newest value is 2026-03-09T00:00:00+00:00, 1.5 d old",
        ),
        (
            "property: retention, value: 47, unit: h, element: at",
            "retention(at) 47 h does not hold: the oldest value is 2026-03-08T12:00:00+00:00, 48 h old",
        ),
        ("property: latency, value: 1, unit: d, element: 'at, day'", "latency(day) 1 d does not hold"),
    ],
)
def test_a_level_that_does_not_hold_is_refused_at_its_line(level: str, message: str) -> None:
    found = said("property: frequency, value: 1, unit: d", level)

    assert found.startswith(f"contracts/data.yml:14  DATA005  {message}")
    assert "mend the data at its source" in found


def test_nothing_is_fresh_where_every_value_is_missing() -> None:
    empty = TABLE.assign(at=pd.Series([pd.NaT] * 3, dtype="datetime64[ns, UTC]"))

    found = said("property: latency, value: 1, unit: d, element: at", table=empty)

    assert "latency(at) 1 d does not hold: every value is missing" in found
    assert said("property: retention, value: 1, unit: d, element: at", table=empty) == ""


@pytest.mark.parametrize("change", [{"at": ["now"] * 3}, {}], ids=["mistyped", "missing"])
def test_a_column_that_is_not_there_or_of_another_type_is_named_alone(change: dict[str, Any]) -> None:
    table = TABLE.assign(**change) if change else TABLE.drop(columns="at")

    found = said("property: latency, value: 1, unit: min, element: at", table=table)

    assert found.count("DATA005") == 1
    assert "latency" not in found


def test_time_passes_for_whoever_gives_no_time() -> None:
    contract = data_contract(text("property: latency, value: 1, unit: y, element: at"))
    fresh = TABLE.assign(at=pd.Timestamp.now("UTC"))

    data_rules.enforce(fresh, contract)

    with pytest.raises(Problem, match="latency"):
        data_rules.enforce(TABLE.assign(at=pd.Timestamp("2001-01-01T00:00:00Z")), contract)


@pytest.mark.parametrize(
    "level",
    [
        "property: frequency, value: 1, unit: d",
        "property: retention, value: 2, unit: y",
        "property: latency, value: soon",
        "property: availability, value: 99.9, unit: percent",
        "property: endOfSupport, value: '2032-05-12'",
        "property: supportTime, value: '9 to 17'",
        "property: GA, value: '2026-01-01'",
    ],
)
def test_a_promise_between_people_is_allowed_and_not_measured(level: str) -> None:
    assert data_contract(text(level)).levels == ()


@pytest.mark.parametrize(
    ("level", "message"),
    [
        ("property: freshness, value: 1", "the service level freshness is not known here"),
        ("property: frequency, value: 1, unit: d, element: t.at", "frequency of a column is not enforced here"),
        ("property: latency, value: 1, unit: d, element: t.b", "latency: b is not a column of t"),
        ("property: latency, value: 1, unit: d, element: other.at", "latency: other.at is not a column of t"),
        ("property: latency, value: 1, unit: d, element: a", "latency: a is a string"),
        ("property: latency, value: 1, unit: m, element: at", "latency: the unit m is not known here"),
        ("property: latency, value: 1, element: at", "latency: the unit None is not known here"),
        ("property: latency, value: '1', unit: d, element: at", "latency: '1' is no length of time"),
        ("property: latency, value: 0, unit: d, element: at", "latency: 0 is no length of time"),
        ("property: latency, value: true, unit: d, element: at", "latency: True is no length of time"),
        ("property: latency, value: 1, valueExt: 2, unit: d, element: at", "latency: valueExt is not enforced here"),
    ],
)
def test_a_level_that_nobody_could_check_is_refused_at_its_line(level: str, message: str) -> None:
    found = refusal(text(LEVEL, level))

    assert found.startswith(f"contracts/data.yml:14  DATA003  {message}")


def test_an_element_by_default_is_refused() -> None:
    assert "DATA003  slaDefaultElement is not enforced here" in refusal(text(LEVEL, more="slaDefaultElement: t.at"))
