"""Whose the changed files of a branch are: who does, who answers, who is asked and who is told."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from paved_road import history
from paved_road.findings import Finding, problem
from paved_road.ownership import lookup
from paved_road.ownership.raci import PATH, Activity, Raci

SAID = {"Answers for it": "A", "Does the work": "R", "Is asked before": "C", "Is told after": "I"}


@dataclass(frozen=True)
class Review:
    """What a branch changes, by owner.

    Attributes:
        touched: changed files by the name of the activity that owns them, in the order of ``raci.yml``.
        missing: what nobody could review.
        ask: teams whose word is wanted and that CODEOWNERS does not ask already.
    """

    touched: dict[str, list[str]]
    missing: list[Finding]
    ask: list[str]


def changed(root: Path, base: str, head: str = "HEAD") -> list[str]:
    """Files that the commits of `head` changed since it left `base`; a renamed file under both names.

    Raises:
        Problem: one of both is no commit, or they have none in common.
    """
    since, until = history.commit(root, base), history.commit(root, head)
    listed = history.ask(root, "diff", "--name-only", "--no-renames", "--relative", "-z", f"{since}...{until}")
    if listed.returncode:
        said = listed.stderr.decode(errors="replace").strip().partition("\n")[0]
        remedy = "in a shallow clone fetch more of it (`git fetch --unshallow`)"
        raise problem("REVIEW001", f"git does not say what changed since {base}: {said}", remedy)
    return [path for path in listed.stdout.decode(errors="replace").split("\0") if path]


def review(raci: Raci, paths: list[str]) -> Review:
    """Put changed files under the activities that own them."""
    owned = {path: lookup.owner(raci, path) for path in paths}
    touched = {
        name: mine
        for name, activity in raci.activities.items()
        if (mine := [path for path, found in owned.items() if found and found[0] is activity])
    }
    unowned = [
        Finding(code="REVIEW002", fact="nobody owns it", remedy=lookup.OWN_IT, path=path, level="warning")
        for path, found in owned.items()
        if not found
    ]
    activities = [raci.activities[name] for name in touched]
    return Review(touched, [*unowned, *_nobody_to_ask(raci, activities)], _consulted(raci, activities))


def _consulted(raci: Raci, activities: list[Activity]) -> list[str]:
    asked = {team for activity in activities for team in lookup.owning_teams(raci, activity)}
    wanted = [role.team for activity in activities for role in lookup.holding(raci, activity, "C")]
    return [team for team in dict.fromkeys(wanted) if team and team not in asked]


def _nobody_to_ask(raci: Raci, activities: list[Activity]) -> Iterator[Finding]:
    """Roles that a changed file needs and that no team holds."""
    needed = dict.fromkeys(key for activity in activities for key in activity.letters)
    for role in (raci.roles[key] for key in needed if key in raci.roles):
        if not role.team:
            fact, remedy = f"{role.title}: no team holds the role", 'write team: "@organization/team"'
            yield Finding(code="REVIEW003", fact=fact, remedy=remedy, path=PATH, line=role.line, level="warning")
