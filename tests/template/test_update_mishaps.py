"""What can go wrong with an update: it is said what to do, and the project is as it was."""

import re
import shutil
from pathlib import Path

import pytest
import yaml
from tools import workflow

from tests.template.conftest import ROOT, copier_cli, git
from tests.template.updates import thin
from tests.template.updates.rules import files

FILE = ".github/workflows/platform-update.yml"
BACK = "git reset --hard && git clean -fd"
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("mishaps")]


@pytest.fixture(scope="module")
def released(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template in two releases."""
    source = thin.source(template, tmp_path_factory.mktemp("released") / "source")
    return thin.release(source, "v0.2.0", Dockerfile="LABEL next=1")


@pytest.fixture(scope="module")
def generated(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return thin.project(released, tmp_path_factory.mktemp("generated") / "project")


@pytest.fixture
def project(generated: Path, tmp_path: Path) -> Path:
    """A project from the first of them."""
    return shutil.copytree(generated, tmp_path / "project")


@pytest.fixture(scope="module")
def page() -> dict[str, str]:
    """What the page of a generated repository says to do, by what one sees."""
    text = (ROOT / "template/docs/updates.md").read_text(encoding="utf-8")
    return {
        seen: remedy
        for first, remedy in re.findall(r"^\| (.+?) \| .+? \| (.+) \|$", text, re.MULTILINE)
        for seen in re.findall(r"`([^`]+)`", first)
    }


def read(project: Path) -> dict[str, bytes]:
    return {path: (project / path).read_bytes() for path in files(project)}


def answers(project: Path) -> dict[str, str]:
    return dict(yaml.safe_load((project / ".copier-answers.yml").read_text()))


def answer(project: Path, old: str, new: str) -> None:
    """Edit a recorded answer, and commit it."""
    file = project / ".copier-answers.yml"
    assert re.search(old, file.read_text(), re.MULTILINE)
    file.write_text(re.sub(old, new, file.read_text(), flags=re.MULTILINE))
    thin.committed(project, "Answer")


def refused(project: Path, *arguments: str) -> str:
    """What Copier says when it refuses an update, which leaves the project as it was."""
    before = read(project)
    done = copier_cli("update", "--defaults", *arguments, cwd=project)
    assert done.returncode != 0, done.stdout
    assert read(project) == before
    return done.stdout + done.stderr


def updated(project: Path, *arguments: str) -> str:
    """The version after an update."""
    done = copier_cli("update", "--defaults", *arguments, cwd=project)
    assert done.returncode == 0, done.stderr
    assert git(project, "ls-files", "-u") == ""
    return answers(project)["_commit"]


def test_a_dirty_tree_is_refused(project: Path, page: dict[str, str]) -> None:
    (project / "README.md").write_text("Ours.\n")

    said = refused(project)

    assert "Destination repository is dirty" in said
    assert "git stash --include-untracked" in page["Destination repository is dirty"]
    git(project, "stash", "--include-untracked")
    assert updated(project) == "v0.2.0"


def test_a_downgrade_is_refused(released: Path, tmp_path: Path, page: dict[str, str]) -> None:
    project = thin.project(released, tmp_path / "project", "v0.2.0")

    said = refused(project, "--vcs-ref", "v0.1.0")

    assert "You are downgrading from 0.2.0 to 0.1.0. Downgrades are not supported" in said
    assert "git revert" in page["Downgrades are not supported"]


def test_the_workflow_refuses_a_downgrade_and_says_why(released: Path, tmp_path: Path) -> None:
    project = thin.project(released, tmp_path / "project", "v0.2.0")
    before = read(project)

    jobs = workflow.run(project, file=FILE, inputs={"version": "v0.1.0"})

    assert jobs["update"].failed == ["Update to it"]
    assert "not updated to v0.1.0, and nothing is changed; docs/updates.md says what to do" in jobs["update"].summary
    assert "Downgrades are not supported" in jobs["update"].summary
    assert read(project) == before


def test_a_deleted_answers_file_is_refused_and_git_gives_it_back(project: Path, page: dict[str, str]) -> None:
    (project / ".copier-answers.yml").unlink()
    thin.committed(project, "Tidy")

    said = refused(project)
    jobs = workflow.run(project, file=FILE)

    assert "Template not found" in said
    assert jobs["update"].result == "failure"
    assert "not updated: there is no .copier-answers.yml" in jobs["update"].summary
    assert "git checkout COMMIT^ -- .copier-answers.yml" in page["Template not found"]
    deleted = git(project, "log", "--diff-filter=D", "--format=%h", "--", ".copier-answers.yml").strip()
    git(project, "checkout", f"{deleted}^", "--", ".copier-answers.yml")
    git(project, "commit", "-q", "-m", "Back")
    assert updated(project) == "v0.2.0"


def test_an_answer_and_a_choice_that_no_longer_exist_are_named_in_the_proposal(
    released: Path, tmp_path: Path, page: dict[str, str]
) -> None:
    source = shutil.copytree(released, tmp_path / "source")
    project = thin.project(source, tmp_path / "project", topology="full-stack")
    answer(project, "^topology: full-stack$", "topology: full-stack\nlegacy: 7")
    questions = source / "copier.yml"
    questions.write_text(re.sub(r"\n    One team does everything.*", "", questions.read_text()))
    thin.release(source, "v0.3.0")

    jobs = workflow.run(project, ["update"], file=FILE)

    assert "```diff\n-topology: full-stack\n-legacy: 7\n+topology: hybrid\n" in jobs["update"].summary
    assert page["-name: value"] == "nothing"
    assert "uvx copier update --data topology=" in page["-topology: x"]


def test_a_fork_with_changes_of_its_own_follows_with_them(template: Path, released: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", str(released), "fork")
    fork = tmp_path / "fork"
    git(fork, "reset", "-q", "--hard", "v0.1.0")
    (fork / "template/docs/acme.md").write_text("Ours.\n")
    thin.release(fork, "v0.1.0+acme.1")
    project = thin.project(fork, tmp_path / "project", "v0.1.0+acme.1")
    git(fork, "merge", "-q", "--no-edit", "v0.2.0")
    git(fork, "tag", "v0.2.0+acme.1")

    jobs = workflow.run(project, ["update"], file=FILE)

    assert jobs["update"].outputs == {"version": "v0.2.0+acme.1"}
    assert "The paved road went from v0.1.0+acme.1 to v0.2.0+acme.1." in jobs["update"].summary
    assert "LABEL next=1" in (project / "Dockerfile").read_text()
    assert (project / "docs/acme.md").read_text() == "Ours.\n"
    assert git(project, "ls-files", "-u") == ""


def test_a_project_from_a_branch_waits_for_the_next_release(
    released: Path, tmp_path: Path, page: dict[str, str]
) -> None:
    source = shutil.copytree(released, tmp_path / "source")
    git(source, "commit", "-q", "--allow-empty", "-m", "Not released")
    project = thin.project(source, tmp_path / "project", "main")

    jobs = workflow.run(project, file=FILE)

    here = answers(project)["_commit"]
    assert here.startswith("v0.2.0-1-g")
    assert f"{here} is newer than v0.2.0, the newest release" in jobs["update"].summary
    assert "Downgrades are not supported" in refused(project)
    assert "wait for the next release" in page["Downgrades are not supported"]
    thin.release(source, "v0.3.0")
    assert updated(project) == "v0.3.0"


def test_a_commit_that_is_gone_is_refused_and_the_release_before_it_will_do(
    project: Path, page: dict[str, str]
) -> None:
    answer(project, "^_commit: v0.1.0$", "_commit: v0.1.0-7-g0123456")

    said = refused(project)

    assert "Unknown revision: 'v0.1.0-7-g0123456'" in said
    assert "`_commit`" in page["Unknown revision"]
    answer(project, "^_commit: .*$", "_commit: v0.1.0")
    assert updated(project) == "v0.2.0"


@pytest.fixture
def remote(released: Path, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project, which knows the template by a URL; what Copier keeps of it, it keeps here."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    answer(project, f"^_src_path: {released}$", f"_src_path: git+file://{released}")
    return project


def test_a_template_that_was_renamed_is_followed_at_its_new_address(
    released: Path, remote: Path, page: dict[str, str]
) -> None:
    answer(remote, f"{released}$", f"{released}-before")

    said = refused(remote)

    assert "fatal: " in said and "Could not read from remote" in said
    assert "`_src_path`" in page["Could not read from remote"]
    answer(remote, f"{released}-before$", str(released))
    assert updated(remote) == "v0.2.0"


def test_a_project_that_is_renamed_keeps_its_package(project: Path) -> None:
    assert updated(project, "--data", "project_slug=card-risk") == "v0.2.0"

    written = (project / "pyproject.toml").read_text()
    assert 'name = "card-risk"' in written
    assert 'package = "fraud_scoring"' in written


@pytest.mark.parametrize(
    ("touch", "end"),
    [
        (1, "echo 'fatal: early EOF' >&2; exit 128"),
        (5, "echo 'fatal: early EOF' >&2; exit 128"),
        (5, "kill -9 $PPID; sleep 1; exit 1"),
    ],
    ids=["at first", "when files are written", "killed"],
)
def test_a_network_that_drops_in_the_middle_leaves_what_git_brings_back(
    remote: Path, tmp_path: Path, page: dict[str, str], monkeypatch: pytest.MonkeyPatch, touch: int, end: str
) -> None:
    before, real, touched = read(remote), shutil.which("git"), tmp_path / "touched"
    fake = tmp_path / "bin" / "git"
    fake.parent.mkdir()
    fake.write_text(
        f'#!/bin/bash\nif [[ " $* " == *" clone --mirror "* || "$*" == "remote update"* ]]; then\n'
        f'  echo >>"{touched}"; [ "$(wc -l <"{touched}")" != {touch} ] || {{ {end}; }}\nfi\nexec {real} "$@"\n'
    )
    fake.chmod(0o755)
    with monkeypatch.context() as network:
        network.setenv("PATH", str(fake.parent), prepend=":")
        done = copier_cli("update", "--defaults", cwd=remote)

    assert done.returncode == -9 or (done.returncode != 0 and "early EOF" in done.stderr)
    assert (read(remote) == before) == (touch == 1)
    assert BACK in page["early EOF"]
    git(remote, "reset", "-q", "--hard")
    git(remote, "clean", "-qfd")
    assert read(remote) == before
