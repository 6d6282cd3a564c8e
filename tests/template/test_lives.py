"""Whole lives: every framework, task, topology, cloud and Python, and every two of them that a machine brings together.

`make test` lives one, `make lives` all. Lives with default answers are in test_life*.py and test_frameworks.py.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tools import needs

from tests.template.conftest import ROOT
from tests.template.lives import life, machine, space

pytestmark = pytest.mark.xdist_group("life")

SEED = os.environ.get("ROAD_LIVES", "")
"""Of the lives of `make lives`; empty for a sample."""
LACKING = machine.lacking() if SEED else {}
SAMPLE = {"framework": "xgboost", "task": "regression", "topology": "full-stack", "cloud": "azure"}
"""Which no other test lives; with the newest Python that is there, where most is new."""
TORCH_313 = space.Met({("framework", "pytorch"), ("python_version", "3.13")})
PYTHON_312 = space.Met({("python_version", "3.12")})
MACHINES: list[set[space.Met]] = [set(), {TORCH_313}, {TORCH_313, PYTHON_312}]


def each() -> Iterator[Any]:
    """Answers of every life, and what cannot be lived here, with what is missing."""
    for answers in space.lives(LACKING, int(SEED)) if SEED else [SAMPLE]:
        yield pytest.param(answers, "", id="-".join(answers.values()))
    for lack, what in LACKING.items():
        yield pytest.param(dict(lack), what, id="-".join(value for _, value in sorted(lack)))


@pytest.mark.parametrize(("answers", "lacking"), each())
def test_a_life(
    generate: Callable[..., Path],
    record_property: Callable[[str, object], None],
    answers: dict[str, str],
    lacking: str,
) -> None:
    if lacking:
        needs.missing(lacking)
    answers = {"python_version": machine.newest(), **answers}
    wheels = machine.wheels() if answers["framework"] == "pytorch" else ""

    life.live(generate(**answers, pytorch_wheels=wheels), answers["python_version"], others(answers) if SEED else ())

    record_property("lived", answers)


def others(answers: space.Answers) -> list[str]:
    """Another Python on which a project with these answers can be installed here, if there is one."""
    swaps = [{**answers, "python_version": python} for python in space.PYTHONS]
    around = [*swaps, *swaps][swaps.index(dict(answers)) + 1 :][: len(swaps) - 1]
    return [each["python_version"] for each in around if each in space.possible(LACKING)][:1]


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("lacking", MACHINES, ids=["all is there", "a build is missing", "a Python is missing too"])
def test_all_that_can_meet_on_a_machine_meets_in_some_life_and_nothing_else(lacking: set[space.Met], seed: int) -> None:
    met = space.pairs(space.lives(lacking, seed))

    assert met == space.pairs(space.possible(lacking))
    assert not met & lacking


def test_the_end_says_what_was_lived_and_what_never_met() -> None:
    lived = space.lives({TORCH_313}, seed=1)

    first, *others = space.coverage(lived)

    assert first == f"lives: {len(lived)} whole ones, 16 of 16 values and 100 of 101 pairs of values lived"
    assert sum(int(line[-1]) for line in re.findall(r" 3\.1\d \d", others[4])) == len(lived)
    assert others[-1] == "  never met: 3.13 with pytorch"


def test_the_handbook_says_what_was_lived_by_hand() -> None:
    table = (ROOT / "docs/proof.md").read_text(encoding="utf-8").partition("## Whole lives")[2]
    by_hand = re.findall(r"^\| .+ \| (\d[^|]*) \|$", table.partition("\n## ")[0], re.M)
    lacking = {space.Met({("framework", "pytorch"), ("python_version", python)}) for python in ("3.12", "3.13")}

    lived = space.lives(lacking, seed=1)

    first, *_ = space.coverage(lived)
    assert by_hand[0] == str(len(lived))
    assert all(count in first for count in by_hand[1:])


def test_a_machine_is_asked_for_a_python_and_its_build_of_pytorch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "interpreter", {"3.11": "/python"}.get)
    monkeypatch.setattr(machine, "pytorch", lambda version: False)

    assert list(machine.lacking().values()) == [
        "PyTorch's CPU build for Python 3.11, in what PIP_FIND_LINKS names",
        "Python 3.12",
        "Python 3.13",
    ]
    assert machine.newest() == "3.11"


def test_a_folder_without_wheels_has_no_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))

    assert not machine.pytorch.__wrapped__("3.11")
