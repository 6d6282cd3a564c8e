"""Issue forms: one for each request, which GitHub takes, and which says who will do what."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from tools import needs

from .conftest import Matrix, Repository

FOLDER = ".github/ISSUE_TEMPLATE"
FORM = f"{FOLDER}/retraining-request.yml"


def form(repository: Repository, path: str = FORM) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((repository.root / path).read_text(encoding="utf-8"))
    return loaded


def schema_says(*files: Path) -> str:
    """What GitHub's schema of issue forms has to say; nothing if all is well."""
    command = [needs.program("check-jsonschema"), "--builtin-schema", "vendor.github-issue-forms", *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_a_form_names_its_labels_and_its_people(repository: Repository) -> None:
    shown = form(repository)

    assert (shown["name"], shown["description"]) == ("Retraining request", "Somebody wants another model.")
    assert shown["labels"] == ["request", "science"]
    assert shown["body"][0]["attributes"]["value"] == (
        "Somebody wants another model.\n\n"
        "- Does the work: Data scientist (@acme/science)\n"
        "- Answers for it: Data scientist (@acme/science)\n"
        "- Is told after: Product manager (@acme/product)\n"
    )
    assert "assignees" not in shown


def test_a_request_about_the_running_service_names_its_runbooks(repository: Repository, matrix: Matrix) -> None:
    about = "about: Somebody wants another model.\n    loop: "
    repository.write("raci.yml", matrix.but(f"{about}science", f"{about}system").text)

    repository.road("raci", "sync")

    assert "- Runbook of ErrorBudgetBurns: docs/errors.md\n" in form(repository)["body"][0]["attributes"]["value"]


def test_whoever_does_the_work_is_assigned_if_it_is_one_person(repository: Repository, matrix: Matrix) -> None:
    repository.write("raci.yml", matrix.but('"@acme/science"', '"@grace"').text)

    repository.road("raci", "sync")

    assert form(repository)["assignees"] == ["grace"]


@pytest.mark.parametrize(
    "about",
    ["a: b # c", "\"quoted\" \\ 'too'", "- [ ] {{ x }} ${{ y }}", "two\n\nlines\t", "\U0001f642 é 日本語", "\x07bell"],
)
@pytest.mark.parametrize("name", ["日本語", 'Say "x": # \\', "Retraining request"])
def test_github_takes_a_form_whatever_people_write(
    repository: Repository, matrix: Matrix, name: str, about: str
) -> None:
    text = matrix.but("  Retraining request:", f"  {json.dumps(name)}:")
    text = text.but("about: Somebody wants another model.", f"about: {json.dumps(about, ensure_ascii=False)}")
    repository.write("raci.yml", text.text)

    outcome = repository.road("raci", "sync")

    (file,) = (repository.root / FOLDER).iterdir()
    shown = form(repository, file.relative_to(repository.root).as_posix())
    assert outcome.exit_code == 0, outcome.stderr
    assert schema_says(file) == ""
    assert shown["name"] == name
    assert shown["description"] == " ".join(about.replace("\x07", "").split())


def test_requests_whose_names_differ_by_a_sign_get_a_form_each(repository: Repository, matrix: Matrix) -> None:
    second = "  Retraining? Request!:\n    about: Another.\n    loop: science\n    letters: {data-scientist: RA}\n"
    repository.write("raci.yml", matrix.text + second)

    repository.road("raci", "sync")

    assert form(repository)["name"] == "Retraining request"
    assert form(repository, FORM.replace(".yml", "-2.yml"))["name"] == "Retraining? Request!"


def test_the_form_of_a_request_that_is_gone_is_refused_then_removed(repository: Repository, matrix: Matrix) -> None:
    own = repository.write(f"{FOLDER}/bug.yml", "name: Ours\n")
    repository.write("raci.yml", matrix.but("  Retraining request:", "  Another model:").text)

    refused = repository.road("raci", "sync", "--check")
    removed = repository.road("raci", "sync")

    assert refused.exit_code == 1
    assert f"{FORM}  OWNERS001  is derived from a request that raci.yml no longer has" in refused.stdout
    assert f"{FORM} removed\n" in removed.stdout
    assert sorted(file.name for file in own.parent.iterdir()) == ["another-model.yml", "bug.yml"]
    assert repository.road("raci", "sync", "--check").exit_code == 0


def test_check_refuses_a_form_that_somebody_edited(repository: Repository) -> None:
    file = repository.root / FORM
    file.write_text(file.read_text(encoding="utf-8").replace("@acme/science", "@acme/nobody"), encoding="utf-8")

    outcome = repository.road("raci", "sync", "--check")

    assert outcome.exit_code == 1
    assert f"{FORM}:12  OWNERS001  says `- Does the work: Data scientist (@acme/nobody)`" in outcome.stdout


def test_the_schema_would_refuse_a_form_without_a_body(repository: Repository) -> None:
    file = repository.write("broken.yml", "name: x\ndescription: y\n")

    assert "'body' is a required property" in schema_says(file)
