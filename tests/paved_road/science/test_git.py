"""A training run names its commit, or says why it cannot."""

import getpass
import subprocess
from pathlib import Path

import pytest
from paved_road.findings import Problem, as_text
from paved_road.science import git


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository without a commit, that knows nobody."""
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, str(tmp_path / "no-such-file"))
    folder = tmp_path / "repository"
    folder.mkdir()
    run(folder, "init", "--quiet")
    return folder


def run(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def commit(folder: Path) -> None:
    (folder / "file").write_text("a")
    run(folder, "add", "file")
    run(folder, "-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "--quiet", "-m", "First")


def refusal(folder: Path) -> str:
    with pytest.raises(Problem) as refused:
        git.commit(folder)
    return as_text(refused.value.findings)


def test_the_commit_is_named_and_a_change_since_is_known(repository: Path) -> None:
    commit(repository)

    name, changed = git.commit(repository)
    (repository / "file").write_text("b")

    assert (len(name), changed) == (40, False)
    assert git.commit(repository) == (name, True)


def test_a_repository_without_a_commit_is_refused(repository: Path) -> None:
    said = refusal(repository)

    assert "GIT002  the repository has no commit yet" in said
    assert "git add . && git commit" in said


def test_a_folder_outside_of_git_is_refused(tmp_path: Path) -> None:
    assert f"GIT002  {tmp_path} is not a git repository" in refusal(tmp_path)


def test_what_else_git_refuses_is_told_in_its_own_words(repository: Path) -> None:
    commit(repository)
    (repository / ".git" / "config").write_text("[core\n")

    said = refusal(repository)

    assert "GIT002  git refuses: fatal: bad config line 1" in said
    assert "no commit yet" not in said


def test_a_machine_without_git_is_told_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    assert "GIT001  git is not installed" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("settings", "author"),
    [
        ({"user.name": "Ada", "user.email": "ada@example.org"}, "Ada <ada@example.org>"),
        ({"user.name": "Ada"}, "Ada"),
        ({}, "somebody"),
    ],
)
def test_the_author_is_who_git_knows_else_the_user(
    repository: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], author: str
) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "somebody")
    for key, value in settings.items():
        run(repository, "config", key, value)

    assert git.author(repository) == author


def test_a_user_without_a_name_does_not_stop_a_run(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 12345")

    monkeypatch.setattr(getpass, "getuser", nobody)

    assert git.author(repository) == "unknown"
