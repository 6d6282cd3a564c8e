"""The Jinja templates beside this module; Copier includes the same ones at first copy."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

_HERE = Path(__file__).parent
_SHARED = {"text.j2": ("line", "quoted", "md", "code", "contact", "runbook"), "sides.j2": ("reviewers",)}
"""Macros that every template may use, by the file that has them."""


def render(template: str, /, **values: Any) -> str:
    """The text of a template of this folder."""
    return _compiled(template).render(_macros() | values)


@cache
def _environment() -> Environment:
    return Environment(keep_trailing_newline=True, undefined=StrictUndefined)


@cache
def _macros() -> dict[str, Any]:
    modules = {file: _compiled(file).module for file in _SHARED}
    return {name: getattr(modules[file], name) for file, names in _SHARED.items() for name in names}


@cache
def _compiled(name: str) -> Template:
    return _environment().from_string((_HERE / name).read_text(encoding="utf-8"))
