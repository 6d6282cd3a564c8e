"""`road raci`, as people and CI call it."""

import json

import pytest
from paved_road.ownership import lint

from .conftest import ALWAYS, Matrix, Repository


def test_check_is_content_with_a_repository_in_which_everything_is_owned(repository: Repository) -> None:
    repository.track()

    outcome = repository.road("raci", "check")

    assert outcome.exit_code == 0
    assert outcome.stdout == "raci.yml: 4 activities, every tracked file has an owner\n"


def test_check_refuses_a_file_that_nobody_owns(repository: Repository, matrix: Matrix) -> None:
    repository.write("raci.yml", matrix.but('    paths: ["*"]\n', "").text)
    repository.track()

    outcome = repository.road("raci", "check")

    assert outcome.exit_code == 1
    assert "pyproject.toml  RACI005  nobody owns it" in outcome.stdout


def test_check_owns_a_file_whose_name_is_not_plain(repository: Repository, matrix: Matrix) -> None:
    repository.write(
        "raci.yml", matrix.but('paths: ["*"]', "paths: [pyproject.toml, /docs/, /.github/, raci.yml]").text
    )
    repository.write("src/ein Modell — übel\n.py")
    repository.track()

    outcome = repository.road("raci", "check")

    assert outcome.exit_code == 0


def test_check_says_that_git_does_not_know_the_folder(repository: Repository) -> None:
    outcome = repository.road("raci", "check")

    assert outcome.exit_code == 1
    assert "RACI017  git does not list the files: fatal: not a git repository" in outcome.stderr


def test_check_says_that_git_is_not_installed(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    outcome = repository.road("raci", "check", "--json")

    assert outcome.exit_code == 1
    assert [finding["code"] for finding in json.loads(outcome.stdout)["findings"]] == ["RACI017"]


def test_check_says_that_raci_yml_is_missing(repository: Repository) -> None:
    (repository.root / "raci.yml").unlink()

    outcome = repository.road("raci", "check")

    assert outcome.exit_code == 1
    assert outcome.stderr.startswith("raci.yml  RACI015  is missing")


def test_check_reports_to_a_code_scanner_what_it_says_to_people(repository: Repository, matrix: Matrix) -> None:
    repository.write("raci.yml", matrix.but('    paths: ["*"]\n', "").text)
    repository.track()

    outcome = repository.road("raci", "check", "--sarif", "raci.sarif")

    report = json.loads((repository.root / "raci.sarif").read_text(encoding="utf-8"))["runs"][0]
    assert outcome.exit_code == 1
    assert "RACI005" in outcome.stdout
    assert {result["ruleId"] for result in report["results"]} == {"RACI005"}
    assert {rule["id"] for rule in report["tool"]["driver"]["rules"]} == set(lint.CODES)


def test_check_reports_to_a_code_scanner_that_raci_yml_is_no_yaml(repository: Repository) -> None:
    repository.write("raci.yml", "roles:\n\t- tab\n")

    outcome = repository.road("raci", "check", "--sarif", "raci.sarif")

    result = json.loads((repository.root / "raci.sarif").read_text(encoding="utf-8"))["runs"][0]["results"][0]
    assert outcome.exit_code == 1
    assert (result["ruleId"], result["locations"][0]["physicalLocation"]["region"]) == ("RACI015", {"startLine": 2})


def test_check_says_that_a_report_cannot_be_written(repository: Repository) -> None:
    repository.track()

    outcome = repository.road("raci", "check", "--sarif", "raci.yml/raci.sarif")

    assert outcome.exit_code == 1
    assert "Traceback" not in outcome.stderr


def test_sync_writes_accountable_before_responsible_and_each_team_once(repository: Repository) -> None:
    text = (repository.root / ".github/CODEOWNERS").read_text(encoding="utf-8")

    assert text == (
        "# Derived from raci.yml by `road raci sync`; do not edit. "
        "Of the patterns below, the last that matches a file wins.\n"
        "\n# Keep the repository\n* @acme/science @acme/operations\n"
        "\n# Train the model\n/src/ @acme/science\n"
        "\n# Hand the model over\n/handoff/ @acme/science @acme/operations\n"
        "\n# Run the service\n/deploy/ @acme/operations\n/src/serving.py @acme/operations\n"
    )


def test_sync_twice_changes_nothing_the_second_time(repository: Repository) -> None:
    file = repository.root / ".github/CODEOWNERS"
    before = file.stat().st_mtime_ns

    outcome = repository.road("raci", "sync")

    assert outcome.exit_code == 0
    assert outcome.stdout == "".join(f"{path} is what raci.yml says\n" for path in ALWAYS)
    assert file.stat().st_mtime_ns == before
    assert [path.name for path in file.parent.iterdir() if path.is_file()] == ["CODEOWNERS"]


def test_sync_follows_a_change_of_team(repository: Repository, matrix: Matrix) -> None:
    repository.write("raci.yml", matrix.but('"@acme/science"', '"@acme/research"').text)

    outcome = repository.road("raci", "sync", inside="src")

    assert outcome.exit_code == 0
    assert "/src/ @acme/research\n" in (repository.root / ".github/CODEOWNERS").read_text(encoding="utf-8")


def test_sync_check_refuses_codeowners_that_lag_behind_and_leaves_them(repository: Repository, matrix: Matrix) -> None:
    repository.write("raci.yml", matrix.but('"@acme/science"', '"@acme/research"').text)

    outcome = repository.road("raci", "sync", "--check")

    assert outcome.exit_code == 1
    assert ".github/CODEOWNERS:4  OWNERS001  says `* @acme/science @acme/operations`, raci.yml says" in outcome.stdout
    assert "run `road raci sync`" in outcome.stdout
    assert "@acme/research" not in (repository.root / ".github/CODEOWNERS").read_text(encoding="utf-8")


def test_sync_check_refuses_missing_codeowners(repository: Repository) -> None:
    (repository.root / ".github/CODEOWNERS").unlink()

    outcome = repository.road("raci", "sync", "--check", "--json")

    document = json.loads(outcome.stdout)
    assert outcome.exit_code == 1
    assert (document["ok"], document["findings"][0]["code"], document["changed"]) == (False, "OWNERS001", False)


def test_sync_check_takes_a_checkout_with_other_line_ends(repository: Repository) -> None:
    file = repository.root / ".github/CODEOWNERS"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))

    outcome = repository.road("raci", "sync", "--check")

    assert outcome.exit_code == 0


def test_sync_writes_nothing_from_a_matrix_that_breaks_a_rule(repository: Repository, matrix: Matrix) -> None:
    before = (repository.root / ".github/CODEOWNERS").read_text(encoding="utf-8")
    repository.write("raci.yml", matrix.but("paths: [/src/]", 'paths: ["/src/ @evil/team"]').text)

    outcome = repository.road("raci", "sync")

    assert outcome.exit_code == 1
    assert "RACI011  Train the model: the path '/src/ @evil/team' has a space" in outcome.stderr
    assert (repository.root / ".github/CODEOWNERS").read_text(encoding="utf-8") == before
