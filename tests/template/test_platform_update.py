"""The workflow that follows the paved road, lived through with two releases of it."""

import re
from pathlib import Path

import pytest
from tools import workflow

from .conftest import committed, copier_cli, git

FILE = ".github/workflows/platform-update.yml"
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("platform-update")]


@pytest.fixture(scope="module")
def source(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template in two releases."""
    folder = committed(template, tmp_path_factory.mktemp("releases") / "source")
    git(folder, "tag", "v0.1.0")
    changelog = folder / "CHANGELOG.md"
    changelog.write_text(changelog.read_text().replace("## 0.1.0", "## 0.2.0\n\n- Hooks are quicker.\n\n## 0.1.0", 1))
    for path in ("template/.pre-commit-config.yaml", "template/docs/handoff.md"):
        (folder / path).write_text((folder / path).read_text() + "# The next release says this.\n")
    git(folder, "commit", "-q", "-a", "-m", "Next")
    git(folder, "tag", "v0.2.0")
    return folder


def first_copy(source: Path, folder: Path, version: str) -> Path:
    done = copier_cli("copy", "--defaults", "--vcs-ref", version, str(source), str(folder), cwd=folder.parent)
    assert done.returncode == 0, done.stderr
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "First commit")
    return folder


@pytest.fixture(scope="module")
def updated(source: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, workflow.Job]]:
    """A project with an edit in the platform's and a test that fails, and how the jobs of its update ended."""
    project = first_copy(source, tmp_path_factory.mktemp("follows") / "project", "v0.1.0")
    for test in project.glob("tests/*.py"):
        test.unlink()
    (project / "tests/test_ours.py").write_text('def test_it() -> None:\n    assert 1 == 2, "ours"\n')
    hooks = project / ".pre-commit-config.yaml"
    hooks.write_text(hooks.read_text() + "# Ours.\n")
    git(project, "add", "-A")
    git(project, "commit", "-q", "-m", "Ours")
    return project, workflow.run(project, file=FILE)


def test_it_goes_to_the_newest_release_and_stages_what_changed(updated: tuple[Path, dict[str, workflow.Job]]) -> None:
    project, jobs = updated

    assert jobs["update"].result == "success", jobs["update"]
    assert jobs["update"].outputs == {"version": "v0.2.0"}
    assert "_commit: v0.2.0" in (project / ".copier-answers.yml").read_text()
    assert "docs/handoff.md" in git(project, "diff", "--cached", "--name-only").split()


def test_the_pull_request_says_what_changed_between_the_releases_and_nothing_older(
    updated: tuple[Path, dict[str, workflow.Job]],
) -> None:
    _, jobs = updated
    said = jobs["update"].summary

    assert "The paved road went from v0.1.0 to v0.2.0." in said
    assert "- Hooks are quicker." in said
    assert "## 0.1.0" not in said


def test_it_names_the_files_that_both_sides_changed(updated: tuple[Path, dict[str, workflow.Job]]) -> None:
    _, jobs = updated

    assert "choose between the markers in them:**\n\n- `.pre-commit-config.yaml`\n" in jobs["update"].summary


def test_it_says_how_each_gate_ended(updated: tuple[Path, dict[str, workflow.Job]]) -> None:
    _, jobs = updated

    ended = dict(re.findall(r"^\| `uv (.+?)` \| (.+?) \|$", jobs["update"].summary, re.MULTILINE))

    assert ended == dict.fromkeys(
        (
            *("sync --quiet", "run road contract sync", "run road monitor sync", "run road deploy sync"),
            *("run road raci sync", "run road raci check", "run road contract check", "run ruff check"),
        ),
        "passed",
    ) | {"run pytest --quiet": "**failed**"}
    assert "AssertionError: ours" in jobs["update"].summary


def test_without_an_app_it_says_what_is_missing(updated: tuple[Path, dict[str, workflow.Job]]) -> None:
    _, jobs = updated

    assert jobs["propose"].result == "success", jobs["propose"]
    assert "name a GitHub App in the variable AUTOMATION_APP_ID" in jobs["propose"].summary


def test_at_the_newest_release_nothing_happens(source: Path, tmp_path: Path) -> None:
    project = first_copy(source, tmp_path / "project", "v0.2.0")

    jobs = workflow.run(project, file=FILE)

    assert jobs["update"].summary == "v0.2.0 is the newest version\n"
    assert jobs["propose"].result == "skipped"
    assert git(project, "status", "--porcelain") == ""


def test_a_template_that_cannot_be_read_is_named(source: Path, tmp_path: Path) -> None:
    project = first_copy(source, tmp_path / "project", "v0.1.0")
    answers = project / ".copier-answers.yml"
    answers.write_text(answers.read_text().replace(str(source), "/nowhere/at/all"))

    jobs = workflow.run(project, file=FILE)

    assert jobs["update"].result == "success", jobs["update"]
    assert "not updated: /nowhere/at/all, which .copier-answers.yml names, cannot be read" in jobs["update"].summary


def test_a_release_that_there_is_not_is_refused_and_nothing_changes(source: Path, tmp_path: Path) -> None:
    project = first_copy(source, tmp_path / "project", "v0.1.0")

    jobs = workflow.run(project, file=FILE, inputs={"version": "v9.9.9"})

    assert jobs["update"].result == "failure"
    assert jobs["update"].failed == ["Update to it"]
    assert git(project, "status", "--porcelain") == ""
