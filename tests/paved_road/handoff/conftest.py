"""One handoff, built once with everything real; copies of it for who wants to break them."""

import shutil
from pathlib import Path

import pytest
from paved_road.handoff.build import build

from .handoff_examples import Repository, promise, settle, silent


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
