"""``.github/SECURITY.md``: where a vulnerability is reported, and who answers for it."""

import msgspec

from paved_road.ownership import lookup
from paved_road.ownership.derive import template
from paved_road.ownership.raci import Raci

PATH = ".github/SECURITY.md"


def render(raci: Raci) -> str:
    """The page; `raci` has someone who answers for ``deploy/``."""
    return template.render("security.j2", operator=msgspec.to_builtins(lookup.operator(raci)))
