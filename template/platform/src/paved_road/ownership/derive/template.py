"""The Jinja templates beside this module; Copier includes the same ones at first copy."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined


def render(name: str, **values: Any) -> str:
    """The text of a template of this folder."""
    environment = Environment(keep_trailing_newline=True, undefined=StrictUndefined)
    source = Path(__file__).with_name(name).read_text(encoding="utf-8")
    return environment.from_string(source).render(values)
