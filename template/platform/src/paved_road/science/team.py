"""The team's functions, and what to say when they fail."""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd

from paved_road.findings import Problem, problem
from paved_road.project import Project


@dataclass(frozen=True)
class Functions:
    """What a training package offers.

    Attributes:
        load: no arguments; returns the table that contracts/data.yml describes.
        train: takes inputs and target, returns a fitted model.
    """

    load: Callable[[], pd.DataFrame]
    train: Callable[[pd.DataFrame, "pd.Series[Any]"], Any]


def functions(project: Project) -> Functions:
    """Import the training package.

    Raises:
        Problem: if it cannot be imported, or misses one of the two functions.
    """
    package = project.settings.package
    with failures(project, f"import {package}"):
        data, model = import_module(f"{package}.data"), import_module(f"{package}.model")
    found: dict[str, Any] = {}
    for module, name in ((data, "load"), (model, "train")):
        found[name] = getattr(module, name, None)
        if not callable(found[name]):
            path = project.relative(Path(module.__file__).resolve()) if module.__file__ else project.source.name
            raise problem("TEAM002", f"has no function {name}()", "docs/bring-your-own-data.md shows it", path=path)
    return Functions(**found)


@contextmanager
def failures(project: Project, doing: str) -> Iterator[None]:
    """Turn an exception in the team's code into a finding at its line there."""
    try:
        yield
    except Problem:
        raise
    except (Exception, SystemExit) as error:
        path, line = _place(error, project)
        fact = f"{doing}: {type(error).__name__}: {error}"
        remedy = "mend it there; ROAD_TRACEBACK=1 shows every call"
        if isinstance(error, ModuleNotFoundError):
            remedy = "run `uv sync`, or add what is missing: `uv add`"
        raise problem("TEAM001", fact, remedy, path=path, line=line) from error


def _place(error: BaseException, project: Project) -> tuple[str, int | None]:
    frames = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename:
        frames.append((error.filename, error.lineno))
    for name, line in reversed(frames):
        file = Path(name).resolve()
        if file.is_relative_to(project.source.parent):
            return project.relative(file), line
    return "", None
