"""``.github/ISSUE_TEMPLATE/``: for every request in ``raci.yml`` a form that says who will do what."""

import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

from paved_road.ownership.derive import template
from paved_road.ownership.raci import Raci

FOLDER = ".github/ISSUE_TEMPLATE"
_MARK = "# Derived from raci.yml"


def render(raci: Raci) -> dict[str, str]:
    """The text of each form by its path; `raci` breaks no rule."""
    built = msgspec.to_builtins(raci)
    forms: dict[str, str] = {}
    for name, request in built.get("requests", {}).items():
        text = template.render("form.j2", raci=built, request=request, name=name)
        forms[_path(name, forms)] = text
    return forms


def _path(name: str, taken: Iterable[str]) -> str:
    """A file of its own, named like the request."""
    stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "request"
    number = 1
    while (path := f"{FOLDER}/{stem}{f'-{number}' if number > 1 else ''}.yml") in taken:
        number += 1
    return path


def stale(root: Path, current: Iterable[str]) -> list[str]:
    """Forms that were derived from requests which `raci.yml` no longer has; a team's own forms are not among them."""
    kept = set(current)
    found = {file.relative_to(root).as_posix(): file for file in sorted((root / FOLDER).glob("*.yml"))}
    return [path for path, file in found.items() if path not in kept and _derived(file)]


def _derived(file: Path) -> bool:
    return file.is_file() and file.read_text(encoding="utf-8", errors="replace").startswith(_MARK)
