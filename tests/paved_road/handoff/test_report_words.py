"""Figures as people read them."""

import pytest
from paved_road.handoff.report import words


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"),
        (5473.46, "5,473"),
        (88.878, "88.9"),
        (3.1267, "3.13"),
        (0.006563, "0.00656"),
        (2.54e-5, "0.0000254"),
        (0.9999, "1"),
        (-0.2021, "−0.202"),
        (-1e-300, "0"),
        (1e18, "1,000,000,000,000,000,000"),
        (float("nan"), "undefined"),
        (float("inf"), "undefined"),
    ],
)
def test_a_number_is_said_without_powers_of_ten(value: float, said: str) -> None:
    assert words.number(value) == said


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 bytes"), (999, "999 bytes"), (197_082, "197 kB"), (1_500_000, "1.5 MB"), (2_000_000_000, "2 GB")],
)
def test_a_size_has_its_unit(count: int, said: str) -> None:
    assert words.size(count).replace(words.SPACE, " ") == said


@pytest.mark.parametrize(
    ("stamp", "said"),
    [
        ("2026-01-02T03:04:05+00:00", "2 January 2026, 03:04 UTC"),
        ("2026-01-02T03:04:05+02:00", "2 January 2026, 01:04 UTC"),
        ("yesterday", "yesterday"),
    ],
)
def test_a_moment_is_a_day_and_a_time_in_utc(stamp: str, said: str) -> None:
    assert words.moment(stamp) == said


@pytest.mark.parametrize(("seconds", "said"), [(1.7e9, "2023-11-14"), (1e18, "1" + ",000" * 6)])
def test_seconds_are_a_day_where_there_is_one(seconds: float, said: str) -> None:
    assert words.day(seconds) == said
