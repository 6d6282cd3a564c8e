"""A version has to move as far as its contract changed."""

import msgspec
import pytest
from paved_road.contracts import compatibility, model
from paved_road.contracts.compatibility import versions
from paved_road.contracts.compatibility.rules import Change, said
from paved_road.contracts.compatibility.versions import Bump
from paved_road.contracts.model import ModelContract
from paved_road.findings import Finding

from .contracts_examples import promise, text

CONTRACT = promise("classification")
NARROWER = ("maximum: 50000, unit", "maximum: 40000, unit")
WIDER = ("maximum: 50000, unit", "maximum: 60000, unit")
REWORDED = ("Amount of the transaction.", "What was paid.")


def after(version: str, *edit: str) -> ModelContract:
    changed = text("classification").replace("threshold: 0.7", "threshold: 0.5")
    if edit:
        assert edit[0] in changed
        changed = changed.replace(edit[0], edit[1], 1)
    return msgspec.structs.replace(model.parse(changed), version=version)


def findings(old: ModelContract, new: ModelContract) -> list[tuple[str, str]]:
    return [(finding.code, finding.fact) for finding in compatibility.check_bump(old, new)]


@pytest.mark.parametrize(("edit", "bump"), [(NARROWER, "major"), (WIDER, "minor"), (REWORDED, "none"), ((), "none")])
def test_the_greatest_change_says_what_has_to_move(edit: tuple[str, ...], bump: Bump) -> None:
    assert compatibility.required_bump(CONTRACT, after("1.0.0", *edit)) == bump


@pytest.mark.parametrize(
    ("version", "edit"),
    [
        *[("2.0.0", NARROWER), ("3.1.4", NARROWER)],
        *[("1.1.0", WIDER), ("1.12.3", WIDER), ("2.0.0", WIDER)],
        *[("1.0.0", REWORDED), ("1.0.1", REWORDED)],
        *[("1.0.0", ()), ("1.0.1", ()), ("2.0.0", ())],
    ],
)
def test_a_version_that_moved_far_enough_is_fine(version: str, edit: tuple[str, ...]) -> None:
    assert findings(CONTRACT, after(version, *edit)) == []


def test_a_version_that_is_too_small_is_refused_with_the_change_and_the_version_it_needs() -> None:
    (found,) = compatibility.check_bump(CONTRACT, after("1.0.1", *NARROWER))

    assert found == Finding(
        code="COMPAT001",
        fact="version 1.0.0 → 1.0.1 is too small: "
        "inputs.amount.maximum went from 50000 to 40000 (breaking), needs 2.0.0",
        remedy="write 2.0.0, or take the change back",
        path="contracts/model.yml",
    )


@pytest.mark.parametrize(
    ("version", "edit", "fact"),
    [
        ("1.9.9", NARROWER, "version 1.0.0 → 1.9.9 is too small"),
        ("1.0.0", NARROWER, "version is still 1.0.0: inputs.amount.maximum went from 50000 to 40000 (breaking)"),
        ("1.0.9", WIDER, "inputs.amount.maximum went from 50000 to 60000 (additive), needs 1.1.0"),
    ],
)
def test_a_version_between_two_is_too_small(version: str, edit: tuple[str, ...], fact: str) -> None:
    ((code, said_fact),) = findings(CONTRACT, after(version, *edit))

    assert code == "COMPAT001"
    assert fact in said_fact


def test_how_many_more_changes_ask_for_as_much_is_said() -> None:
    old = after("1.0.0")
    new = msgspec.structs.replace(after("1.0.0", *NARROWER), target="other", threshold=0.6)

    ((_, fact),) = findings(old, new)

    assert "(breaking) and 2 more, needs 2.0.0" in fact


@pytest.mark.parametrize("edit", [(), WIDER, NARROWER])
def test_a_version_that_goes_backwards_is_refused(edit: tuple[str, ...]) -> None:
    ((code, fact),) = findings(CONTRACT, after("0.9.0", *edit))

    assert (code, fact) == ("COMPAT002", "version 1.0.0 → 0.9.0 goes backwards")


def test_ten_comes_after_nine() -> None:
    assert findings(after("1.9.0"), after("1.10.0", *WIDER)) == []


# Any version --------------------------------------------------------------------------------------------------------

BREAKING, ADDITIVE, NEUTRAL = (said(rule, "x") for rule in ("column-removed", "column-added", "data-text"))


@pytest.mark.parametrize(
    ("version", "bump", "needed"),
    [
        *[("1.2.3", "major", "2.0.0"), ("1.2.3", "minor", "1.3.0"), ("1.2.3", "none", "1.2.3")],
        *[("0.2.3", "major", "0.3.0"), ("0.2.3", "minor", "0.2.4"), ("0.0.3", "major", "0.1.0")],
        *[("1.2", "major", None), ("v1.2.3", "minor", None), ("1.2.3-rc.1", "none", None), ("01.2.3", "none", None)],
    ],
)
def test_the_lowest_version_that_may_follow(version: str, bump: Bump, needed: str | None) -> None:
    assert versions.needed(version, bump) == needed


@pytest.mark.parametrize(
    ("old", "new", "change"), [("v1", "v2", NEUTRAL), ("v1", "v1", ADDITIVE), ("1.0.0", "two", BREAKING)]
)
def test_a_version_that_nobody_can_compare_is_refused(old: str, new: str, change: Change) -> None:
    (found,) = versions.check(old, new, [change], "contracts/data.yml", 7)

    assert (found.code, found.place) == ("COMPAT003", "contracts/data.yml:7")
    assert "not MAJOR.MINOR.PATCH" in found.fact


def test_a_version_of_any_form_may_stay_where_nothing_is_promised_anew() -> None:
    assert not list(versions.check("v1", "v1", [NEUTRAL], "contracts/data.yml"))
