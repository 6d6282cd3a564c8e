"""The Jinja templates beside this module; Copier includes the same ones at first copy."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

_HERE = Path(__file__).parent
_SHARED = {"text.j2": ("line", "quoted", "md", "code", "contact", "runbook"), "sides.j2": ("reviewers",)}
"""Macros that every template may use, by the file that has them."""


def render(template: str, /, **values: Any) -> str:
    """The text of a template of this folder."""
    environment = Environment(keep_trailing_newline=True, undefined=StrictUndefined)
    macros: dict[str, Any] = {}
    for file, names in _SHARED.items():
        shared = environment.from_string(_source(file)).module
        macros |= {name: getattr(shared, name) for name in names}
    return environment.from_string(_source(template)).render(macros | values)


def _source(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
