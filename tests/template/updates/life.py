"""One team's life from one release to a later one: what it had, what came of it, and whether that is right."""

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType
from typing import Any, NamedTuple
from unittest.mock import patch

import copier
import jinja2
import yaml

from tests.template.conftest import git
from tests.template.updates import rules
from tests.template.updates.edits import ACROSS, EDITS

Files = dict[str, bytes]
MARKER = b"<<<<<<< before updating\n"
SYNCS = (("contract", "sync"), ("monitor", "sync"), ("deploy", "sync"), ("raci", "sync"))
GATES = (
    ("contract", "check"),
    ("raci", "check"),
    *((group, "sync", "--check") for group in ("monitor", "deploy", "raci")),
)


@dataclass(frozen=True)
class Plan:
    """Which team, and what it does.

    Attributes:
        old, new: tags of the releases.
        edits: names of what it edits.
        answers: with which the project was generated.
        changed: answers that the update changes.
    """

    old: str
    new: str
    edits: tuple[str, ...]
    answers: Mapping[str, str] = field(default_factory=dict)
    changed: Mapping[str, str] = field(default_factory=dict)


class Sides(NamedTuple):
    """Every file of the old release, of the team, of the new release, and of the result."""

    old: Files
    mine: Files
    new: Files
    now: Files


