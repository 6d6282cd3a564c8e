"""``.github/CODEOWNERS`` from ``raci.yml``."""

import msgspec

from paved_road.ownership.derive import template
from paved_road.ownership.raci import Raci

PATH = ".github/CODEOWNERS"


def render(raci: Raci) -> str:
    """The text of CODEOWNERS; `raci` breaks no rule."""
    return template.render("codeowners.j2", raci=msgspec.to_builtins(raci))
