"""A repository with a training package, without training anything."""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from paved_road.project import Project, Settings

# PyTorch is installed only in generated projects that ask for it: tests/template/test_frameworks.py runs these there.
collect_ignore = [] if importlib.util.find_spec("torch") else ["test_export_pytorch.py"]

Team = Callable[..., Project]
NUMBER = count()


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Team]:
    """Write files of a training package; gives the project that holds it."""
    root = tmp_path.resolve()
    package = f"team_{next(NUMBER)}"
    project = Project(root, Settings(package=package))

    def write(**files: str) -> Project:
        project.source.mkdir(parents=True)
        for name, text in ({"__init__": "", "data": "", "model": ""} | files).items():
            file = project.source / f"{name.replace('__in__', '/')}.py"
            file.parent.mkdir(exist_ok=True)
            file.write_text(text.replace("PACKAGE", package), encoding="utf-8")
        return project

    monkeypatch.syspath_prepend(str(root / "src"))
    yield write
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        del sys.modules[name]