@dataclass
class Outcome:
    """What there was to count, and what was wrong."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def expect(self, holds: bool, otherwise: str) -> None:
        if not holds:
            self.wrong.append(otherwise)


class Road:
    """The releases, and what each renders: rendered once for the same answers."""

    def __init__(self, source: Path, folder: Path) -> None:
        self._source = source
        self._folder = folder
        self._rendered: dict[tuple[str, str], Path] = {}

    def render(self, tag: str, answers: Mapping[str, Any]) -> Path:
        key = tag, repr(sorted(answers.items()))
        if key not in self._rendered:
            folder = self._folder / f"{tag}-{len(self._rendered)}"
            copier.run_copy(str(self._source), folder, dict(answers), vcs_ref=tag, defaults=True, quiet=True)
            self._rendered[key] = folder
        return self._rendered[key]


@contextmanager
def compiled_once() -> Iterator[None]:
    """Copier compiles each name of a file anew, several times; the same text gives the same code."""
    compile_, known = jinja2.Environment.compile, dict[str, CodeType]()

    def compiled(self: jinja2.Environment, source: Any, *arguments: Any, **named: Any) -> Any:
        if arguments or named or not isinstance(source, str):
            return compile_(self, source, *arguments, **named)
        if source in known:
            self.preprocess(source)  # Copier's own tag forgets the path before
        else:
            known[source] = compile_(self, source)
        return known[source]

    with patch.object(jinja2.Environment, "compile", compiled):
        yield


def live(plan: Plan, road: Road, gates: bool, again: bool = True) -> Outcome:
    """A life from the first copy to after the update.

    Args:
        plan: which one.
        road: the releases.
        gates: whether the result is held against its own checks and tests.
        again: whether a second update follows, which may change nothing.
    """
    outcome = Outcome(Counter(lives=1))
    first = road.render(plan.old, plan.answers)
    recorded = yaml.safe_load((first / ".copier-answers.yml").read_text(encoding="utf-8"))
    answers = {name: value for name, value in recorded.items() if name[0] != "_"} | dict(plan.changed)
    with TemporaryDirectory() as name, compiled_once():
        project = Path(name) / "project"
        shutil.copytree(first, project)
        git(project, "init", "-q", "-b", "main")
        across = _edit(project, plan, outcome)
        _commit(project, "Ours")
        mine = _read(project)
        _update(project, plan)
        fresh = _read(road.render(plan.new, answers))
        unmerged = {line.split("\t")[1] for line in git(project, "ls-files", "-u").splitlines()}
        compare(outcome, Sides(_read(first), mine, fresh, _read(project)), unmerged, across)
        for path in unmerged:  # as docs/update-rules.md advises
            (project / path).write_bytes(fresh[path])
        _commit(project, "Follow")
        if again:
            _update(project, Plan(plan.new, plan.new, ()))
            changed = git(project, "status", "--porcelain")
            outcome.expect(not changed, f"a second update changed something: {changed}")
        if gates:
            _pass(project, outcome)
    return outcome


def _edit(project: Path, plan: Plan, outcome: Outcome) -> set[str]:
    """Make the edits; the files in which they may conflict."""
    done = [name for name in plan.edits if EDITS[name].do(project)]
    outcome.counts["edits"] += len(done)
    return {EDITS[name].across or "" for name in done if name in ACROSS}


def _update(project: Path, plan: Plan) -> None:
    copier.run_update(
        project, dict(plan.changed), vcs_ref=plan.new, defaults=True, overwrite=True, skip_answered=True, quiet=True
    )


def _commit(project: Path, message: str) -> None:
    git(project, "add", "-A")
    git(project, "commit", "-q", "--allow-empty", "-m", message)


def _read(folder: Path) -> Files:
    return {path: (folder / path).read_bytes() for path in rules.files(folder)}


def compare(outcome: Outcome, sides: Sides, unmerged: set[str], across: set[str]) -> None:
    """Hold each file of the result against what the rules promise of it.

    Args:
        outcome: where it is counted, and told what is wrong.
        sides: the files.
        unmerged: those that git calls unmerged.
        across: those in which the team edited what is the platform's.
    """
    outcome.expect(unmerged <= across, f"conflicts where none was promised: {sorted(unmerged - across)}")
    for path in sorted({path for files in sides for path in files}):
        outcome.counts["files"] += 1
        old, mine, new, now = (files.get(path) for files in sides)
        update = rules.rule_of(path).update if old is not None or new is not None else "leaves alone"
        if update == "leaves alone" or (update == "adds" and mine is not None):
            outcome.expect(now == mine, f"{path}: not left alone")
        elif mine == old and new is None:  # stays if an answer took the whole part away: `_exclude` in copier.yml
            outcome.expect(now in (None, mine), f"{path}: gone from the new release, and neither gone nor as it was")
        elif mine == old or update == "adds":
            outcome.expect(now == new, f"{path}: not the new release's")
        elif mine is None:
            outcome.expect(now is None, f"{path}: deleted, and came back")
        elif old is None or new is None:
            outcome.expect(now is not None, f"{path}: edited, and gone")
        else:
            _merged(outcome, path, (mine, old, new), now or b"", path in unmerged)


def _merged(outcome: Outcome, path: str, sides: tuple[bytes, bytes, bytes], now: bytes, unmerged: bool) -> None:
    """A file that the team edited, against what git makes of the three texts."""
    mine, old, _ = sides
    merged, conflict = _three_way(*sides)
    outcome.counts["conflicts expected"] += conflict
    outcome.counts["conflicts"] += unmerged
    outcome.expect(unmerged == conflict, f"{path}: conflict {'expected' if conflict else 'where git merges'}")
    outcome.expect(unmerged == (MARKER in now), f"{path}: markers and git's index do not agree")
    if not conflict:
        outcome.expect(now == merged, f"{path}: not merged as git would")
    lost = {*mine.splitlines()} - {*old.splitlines()} - {*now.splitlines()}
    outcome.expect(not lost, f"{path}: lost {sorted(lost)}")


def _three_way(mine: bytes, old: bytes, new: bytes) -> tuple[bytes, bool]:
    with TemporaryDirectory() as name:
        paths = [Path(name) / side for side in ("mine", "old", "new")]
        for path, text in zip(paths, (mine, old, new), strict=True):
            path.write_bytes(text)
        done = subprocess.run(["git", "merge-file", "-p", *paths], capture_output=True, check=False)
    return done.stdout, done.returncode > 0


def _pass(project: Path, outcome: Outcome) -> None:
    """What is derived written again, then every check and the project's own tests."""
    python = [sys.executable, "-m"]
    commands: list[list[str]] = [[*python, "paved_road", *verb] for verb in SYNCS]
    _run(project, outcome, *commands)
    git(project, "add", "-A")
    _run(
        project,
        outcome,
        *([*python, "paved_road", *verb] for verb in GATES),
        [*python, "pytest", "-q", "-p", "no:cacheprovider"],
    )


def _run(project: Path, outcome: Outcome, *commands: list[str]) -> None:
    """Run commands with the project's own code in this environment, which has the packages."""
    path = os.pathsep.join(str(project / folder) for folder in ("platform/src", "src"))
    for command in commands:
        done = subprocess.run(
            command, cwd=project, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=False
        )
        outcome.counts["gates"] += 1
        said = (done.stdout + done.stderr)[-1500:]
        outcome.expect(done.returncode == 0, f"{' '.join(command[2:])}: {said}")
