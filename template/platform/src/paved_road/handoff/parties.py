"""Who hands over and who accepts: the accountable roles of both loops, from ``raci.yml``."""

from paved_road.handoff.manifest import Handover, Party
from paved_road.ownership import lookup, raci
from paved_road.project import Project


def handover(project: Project) -> Handover:
    """The accountable roles as ``raci.yml`` has them now.

    Raises:
        Problem: if it cannot be read, or does not say.
    """
    gives, takes = lookup.handoff_parties(raci.load(project.raci))
    return Handover(
        gives=Party(role=gives.key, title=gives.title, team=gives.team),
        takes=Party(role=takes.key, title=takes.title, team=takes.team),
    )
