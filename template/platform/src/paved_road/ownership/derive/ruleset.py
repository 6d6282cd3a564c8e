"""``.github/rulesets/main.json``: what GitHub asks for before a change reaches the main branch. It is imported by hand.

GitHub takes one approval of any code owner as enough. That each side of a handoff approves by itself, it asks only of
teams whose numbers it is given: ``team_id`` in ``raci.yml``, or Terraform, which looks them up (``terraform.py``).
"""

import msgspec

from paved_road.ownership.derive import template
from paved_road.ownership.raci import Raci

PATH = ".github/rulesets/main.json"


def render(raci: Raci) -> str:
    """The ruleset; `raci` breaks no rule."""
    return template.render("ruleset.j2", raci=msgspec.to_builtins(raci))
