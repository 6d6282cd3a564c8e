"""Which repositories there are: a file that lists them, or an organisation."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from paved_road.findings import problem

Kind = Literal["folder", "url", "github"]
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")
_URL = re.compile(r"(?:https|ssh|file)://\S+|git@[\w.-]+:\S+")
_KEYS = {"repository", "wave"}
LAST_WAVE = 1000


@dataclass(frozen=True)
class Place:
    """One repository.

    Attributes:
        name: as it was listed.
        kind: how it is read.
        where: folder, URL, or owner/name on GitHub.
        wave: in which wave it is updated, from 1 (canaries).
    """

    name: str
    kind: Kind
    where: str
    wave: int = LAST_WAVE


def read(file: Path) -> list[Place]:
    """The repositories that a file lists: one a line, or YAML with `repositories:`.

    Raises:
        Problem: the file cannot be read, lists nothing, or one of its entries is no repository.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text in UTF-8"
        raise problem("FLEET001", f"cannot be read: {reason}", "name a list of repositories", path=str(file)) from error
    entries = list(_from_yaml(text, file) if file.suffix in (".yml", ".yaml") else _from_lines(text))
    places = [_place(entry, wave, line, file) for entry, wave, line in entries]
    if not places:
        raise problem("FLEET001", "lists no repository", "write one a line", path=str(file))
    seen: set[str] = set()
    for place in places:
        if place.where in seen:
            raise problem("FLEET002", f"{place.name} stands there twice", "keep one", path=str(file))
        seen.add(place.where)
    return places


def _from_lines(text: str) -> Iterator[tuple[Any, Any, int | None]]:
    for number, line in enumerate(text.splitlines(), 1):
        entry = re.sub(r"(^|\s)#.*", "", line).strip()
        if entry:
            yield entry, LAST_WAVE, number


def _from_yaml(text: str, file: Path) -> Iterator[tuple[Any, Any, int | None]]:
    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        raise problem("FLEET001", "is not YAML", "mend that line", path=str(file), line=line) from error
    entries = document.get("repositories") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise problem("FLEET001", "has no list `repositories`", "see docs/fleet.md", path=str(file))
    for entry in entries:
        if isinstance(entry, dict):
            if not entry.keys() <= _KEYS:
                unknown = ", ".join(sorted(map(str, entry.keys() - _KEYS)))
                raise problem("FLEET002", f"nothing is known of {unknown}", "write repository, wave", path=str(file))
            yield entry.get("repository"), entry.get("wave", LAST_WAVE), None
        else:
            yield entry, LAST_WAVE, None


def _place(entry: Any, wave: Any, line: int | None, file: Path) -> Place:
    if not isinstance(wave, int) or isinstance(wave, bool) or not 1 <= wave <= LAST_WAVE:
        fact = f"{entry} has the wave {wave!r}"
        raise problem("FLEET002", fact, f"write a number from 1 to {LAST_WAVE}", path=str(file), line=line)
    if isinstance(entry, str) and entry and "\0" not in entry:
        if _URL.fullmatch(entry):
            return Place(re.sub(r"://[^/@]+@", "://", entry), "url", entry, wave)
        folder = file.parent / Path(entry).expanduser()
        if entry.startswith((".", "/", "~")) or folder.is_dir():
            return Place(entry, "folder", str(folder.resolve()), wave)
        if _NAME.fullmatch(entry):
            return Place(entry, "github", entry, wave)
    remedy = "write a folder (./name), a URL (https, ssh, git@) or owner/name of GitHub"
    raise problem("FLEET002", f"{entry!r} is no repository", remedy, path=str(file), line=line)
