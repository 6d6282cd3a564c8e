"""``docs/ownership.md``: the matrix, the alerts and the roles, for people who read."""

import msgspec

from paved_road.ownership.derive import template
from paved_road.ownership.raci import Raci

PATH = "docs/ownership.md"


def render(raci: Raci) -> str:
    """The page; `raci` breaks no rule."""
    return template.render("chart.j2", raci=msgspec.to_builtins(raci))
