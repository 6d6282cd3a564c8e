"""The preset with which Renovate follows the template, and the command that its copier manager runs."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from tools import needs

from tests.template.conftest import ROOT, copier_cli, git
from tests.template.updates import thin

pytestmark = pytest.mark.xdist_group("mishaps")
PRESET = ROOT / "renovate" / "platform-update.json"
COMMAND = "copier update --skip-answered --defaults --answers-file .copier-answers.yml --vcs-ref"
"""What Renovate runs (lib/modules/manager/copier/artifacts.ts); `--trust` only where its operator allows scripts."""


@pytest.fixture(scope="module")
def preset() -> dict[str, Any]:
    return dict(json.loads(PRESET.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def updated(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with an answer and edits of its own, after Renovate's command."""
    place = tmp_path_factory.mktemp("renovate")
    source = thin.source(template, place / "source")
    project = thin.project(source, place / "project", cost_center="fraud-42")
    questions = source / "copier.yml"
    questions.write_text(questions.read_text() + "\nfresh: {type: str, help: New., default: as before}\n")
    thin.release(source, "v0.2.0", Dockerfile="LABEL next=1")
    for name in ("Dockerfile", "src/fraud_scoring/features.py"):
        (project / name).write_text((project / name).read_text() + "# Ours.\n")
    thin.committed(project, "Ours")
    _, *arguments = COMMAND.split()
    done = copier_cli(*arguments, "v0.2.0", cwd=project)
    assert done.returncode == 0, done.stderr
    return project


def test_its_json_schema_accepts_it() -> None:
    code, output = needs.said("check-jsonschema", "--builtin-schema", "vendor.renovate", PRESET, cwd=PRESET.parent)

    assert code == 0, output


def test_it_adds_copier_to_what_a_generated_repository_has_renovate_look_at(
    preset: dict[str, Any], template: Path
) -> None:
    generated = json.loads((template / "template/.github/renovate.json").read_text())

    assert preset["enabledManagers"] == [*generated["enabledManagers"], "copier"]
    assert [rule["matchManagers"] for rule in preset["packageRules"]] == [["copier"]]


def test_the_page_names_the_command_and_the_preset() -> None:
    page = (ROOT / "template/docs/updates.md").read_text(encoding="utf-8")

    assert f"`{COMMAND} VERSION`" in page
    assert f"//{PRESET.relative_to(ROOT).with_suffix('').as_posix()}" in page


def test_renovates_command_needs_no_trust_and_no_answer(updated: Path) -> None:
    answers = yaml.safe_load((updated / ".copier-answers.yml").read_text())

    assert {name: answers[name] for name in ("_commit", "cost_center", "fresh")} == {
        "_commit": "v0.2.0",
        "cost_center": "fraud-42",
        "fresh": "as before",
    }


def test_renovates_command_leaves_the_teams_edits_and_marks_the_one_in_the_platforms_file(updated: Path) -> None:
    status = git(updated, "status", "--porcelain").splitlines()

    assert sorted(status) == [" M .copier-answers.yml", "UU Dockerfile"]
    assert (updated / "src/fraud_scoring/features.py").read_text().endswith("# Ours.\n")
    assert "# Ours.\n" in (updated / "Dockerfile").read_text()
    assert "LABEL next=1\n" in (updated / "Dockerfile").read_text()
