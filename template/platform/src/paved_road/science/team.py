"""The team's functions, and what to say when they fail."""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
import yaml

from paved_road.findings import Problem, problem
from paved_road.project import Project


@dataclass(frozen=True)
class Functions:
    """What a training package offers.

    Attributes:
        load: no arguments; returns the table that contracts/data.yml describes.
        train: takes inputs, target and the chosen parameters by name; returns a fitted model.
    """

    load: Callable[[], pd.DataFrame]
    train: Callable[..., Any]


def functions(project: Project) -> Functions:
    """Import the training package.

    Raises:
        Problem: if it cannot be imported, or misses one of the two functions.
    """
    package = project.settings.package
    with failures(project, f"import {package}"):
        data, model = import_module(f"{package}.data"), import_module(f"{package}.model")
    return Functions(_function(project, data, "load"), _function(project, model, "train"))


def space(project: Project) -> Callable[[Any], dict[str, Any]]:
    """The function that chooses a trial's parameters.

    Raises:
        Problem: if the package has no search.py, or that no such function.
    """
    package = project.settings.package
    if find_spec(f"{package}.search") is None:
        path = f"{project.relative(project.source)}/search.py"
        raise problem("TEAM002", "is missing: nothing says which parameters to try", "docs/grow.md shows it", path=path)
    with failures(project, f"import {package}.search"):
        search = import_module(f"{package}.search")
    return _function(project, search, "space")


def parameters_file(project: Project) -> Path:
    """Where the chosen parameters stand; people read it, change it and review it."""
    return project.source / "parameters.yml"


def parameters(project: Project) -> dict[str, Any]:
    """The chosen parameters of train(); none if there is no such file, and train() has its own.

    Raises:
        Problem: if the file is no mapping of names to values.
    """
    file = parameters_file(project)
    shown = project.relative(file)
    if not file.exists():
        return {}
    try:
        said = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, ValueError, LookupError, RecursionError) as error:
        raise problem("TEAM003", f"cannot be read as YAML: {error}", "mend it", path=shown) from error
    if not isinstance(said, dict) or not all(isinstance(name, str) and name.isidentifier() for name in said):
        raise problem("TEAM003", "is no mapping of parameters to values", "write `name: value` lines", path=shown)
    return said


def _function(project: Project, module: ModuleType, name: str) -> Callable[..., Any]:
    found = getattr(module, name, None)
    if not callable(found):
        path = project.relative(Path(module.__file__).resolve()) if module.__file__ else project.source.name
        page = "docs/grow.md" if name == "space" else "docs/bring-your-own-data.md"
        raise problem("TEAM002", f"has no function {name}()", f"{page} shows it", path=path)
    function: Callable[..., Any] = found
    return function


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
