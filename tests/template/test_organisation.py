"""docs/examples/acme.yml: one file in which an organisation changes everything; nothing else of it is baked in."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.template.conftest import ROOT

Generate = Callable[..., Path]
Answers = dict[str, Any]

ACME: Answers = yaml.safe_load((ROOT / "docs/examples/acme.yml").read_text(encoding="utf-8"))
GLOBEX: Answers = {
    "project_name": "Churn Radar",
    "description": "Says which customers are about to leave, so that somebody calls them in time.",
    "task": "classification",
    "framework": "xgboost",
    "gpu": True,
    "cost_center": "growth-7",
    "organization": "globex",
    "topology": "hybrid",
    "cloud": "gcp",
    "region": "europe-west4",
    "role_teams": {"mlops-engineer": "@globex/night-shift", "finops": "@globex/money"},
    "role_contacts": {
        "mlops-engineer": "#night-shift",
        "devops-sre": "https://globex.pagerduty.com/services",
        "finops": "money@globex.example",
    },
    "ci_runner": "globex-4-cores",
    "training_runner": "globex-a-gpu",
    "python_version": "3.11",
    "container_registry": "images.globex.example/ml",
    "base_image": "images.globex.example/base/python:3.11",
    "uv_image": "images.globex.example/base/uv:0.13.8",
    "vault": "https://vault.globex.example:8200/teams/ml",
    "tracking_uri": "https://runs.globex.example",
}
OF_CHOICES = {"task", "framework", "gpu", "topology", "cloud"}
FOLLOW = {"project_slug", "package_name", "pytorch_wheels"}
ALONE = [[name] for name in ACME if name not in ("cloud", "region")] + [
    ["cloud", "region"]
]  # each has regions of its own


@pytest.fixture(scope="module")
def acmes(generate: Generate) -> dict[str, str]:
    return contents(generate(**ACME))


def contents(project: Path) -> dict[str, str]:
    """Every file of a project but Copier's own record of the answers."""
    files = (path for path in project.rglob("*") if path.is_file() and path.name != ".copier-answers.yml")
    return {path.relative_to(project).as_posix(): path.read_text(encoding="utf-8") for path in files}


def leaves(value: Any) -> Iterator[str]:
    yield from (leaf for each in value.values() for leaf in leaves(each)) if isinstance(value, dict) else [str(value)]


def test_the_file_answers_every_question() -> None:
    config = yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))

    questions = {name for name, body in config.items() if name[0] != "_" and body.get("when", True)}

    assert set(ACME) == set(GLOBEX) == questions - FOLLOW
    assert [name for name in ACME if ACME[name] == GLOBEX[name]] == []


def test_of_another_organisation_nothing_is_acmes(generate: Generate) -> None:
    written = contents(generate(**GLOBEX))

    left = {path: re.findall(r"(?i).*\bacme.*", text) for path, text in written.items()}
    assert {path: lines for path, lines in left.items() if lines} == {}
    assert [path for path in written if "acme" in path.lower().replace("placement", "")] == []


@pytest.mark.parametrize("answers", [ACME, GLOBEX], ids=["acme", "globex"])
def test_every_word_of_the_file_stands_in_some_file_of_the_project(generate: Generate, answers: Answers) -> None:
    everything = "\n".join(contents(generate(**answers)).values())

    said = {name: list(leaves(value)) for name, value in answers.items() if name not in OF_CHOICES}

    assert {name: missing for name, each in said.items() if (missing := [x for x in each if x not in everything])} == {}


@pytest.mark.parametrize("names", ALONE, ids="-".join)
def test_each_answer_changes_what_is_generated(generate: Generate, acmes: dict[str, str], names: list[str]) -> None:
    changed = contents(generate(**ACME | {name: GLOBEX[name] for name in names}))

    assert changed != acmes
