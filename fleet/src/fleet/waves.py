"""Opens updates in waves, through each repository's own workflow; nothing is kept but what GitHub knows.

A wave is opened once every repository of the waves before it either follows the version already, or has a pull request
for it whose required check succeeded. So the canaries' repositories, wave 1, go first, and a release that breaks them
stops there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

import yaml
from paved_road.findings import problem

from fleet.github import Hub
from fleet.listing import Place
from fleet.snapshot import ANSWERS, Unreadable
from fleet.template import Template

WORKFLOW = "platform-update.yml"
BRANCH = "platform/update"
"""The branch that the workflow proposes; its pull request's title ends with the version."""
Stand = Literal["follows", "green", "pending", "missing", "unreadable"]


@dataclass(frozen=True)
class Standing:
    """Where one repository stands on the way to a version.

    Attributes:
        stand: ``pending`` has a pull request whose checks are not green, ``missing`` has none.
        fact: in words.
        branch: its default branch, which the workflow is started on.
    """

    place: Place
    stand: Stand
    fact: str
    branch: str = ""

    @property
    def done(self) -> bool:
        return self.stand in ("follows", "green")


def check(places: list[Place], version: str, template: Template) -> None:
    """Refuse what cannot be opened.

    Raises:
        Problem: a version that was never released, or repositories that GitHub is not asked about.
    """
    names = [release.name for release in template.releases]
    if version not in names:
        fact = f"{version} was never released"
        raise problem("FLEET007", fact, f"choose from {', '.join(names[-5:])}")
    if elsewhere := [place.name for place in places if place.kind != "github"]:
        fact = f"{elsewhere[0]} is not on GitHub, or not listed as owner/name"
        raise problem("FLEET007", fact, "updates are opened by GitHub's workflows: list owner/name")


def waves(places: list[Place], version: str, hub: Hub, template: Template) -> Iterator[tuple[int, list[Standing]]]:
    """Each wave with where its repositories stand, the canaries first; a later one is read only when asked for."""
    ordered = sorted(places, key=lambda place: place.wave)
    for number, wave in groupby(ordered, key=lambda place: place.wave):
        yield number, [_standing(place, version, hub, template) for place in wave]


def start(standing: Standing, version: str, hub: Hub) -> None:
    """Let the repository's own workflow propose the version.

    Raises:
        Unreadable: GitHub refuses, for instance because the token may not start workflows.
    """
    body = {"ref": standing.branch, "inputs": {"version": version}}
    hub.post(f"/repos/{standing.place.where}/actions/workflows/{WORKFLOW}/dispatches", body)


def _standing(place: Place, version: str, hub: Hub, template: Template) -> Standing:
    try:
        about = hub.get(f"/repos/{place.where}")
        if about.get("archived"):
            return Standing(place, "follows", "is archived: nothing is asked of it")
        branch = str(about["default_branch"])
        recorded = _recorded(hub.text(place.where, ANSWERS, branch))
        here, wanted = template.base(recorded), template.base(version)
        if here and wanted and here.version >= wanted.version:
            return Standing(place, "follows", f"is at {recorded}", branch)
        return _proposed(place, version, hub, branch)
    except Unreadable as error:
        return Standing(place, "unreadable", str(error))


def _proposed(place: Place, version: str, hub: Hub, branch: str) -> Standing:
    head = f"{place.where.split('/')[0]}:{BRANCH}"
    pulls: list[dict[str, Any]] = hub.get(f"/repos/{place.where}/pulls", state="open", head=head)
    pull = next((each for each in pulls if str(each["title"]).split()[-1:] == [version]), None)
    if pull is None:
        return Standing(place, "missing", f"has no pull request for {version}", branch)
    gates = hub.checks(place.where, str(pull["head"]["sha"]))
    if gates.state == "good":
        return Standing(place, "green", f"{pull['html_url']} is green", branch)
    return Standing(place, "pending", f"{pull['html_url']}: {', '.join(gates.facts)}", branch)


def _recorded(text: str) -> str:
    try:
        said = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise Unreadable(f"{ANSWERS} is not YAML: restore it from git") from error
    if not isinstance(said, dict) or "_commit" not in said:
        raise Unreadable(f"{ANSWERS} records no _commit")
    return str(said["_commit"])
