"""What makes a repository one of the road's: what a repository that joins later may still miss, and why it matters."""

import ast
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from paved_road.findings import Finding
from paved_road.project import Project

ANSWERS = ".copier-answers.yml"
WORKFLOWS = {
    "ci.yml": "nothing holds a pull request against contracts, owners and evidence",
    "deliver.yml": "what is handed over reaches no environment",
    "platform-update.yml": "nobody hears of later versions",
}
FUNCTIONS = {"data.py": "load", "model.py": "train"}
"""What `road train` calls, by the file of the training package that has it."""
_COPY = "copy it from a freshly generated repository: `uvx copier copy` brings what is not there"


def settings(project: Project) -> Iterator[Finding]:
    """``[tool.paved-road]`` says which package is trained."""
    if "paved-road" not in _table(_pyproject(project), "tool"):
        yield Finding(
            code="JOIN001",
            path="pyproject.toml",
            fact="has no [tool.paved-road]: road does not know which package it trains",
            remedy='add the table, with package = "name" of a folder in src/',
        )


def workspace(project: Project) -> Iterator[Finding]:
    """``platform/`` is a member of the workspace, and the repository depends on it."""
    document = _pyproject(project)
    uv = _table(_table(document, "tool"), "uv")
    members = _table(uv, "workspace").get("members", [])
    needed = _table(document, "project").get("dependencies", [])
    if not (project.root / "platform" / "pyproject.toml").is_file():
        fact, remedy = "platform/ is not there: the package behind road, and settings of all tools", _COPY
        yield Finding(code="JOIN002", fact=fact, remedy=remedy)
    elif not any(Path("platform").match(str(member)) for member in members):
        fact = "platform/ is no member of the workspace: uv.lock does not fix what serves the model"
        remedy = 'write members = ["platform"] under [tool.uv.workspace]'
        yield Finding(code="JOIN002", path="pyproject.toml", fact=fact, remedy=remedy)
    elif not any(str(each).replace("_", "-").lower().startswith("paved-road") for each in needed):
        fact = "does not depend on paved-road: `uv sync` installs no road"
        remedy = "run `uv add 'paved-road[scikit-learn]'`, or the framework that trains"
        yield Finding(code="JOIN002", path="pyproject.toml", fact=fact, remedy=remedy)


def answers(project: Project) -> Iterator[Finding]:
    """Copier's record is there, so that updates come."""
    if not (project.root / ANSWERS).is_file():
        fact = "is missing: no update finds the version that this repository is at"
        yield Finding(code="JOIN003", path=ANSWERS, fact=fact, remedy="restore it from git", level="note")


def workflows(project: Project) -> Iterator[Finding]:
    """The workflows that carry the road are there."""
    for name, why in WORKFLOWS.items():
        path = f".github/workflows/{name}"
        if not (project.root / path).is_file():
            yield Finding(code="JOIN004", path=path, fact=f"is missing: {why}", remedy=_COPY, level="note")


def notebooks(project: Project) -> Iterator[Finding]:
    """No notebook holds outputs: they may hold data, and make every change unreadable."""
    for file in sorted((project.root / "notebooks").rglob("*.ipynb")):
        if ".ipynb_checkpoints" in file.parts or not _has_outputs(file):
            continue
        path = project.relative(file)
        fact = "holds outputs: they may show data, and hide what a change changes"
        remedy = f"run `uv run nbstripout {path}`, and commit it"
        yield Finding(code="JOIN005", path=path, fact=fact, remedy=remedy, level="note")


def training(project: Project) -> Iterator[Finding]:
    """The training package has the functions that road calls; it is read, and not imported."""
    for name, function in FUNCTIONS.items():
        file = project.source / name
        path = project.relative(file)
        if not file.is_file():
            fact = f"is missing: `road train` calls its {function}()"
            remedy = f"write it, with {function}() calling your own code"
            yield Finding(code="JOIN006", path=path, fact=fact, remedy=remedy)
        elif function not in _names(file):
            fact = f"has no {function}(): `road train` calls it"
            remedy = f"write {function}(), calling your own code"
            yield Finding(code="JOIN006", path=path, fact=fact, remedy=remedy)


def _pyproject(project: Project) -> dict[str, Any]:
    try:
        return tomllib.loads((project.root / "pyproject.toml").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}


def _table(document: dict[str, Any], name: str) -> dict[str, Any]:
    found = document.get(name)
    return found if isinstance(found, dict) else {}


def _has_outputs(file: Path) -> bool:
    try:
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        return any(cell.get("outputs") or cell.get("execution_count") for cell in cells)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):  # whatever it is, Jupyter says it better
        return False


def _names(file: Path) -> set[str]:
    """What a module defines or imports at its top level."""
    try:
        body = ast.parse(file.read_bytes()).body
    except (SyntaxError, ValueError):
        return set()
    imported = {alias.asname or alias.name for node in body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assigned = {
        target.id
        for node in body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return imported | assigned | {node.name for node in body if isinstance(node, ast.FunctionDef)}
