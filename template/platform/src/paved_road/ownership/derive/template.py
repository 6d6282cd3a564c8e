"""The Jinja templates beside this module; Copier includes the same ones at first copy."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

_HERE = Path(__file__).parent
_SHARED = ("line", "quoted", "md", "code", "contact", "runbook")
"""Macros of ``text.j2`` that every template may use."""


def render(template: str, /, **values: Any) -> str:
    """The text of a template of this folder."""
    environment = Environment(keep_trailing_newline=True, undefined=StrictUndefined)
    shared = environment.from_string(_source("text.j2")).module
    macros = {macro: getattr(shared, macro) for macro in _SHARED}
    return environment.from_string(_source(template)).render(macros | values)


def _source(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
