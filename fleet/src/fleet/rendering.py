"""What a version of the template makes of answers: the names of git's objects, file by file.

Copier renders, and nothing else: what it would write is the truth that a repository is held against. Rendering takes
most of the time of a report, so it is done once for what is the same. The platform's files fall into two parts: those
in which an answer appears that differs from one repository to the next (its name, its owner), and all others. The
second part is rendered once for all repositories that share the other answers.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal

import yaml

from fleet import git
from fleet.snapshot import Unreadable
from fleet.template import RULES, Template, rules

Part = Literal["own", "common"]
Files = dict[str, str]
PERSONAL = frozenset({"project_name", "description", "organization"})
"""Questions that every repository answers in its own way; what follows from them is found in copier.yml."""
_WORD = re.compile(r"[A-Za-z_]\w*")
_TAG = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
_ELSEWHERE = frozenset({"include", "import", "extends", "from"})


@dataclass(frozen=True)
class Job:
    """One rendering.

    Attributes:
        folder: a part of a version of the template.
        answers: the answers that matter to it, as JSON.
    """

    folder: str
    answers: str


class Renderer:
    """Renders what is asked for, each once.

    Args:
        template: what to render.
        folder: holds the unpacked versions, and may go afterwards.
        cache: holds what was rendered, for the next report.
    """

    def __init__(self, template: Template, folder: Path, cache: Path) -> None:
        self._template = template
        self._folder = folder
        self._cache = cache
        self._personal: dict[str, frozenset[str]] = {}
        self._broken: dict[str, str] = {}
        self._done: dict[Job, Files | str] = {}

    def prepare(self, wanted: Iterable[tuple[str, dict[str, Any]]]) -> None:
        """Render for many commits and answers at once, on all cores."""
        jobs = {job for commit, answers in wanted for job in self._jobs(commit, answers)}
        self._done.update({job: files for job in jobs if (files := self._kept(job)) is not None})
        # What many share first: it takes longest.
        missing = sorted(jobs - self._done.keys(), key=lambda job: (Path(job.folder).name, job.folder, job.answers))
        # A fork would copy the threads that read repositories, and whatever they hold.
        with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
            self._done.update(zip(missing, pool.map(render, missing), strict=True))
        for job in missing:
            self._keep(job)

    def files(self, commit: str, answers: dict[str, Any]) -> Files | str:
        """The platform's files by path, each with its object's name; or why Copier refuses these answers."""
        if commit in self._broken:
            return self._broken[commit]
        parts = [self._done[job] for job in self._jobs(commit, answers)]
        refused = next((part for part in parts if isinstance(part, str)), None)
        return refused or {path: name for part in parts if isinstance(part, dict) for path, name in part.items()}

    def _jobs(self, commit: str, answers: dict[str, Any]) -> list[Job]:
        place = self._folder / commit
        if commit not in self._personal and commit not in self._broken:
            try:
                self._personal[commit] = _split(self._template, commit, place)
            except (Unreadable, OSError, ValueError, yaml.YAMLError) as error:
                self._broken[commit] = f"that version of the template cannot be laid out: {error}"
        if commit in self._broken:
            return []
        common = {key: value for key, value in answers.items() if key not in self._personal[commit]}
        chosen: list[tuple[Part, dict[str, Any]]] = [("common", common), ("own", answers)]
        return [Job(str(place / part), json.dumps(said, sort_keys=True, default=str)) for part, said in chosen]

    def _kept(self, job: Job) -> Files | None:
        try:
            said = json.loads(self._file(job).read_text(encoding="utf-8"))
        except (OSError, ValueError):  # there is none, or half of one
            return None
        return said if isinstance(said, dict) else None

    def _keep(self, job: Job) -> None:
        if isinstance(self._done[job], dict):
            with suppress(OSError):  # what cannot be kept is rendered again
                self._cache.mkdir(parents=True, exist_ok=True)
                self._file(job).write_text(json.dumps(self._done[job]), encoding="utf-8")

    def _file(self, job: Job) -> Path:
        """Where it is kept: what is rendered depends on Copier, the commit, the part and the answers alone."""
        place = Path(job.folder)
        key = "\n".join((version("copier"), place.parent.name, place.name, job.answers))
        return self._cache / f"{hashlib.sha256(key.encode()).hexdigest()}.json"


def render(job: Job) -> Files | str:
    """Let Copier render, in a process of its own."""
    from fleet.copying import copy

    with tempfile.TemporaryDirectory() as name:
        target = Path(name) / "rendered"
        try:
            copy(job.folder, target, json.loads(job.answers))
        except Exception as error:  # whatever an old template or a wrong answer lets it raise is this row's reason
            return (
                f"Copier refuses the recorded answers: {(str(error).strip() or type(error).__name__).splitlines()[0]}"
            )
        found = (path for path in target.rglob("*") if path.is_file())
        return {path.relative_to(target).as_posix(): _object(path.read_bytes()) for path in found}


def _split(template: Template, commit: str, place: Path) -> frozenset[str]:
    """Lay out the two parts of a version; return the answers that only one of them sees."""
    template.unpack(commit, place / "whole")
    config = yaml.safe_load((place / "whole" / "copier.yml").read_text(encoding="utf-8"))
    personal = _follow(config)
    said = place / "whole" / RULES
    newest = f"{template.newest.name}:{RULES}"
    table = rules(said.read_text(encoding="utf-8") if said.is_file() else git.call(template.folder, "show", newest))
    root = place / "whole" / config.get("_subdirectory", ".")
    for part in ("own", "common"):
        (place / part / config.get("_subdirectory", ".")).mkdir(parents=True)
    for file in (path for path in (place / "whole").rglob("*") if path.is_file() or path.is_symlink()):
        inside = file.relative_to(root).as_posix() if file.is_relative_to(root) else ""
        plain = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", inside).removesuffix(".jinja")
        replaced = bool(inside) and table.replaced(plain)
        includable = not inside or (replaced and file.suffix == ".j2")
        parts = [_part(file, inside, personal)] if replaced else []
        for part in ["own", "common"] if includable else parts:
            target = place / part / file.relative_to(place / "whole")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target)
    shutil.rmtree(place / "whole")
    return personal


def _follow(config: dict[str, Any]) -> frozenset[str]:
    """Questions whose answers follow from the personal ones, and those."""
    questions = {key: str(said) for key, said in config.items() if not key.startswith("_")}
    mentions = {key: set(_WORD.findall(" ".join(_TAG.findall(said)))) - {key} for key, said in questions.items()}
    personal = set(PERSONAL & questions.keys())
    while more := {key for key, names in mentions.items() if names & personal} - personal:
        personal |= more
    return frozenset(personal)


def _part(file: Path, name: str, personal: frozenset[str]) -> Part:
    text = name + (file.read_text(encoding="utf-8") if name.endswith(".jinja") else "")
    words = set(_WORD.findall(" ".join(_TAG.findall(text))))
    return "own" if words & (personal | _ELSEWHERE) else "common"


def _object(content: bytes) -> str:
    """The name that git gives to a file's content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
