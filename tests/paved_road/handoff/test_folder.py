"""Large files lie in the artifact store, and small ones in git."""

import subprocess
from pathlib import Path

import pytest
from paved_road.findings import Problem
from paved_road.handoff import folder
from paved_road.handoff.build import build
from paved_road.handoff.manifest import Resources, load
from paved_road.stores import artifacts

from .handoff_examples import Repository, found, silent


@pytest.fixture
def large(repository: Repository, measured: Resources) -> Repository:
    """A repository in which everything counts as large."""
    settings = repository.root / "pyproject.toml"
    settings.write_text(settings.read_text().replace("[tool.paved-road]", "[tool.paved-road]\ngit-limit-mib = 0.0005"))
    repository.git("rm", "-rq", "--cached", "handoff")
    build(repository.project, silent)
    repository.commit("Large")
    return repository


def store(repository: Repository) -> artifacts.Store:
    return artifacts.open(artifacts.location(repository.project))


def test_git_does_not_get_what_is_large(large: Repository) -> None:
    kept = {file.path: file.kept for file in load(large.handoff).files}

    tracked = set(large.git("ls-files", "handoff").split())

    assert "store" in kept.values()
    assert all((f"handoff/{name}" in tracked) == (where == "git") for name, where in kept.items())
    assert found(large) == ""


def test_a_clone_fetches_what_git_does_not_have(large: Repository, tmp_path: Path) -> None:
    subprocess.run(["git", "clone", "-q", large.root, tmp_path / "clone"], check=True)
    clone = Repository(tmp_path / "clone")
    (clone.root / "platform").unlink()
    (clone.root / "platform").symlink_to((large.root / "platform").resolve())
    missing = found(clone, served=True)

    got = folder.fetch(clone.handoff, load(clone.handoff), store(large))

    assert "HANDOFF011 files: model-" in missing
    assert {file.path for file in got} == {f.path for f in load(clone.handoff).files if f.kept == "store"}
    assert found(clone) == ""
    assert folder.fetch(clone.handoff, load(clone.handoff), store(large)) == []


def test_verify_says_how_to_get_a_file_that_is_in_the_store(large: Repository) -> None:
    next(large.handoff.glob("model-*")).unlink()

    remedies = [finding.remedy for finding in large.verify()["files"].findings]

    assert remedies == ["run `road handoff fetch`"]


def test_a_store_that_lacks_the_file_is_named(large: Repository, tmp_path: Path) -> None:
    next(large.handoff.glob("model-*")).unlink()

    with pytest.raises(Problem, match="is missing"):
        folder.fetch(large.handoff, load(large.handoff), artifacts.open(str(tmp_path / "empty")))

    assert not list(large.handoff.glob("model-*"))


def test_a_store_that_takes_nothing_leaves_the_folder_as_it_was(
    large: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = {file.name: file.read_bytes() for file in large.handoff.iterdir()}
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("ROAD_ARTIFACT_STORE", str(tmp_path / "file"))

    with pytest.raises(Problem):
        build(large.project, silent)

    assert {file.name: file.read_bytes() for file in large.handoff.iterdir()} == before


def test_what_is_small_again_goes_back_to_git(large: Repository) -> None:
    settings = large.root / "pyproject.toml"
    settings.write_text(settings.read_text().replace("git-limit-mib = 0.0005", "git-limit-mib = 20"))

    build(large.project, silent)

    assert not (large.handoff / ".gitignore").exists()
    assert {file.kept for file in load(large.handoff).files} == {"git"}
