"""A version that moved too little is refused: the verifier knows from git what was handed over before."""

import json
import subprocess
from pathlib import Path

import pytest
from paved_road.handoff.build import build

from ..serving.serving_examples import INPUTS
from .handoff_examples import Repository, found, promise, silent

pytestmark = pytest.mark.usefixtures("measured")


def narrowed(**more: object) -> dict[str, object]:
    amount = {"meaning": "What amount says."} | INPUTS[0] | {"maximum": 1000.0}
    rest = [{"meaning": f"What {field['name']} says."} | field for field in INPUTS[1:]]
    return {"inputs": [amount, *rest], **more}


def hand_over(repository: Repository, **changes: object) -> None:
    repository.promises(promise(**changes))
    repository.trains(promise(**changes))
    build(repository.project, silent)


def test_the_first_handoff_needs_no_predecessor(repository: Repository) -> None:
    assert repository.verify()["version"].said == "the first handoff"


def test_an_input_narrowed_under_the_same_version_is_refused(repository: Repository) -> None:
    hand_over(repository, **narrowed())

    said = found(repository)

    assert said.startswith("COMPAT001 version is still 1.2.0: ")
    assert "needs 2.0.0" in said


def test_a_major_version_may_narrow(repository: Repository) -> None:
    hand_over(repository, **narrowed(version="2.0.0"))

    assert found(repository) == ""
    assert "1.2.0 was handed over before" in repository.verify()["version"].said


def test_a_version_that_goes_backwards_is_refused(repository: Repository) -> None:
    hand_over(repository, version="1.1.0")

    assert "COMPAT002 version 1.2.0 → 1.1.0 goes backwards" in found(repository)


def test_committing_on_a_branch_does_not_make_it_accepted(repository: Repository) -> None:
    repository.git("switch", "-q", "-c", "narrow")
    hand_over(repository, **narrowed())
    repository.commit("Narrow")
    hand_over(repository, **narrowed(intended_use="The same in other words."))
    repository.commit("Again")

    assert "COMPAT001" in found(repository)


def test_what_was_merged_is_the_predecessor_of_what_comes_next(repository: Repository) -> None:
    hand_over(repository, **narrowed(version="2.0.0"))
    repository.commit("Narrow")
    hand_over(repository, **narrowed(version="2.0.0", intended_use="The same in other words."))

    assert found(repository) == ""
    assert "2.0.0 was handed over before" in repository.verify()["version"].said


def test_a_shallow_clone_is_told_to_fetch_its_history(repository: Repository, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    address = repository.root.as_uri()
    subprocess.run(["git", "clone", "-q", "--depth", "1", address, clone], check=True, capture_output=True)

    assert "HANDOFF018 git has no earlier manifest here" in found(Repository(clone))


def test_without_git_the_check_cannot_pass(repository: Repository) -> None:
    (repository.root / ".git").rename(repository.root / "gone")

    assert "GIT002" in found(repository)


def test_a_predecessor_that_nobody_can_read_is_refused(repository: Repository) -> None:
    data = json.loads((repository.handoff / "manifest.json").read_text())
    whole = json.dumps(data)
    data["contract"]["promise"]["inputs"] = "none"
    (repository.handoff / "manifest.json").write_text(json.dumps(data | {"seal": "0" * 64}))
    repository.commit("Spoil")
    (repository.handoff / "manifest.json").write_text(whole)

    assert "HANDOFF018 the promise of the manifest before this one cannot be read" in found(repository)
