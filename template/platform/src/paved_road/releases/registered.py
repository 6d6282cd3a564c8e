"""What the model registry is told of a move: the champion is what prod serves, and every move is a tag."""

import re

from paved_road.handoff.manifest import PATH, load
from paved_road.handoff.registration import version_of
from paved_road.project import Project
from paved_road.releases import kept
from paved_road.releases.environment import CHAMPION, Environment
from paved_road.releases.records import Record, Records
from paved_road.science import git
from paved_road.stores.registry import Entry, Registry


def tell(here: Project, place: Environment, done: Records) -> None:
    """Let the registry say what the records say; the version is registered if it was not.

    Raises:
        Problem: the registry cannot be asked.
    """
    live = done.moves[-1]
    manifest = load(kept.bring_back(here, live))
    version = version_of(manifest, live.commit, git.remote(here.root), PATH.partition("/")[0])
    before = done.stack[-2].seal if len(done.stack) > 1 else ""
    former = done.moves[-2].seal if live.move == "rollback" else ""
    moves_aliases = place.name == CHAMPION
    Registry(here.root, here.settings).release(version, _tag(place, live), moves_aliases, before, former)


def champion(here: Project, model: str) -> Entry | None:
    """The version that the registry calls the champion.

    Raises:
        Problem: the registry cannot be asked, or knows no version.
    """
    entries = Registry(here.root, here.settings).show(model)
    return next((entry for entry in entries if "champion" in entry.aliases), None)


def _tag(place: Environment, live: Record) -> dict[str, str]:
    key = f"release.{re.sub('[:-]', '', live.at)}.{place.name}"
    return {key: f"{live.move} by {live.by}: {live.why}"}
