"""An environment: its folder in ``deploy/overlays/``, and whether what stands there holds together."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from paved_road import history
from paved_road.findings import Finding, Problem, problem, require
from paved_road.handoff import previous
from paved_road.project import Project
from paved_road.releases import overlay, records
from paved_road.releases.records import Records

OVERLAYS = "deploy/overlays"
CHAMPION = "prod"
"""The environment whose version the registry calls the champion."""


@dataclass(frozen=True)
class Environment:
    """One of the folders of ``deploy/overlays/``."""

    here: Project
    name: str

    @property
    def path(self) -> str:
        """Its folder, from the root."""
        return f"{OVERLAYS}/{self.name}"

    @property
    def history(self) -> Path:
        """The file of its records."""
        return self.here.root / self.path / records.NAME

    @property
    def records(self) -> Records:
        """Its moves.

        Raises:
            Problem: the file was edited.
        """
        return records.load(self.history, f"{self.path}/{records.NAME}")

    @property
    def tag(self) -> str:
        """The image's tag that is written down for the cluster."""
        return overlay.tag(self.here.root / self.path / overlay.NAME, f"{self.path}/{overlay.NAME}")

    def write_tag(self, tag: str) -> None:
        """Write another one down."""
        overlay.put(self.here.root / self.path / overlay.NAME, f"{self.path}/{overlay.NAME}", tag)


def every(here: Project) -> list[Environment]:
    """All environments of a repository, by name.

    Raises:
        Problem: a ``kustomization.yaml`` is no YAML.
    """
    folders = sorted((here.root / OVERLAYS).glob(f"*/{overlay.NAME}"))
    return [Environment(here, file.parent.name) for file in folders if overlay.serves(file, here.relative(file))]


def ready(here: Project, name: str) -> Environment:
    """An environment that may be moved.

    Raises:
        Problem: there is none, what it says does not hold together, or something in it is not committed.
    """
    environment = Environment(here, name)
    require(check(environment))
    changed = history.ask(here.root, "status", "--porcelain", "--", environment.path)
    if changed.returncode:
        raise history.refusal(here.root, changed.stderr)
    if changed.stdout.strip():
        fact = "has changes that are not committed, and a move would be mixed up with them"
        remedy = f"commit the last move: `git add {environment.path} && git commit`; or take them back"
        raise problem("RELEASE004", fact, remedy, path=environment.path)
    return environment


def check(environment: Environment) -> Iterator[Finding]:
    """What of an environment does not hold together.

    Raises:
        Problem: its files cannot be read, or its records were edited.
    """
    tag, done = environment.tag, environment.records
    if done.live and tag != done.live.tag:
        fact = f"newTag is {tag}, and the last record says {done.live.tag}"
        remedy = "only `road release` moves it: write that tag back, or restore both files from git"
        yield Finding(code="RELEASE004", fact=fact, remedy=remedy, path=f"{environment.path}/{overlay.NAME}")
    kept = _accepted(environment)
    if done.lines[: len(kept.lines)] != kept.lines:
        fact = f"differs from the {len(kept.lines)} records that were merged; records are only ever added"
        remedy = "take the file of the main branch, and make your move again"
        yield Finding(code="RELEASE002", fact=fact, remedy=remedy, path=f"{environment.path}/{records.NAME}")


def _accepted(environment: Environment) -> Records:
    """The records that were merged before this branch; none where git cannot tell."""
    root, path = environment.here.root, f"{environment.path}/{records.NAME}"
    try:
        content = history.read(root, previous.accepted(root), path)
        return records.parse(content, path) if content else Records()
    except Problem:
        return Records()
