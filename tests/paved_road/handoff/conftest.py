"""One handoff, built once with everything real; copies of it for who wants to break them."""

import shutil
from pathlib import Path

import pytest
from paved_road.handoff import profile
from paved_road.handoff.build import build
from paved_road.handoff.manifest import Resources, load

from .handoff_examples import Repository, promise, settle, silent
from .provenance_examples import HandedOver, Road, handed_over


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A repository whose model was handed over, and committed."""
    repository = settle(tmp_path_factory.mktemp("built") / "repository")
    repository.trains(promise())
    build(repository.project, silent)
    repository.commit("Hand over")
    return repository


@pytest.fixture
def repository(built: Repository, tmp_path: Path) -> Repository:
    """A copy of it."""
    shutil.copytree(built.root, tmp_path / "copy", symlinks=True)
    return Repository(tmp_path / "copy")


@pytest.fixture
def measured(built: Repository, monkeypatch: pytest.MonkeyPatch) -> Resources:
    """The load that was measured once, so that a test does not have to measure it again."""
    resources = load(built.handoff).resources
    monkeypatch.setattr(profile, "measure", lambda folder, golden, contract, key=None: resources)
    return resources


@pytest.fixture
def given(tmp_path: Path) -> HandedOver:
    """A small handoff that was not built, and keys to sign it with."""
    return handed_over(tmp_path)


@pytest.fixture
def road(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Road:
    """`road`, in this process."""
    return Road(monkeypatch, capsys)
