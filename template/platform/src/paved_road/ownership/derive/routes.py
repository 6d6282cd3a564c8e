"""``monitoring/alertmanager.yml``: which role is told of which alert, and who is told if it lasts."""

import msgspec

from paved_road.ownership import lookup
from paved_road.ownership.derive import template
from paved_road.ownership.raci import Raci

FOLDER = "monitoring"
PATH = f"{FOLDER}/alertmanager.yml"


def render(raci: Raci) -> str:
    """The configuration of Alertmanager; `raci` breaks no rule.

    Raises:
        Problem: nobody owns ``deploy/``, so nobody would be told of an alert that ``raci.yml`` does not name.
    """
    return template.render("routes.j2", raci=msgspec.to_builtins(raci), fallback=lookup.operator(raci).key)
