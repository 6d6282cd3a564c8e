"""What `road doctor` looks at: tools, git, the road itself, contracts, owners, what is derived, what is still open."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import msgspec

from paved_road import joined
from paved_road import project as projects
from paved_road.contracts import agreement, api, data, model
from paved_road.deployment import files as deployed
from paved_road.findings import Finding, Problem, refused
from paved_road.handoff import manifest
from paved_road.monitoring import files as rules
from paved_road.ownership import lint, raci
from paved_road.ownership.derive import files as derived
from paved_road.project import Project, Settings
from paved_road.stores import artifacts


class Result(msgspec.Struct, frozen=True):
    """What one look found.

    Attributes:
        name: what was looked at.
        state: ``good``, ``open`` (not configured, and nothing breaks), or ``wrong``.
        fact: what is the case.
        remedy: what to do, unless it is good.
    """

    name: str
    state: Literal["good", "open", "wrong"]
    fact: str
    remedy: str = ""


JOINING = ("platform", "raci.yml", "contracts", joined.ANSWERS)
"""What shows that a folder without settings wants to be a repository of the road."""


def here() -> Project:
    """The repository to look at; also one that is still joining, and has no settings yet.

    Raises:
        Problem: nothing here wants to be one.
    """
    try:
        return projects.find()
    except Problem:
        root = Path.cwd().resolve()
        pyproject = root / "pyproject.toml"
        if not any((root / name).exists() for name in JOINING) or (pyproject.is_file() and _configured(pyproject)):
            raise
        return Project(root, Settings(package="package"))


def _configured(pyproject: Path) -> bool:
    return "[tool.paved-road]" in pyproject.read_text(encoding="utf-8", errors="replace")


def examine(project: Project) -> Iterator[Result]:
    """Every look, one after another; one that fails does not hide the next."""
    yield Result("python", "good", f"{sys.version.split()[0]} at {sys.executable}")
    yield _tool("uv", "install it: it makes the environment, the lock and the serving set")
    yield _tool("git", "install it: a handoff names its commit, and CODEOWNERS is about tracked files")
    yield _repository(project)
    yield _lock(project)
    yield _hooks(project)
    yield _guarded("settings", lambda: list(joined.settings(project)), "pyproject.toml has [tool.paved-road]")
    yield _guarded("workspace", lambda: list(joined.workspace(project)), "platform/ is a member, and depended on")
    yield _guarded("answers", lambda: list(joined.answers(project)), f"{joined.ANSWERS} is there for updates")
    yield _guarded("workflows", lambda: list(joined.workflows(project)), "CI, delivery and updates are there")
    yield _guarded("training", lambda: list(joined.training(project)), "load() and train() are there")
    yield _guarded("notebooks", lambda: list(joined.notebooks(project)), "no notebook holds outputs")
    yield _guarded("contracts", lambda: _contracts(project), "the three contracts agree")
    yield _guarded("ownership", lambda: _ownership(project), "every tracked file has an owner")
    yield _guarded("monitoring", lambda: _monitoring(project), "alert rules follow the contract and raci.yml")
    yield _guarded("deployment", lambda: _deployment(project), "what a cluster is asked for follows the handoff")
    yield _handoff(project)
    yield _tracking(project)
    yield _artifacts(project)


def _tool(name: str, remedy: str) -> Result:
    path = shutil.which(name)
    return Result(name, "good", path) if path else Result(name, "wrong", "is not on PATH", remedy)


def _repository(project: Project) -> Result:
    done = _git(project, "log", "-1", "--format=%h %s")
    if done is None:
        return Result("repository", "wrong", "no commit yet", "git init && git add . && git commit -m 'First commit'")
    return Result("repository", "good", f"last commit {done[:60]}")


def _lock(project: Project) -> Result:
    if not (project.root / "uv.lock").is_file():
        return Result("lock", "wrong", "there is no uv.lock", "run `uv lock`, and commit it")
    if _git(project, "ls-files", "--error-unmatch", "uv.lock") is None:
        return Result("lock", "open", "uv.lock is not committed", "commit it, so that everybody gets the same packages")
    return Result("lock", "good", "uv.lock is committed")


def _hooks(project: Project) -> Result:
    where = _git(project, "rev-parse", "--git-path", "hooks")
    if where and (project.root / where / "pre-commit").is_file():
        return Result("hooks", "good", "pre-commit runs before each commit")
    return Result("hooks", "open", "pre-commit is not installed here", "run `uv run pre-commit install`")


def _contracts(project: Project) -> list[Finding]:
    promise = model.load(project.contracts / "model.yml")
    promised_data = data.load(project.contracts / "data.yml")
    return [*agreement.check(promise, promised_data), *api.check(project.contracts / "api.json", promise)]


def _ownership(project: Project) -> list[Finding]:
    owners = raci.load(project.raci)
    found = lint.check(owners, project.root)
    lagging = [f for each in derived.derive(owners, project.root) for f in derived.drift(project.root, each)]
    return [*(f for f in found if f.level == "error"), *lagging]


def _monitoring(project: Project) -> list[Finding]:
    derived = rules.derive(project)
    return [found for path, text in derived.items() for found in rules.drift(project, path, text)]


def _deployment(project: Project) -> list[Finding]:
    derived = deployed.derive(project)
    return [found for path, text in derived.items() for found in deployed.drift(project, path, text)]


def _handoff(project: Project) -> Result:
    try:
        handed = manifest.load(project.handoff)
    except Problem as error:
        first = error.findings[0]
        state: Literal["open", "wrong"] = "open" if first.code == "HANDOFF001" else "wrong"
        return Result("handoff", state, first.fact, first.remedy)
    promise = handed.contract.promise
    return Result("handoff", "good", f"{promise.name} {promise.version}; `road handoff verify` checks it")


def _tracking(project: Project) -> Result:
    uri = os.environ.get("MLFLOW_TRACKING_URI") or project.settings.tracking_uri
    if uri.partition("://")[0] in ("sqlite", "file") or "://" not in uri:
        remedy = "set MLFLOW_TRACKING_URI when the team shares a server"
        return Result("tracking", "open", "runs are kept on this machine alone", remedy)
    return Result("tracking", "good", "runs go to a tracking server")


def _artifacts(project: Project) -> Result:
    place = artifacts.location(project)
    try:
        artifacts.probe(place)
    except Problem as error:
        return Result("artifacts", "wrong", error.findings[0].fact, error.findings[0].remedy)
    if "://" in place:
        return Result("artifacts", "good", f"kept at {place}, which answers")
    remedy = f"set {artifacts.VARIABLE} when others need them: see docs/stores.md"
    return Result("artifacts", "open", f"kept on this machine, in {project.relative(Path(place))}", remedy)


def _guarded(name: str, look: Callable[[], list[Finding]], good: str) -> Result:
    try:
        found = look()
    except Problem as error:
        found = list(error.findings)
    if not found:
        return Result(name, "good", good)
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    state: Literal["open", "wrong"] = "wrong" if refused(found) else "open"
    return Result(name, state, f"{found[0].place} {found[0].fact}{more}".strip(), found[0].remedy)


def _git(project: Project, *arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", *arguments], cwd=project.root, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None
