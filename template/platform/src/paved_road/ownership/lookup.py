"""Who owns this, now? Answers for a path, an activity, a request or an alert."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from paved_road.findings import problem
from paved_road.ownership.letters import one_answers
from paved_road.ownership.patterns import matches
from paved_road.ownership.raci import PATH, Activity, Alert, Raci, Request, Role

EVIDENCE = "handoff/manifest.json"
"""The file whose owners hand a model over and accept it."""

DEPLOYMENT = "deploy/"
"""The folder whose owner operates the service."""

OWN_IT = f"add a pattern for it to the paths of an activity in {PATH}"
"""What to do about a file that nobody owns."""

Kind = Literal["path", "activity", "request", "alert"]


@dataclass(frozen=True)
class Answer:
    """What `raci.yml` says about something that was asked for.

    Attributes:
        target: what was asked for.
        kind: what it turned out to be.
        entry: the activity or request that decides.
        pattern: the path pattern that won, for a path.
        runbook: what to do, for an alert.
    """

    target: str
    kind: Kind
    entry: Activity | Request
    pattern: str = ""
    runbook: str = ""

    @property
    def accepted_by(self) -> str | None:
        """The role that accepts, if this is a handoff."""
        return self.entry.accepted_by if isinstance(self.entry, Activity) else None


def holding(raci: Raci, entry: Activity | Request, letter: str) -> list[Role]:
    """The roles that hold a letter for an entry."""
    return [raci.roles[role] for role in entry.roles(letter) if role in raci.roles]


def owning_teams(raci: Raci, activity: Activity) -> list[str]:
    """The teams that review an activity's files: of whoever answers, then of those who do the work."""
    return list(dict.fromkeys(role.team for letter in "AR" for role in holding(raci, activity, letter)))


def owner(raci: Raci, path: str) -> tuple[Activity, str] | None:
    """The activity that owns a path, and its pattern that won: the last that matches."""
    for activity, pattern in reversed(list(raci.patterns)):
        if matches(pattern, path):
            return activity, pattern
    return None


def find(raci: Raci, name: str) -> Answer | None:
    """What is called `name`, in whatever case: an activity, a request or an alert."""
    wanted = name.casefold()
    for entry in raci.entries:
        if entry.name.casefold() == wanted:
            return Answer(name, "activity" if isinstance(entry, Activity) else "request", entry)
    for activity, alert in alerts(raci):
        if alert.name.casefold() == wanted:
            return Answer(name, "alert", activity, runbook=alert.runbook)
    return None


def of_path(raci: Raci, path: str) -> Answer:
    """What owns a path.

    Raises:
        Problem: nobody owns it.
    """
    owned = owner(raci, path)
    if owned is None:
        raise problem("WHO002", "no activity owns it", OWN_IT, path=path)
    activity, pattern = owned
    return Answer(path, "path", activity, pattern=pattern)


def within(raci: Raci, folder: str) -> list[tuple[Activity, str]]:
    """Patterns that own something inside a folder, other than the one that owns the folder."""
    inside = "/" + folder.removeprefix("./")
    owned = owner(raci, folder)
    return [
        (activity, pattern)
        for activity, pattern in raci.patterns
        if pattern.startswith(inside) and (activity, pattern) != owned
    ]


def similar(raci: Raci, name: str) -> list[str]:
    """Names that come close to one that is not known."""
    known = [entry.name for entry in raci.entries] + [alert.name for _, alert in alerts(raci)]
    folded = {candidate.casefold(): candidate for candidate in known}
    close = difflib.get_close_matches(name.casefold(), folded, n=3, cutoff=0.5)
    holding = [candidate for candidate in folded if name.casefold() in candidate]
    return [folded[candidate] for candidate in dict.fromkeys([*close, *holding])][:3]


def alerts(raci: Raci) -> Iterator[tuple[Activity, Alert]]:
    """Every alert with the activity that it belongs to."""
    for activity in raci.activities.values():
        for alert in activity.alerts:
            yield activity, alert


def escalation(raci: Raci, role: str) -> list[str]:
    """The roles that help next, in their order; where that goes round, it ends with the first that comes again."""
    chain: list[str] = []
    above = raci.roles[role].escalates_to
    while above in raci.roles and above not in chain:
        chain.append(above)
        if above == role:
            break
        above = raci.roles[above].escalates_to
    return chain


def next_to_ask(raci: Raci, roles: list[Role]) -> list[Role]:
    """The roles that help next, in their order, where these cannot."""
    chain = [above for role in roles for above in escalation(raci, role.key)]
    return [raci.roles[above] for above in dict.fromkeys(chain)]


def accountable(raci: Raci, target: str) -> Role:
    """Who answers for an activity, a request, an alert or a path from the repository's root.

    Raises:
        Problem: nobody does, or more than one.
    """
    answer = find(raci, target) or of_path(raci, target)
    answering = holding(raci, answer.entry, "A")
    if broken := one_answers([role.key for role in answering]):
        fact = f"{answer.entry.name}: {broken.fact}"
        raise problem("RACI001", fact, broken.remedy, path=PATH, line=answer.entry.line)
    return answering[0]


def operator(raci: Raci) -> Role:
    """Who answers for the running service.

    Raises:
        Problem: nobody owns ``deploy/``, or more than one role answers for it.
    """
    return accountable(raci, DEPLOYMENT)


def handoff_parties(raci: Raci, path: str = EVIDENCE) -> tuple[Role, Role]:
    """Who hands over and who accepts what a file is the evidence or the promise of.

    Args:
        raci: who owns what.
        path: the file; by default the model's manifest. The contracts of data and service have their own parties.

    Returns:
        The role accountable for the activity that owns the file, and the one that the activity is `accepted_by`.

    Raises:
        Problem: nobody owns the file, or the activity does not say who hands over or who accepts.
    """
    answer = of_path(raci, path)
    if answer.accepted_by not in raci.roles:
        fact = f"{answer.entry.name}: owns {path}, and no role accepts it"
        raise problem("RACI012", fact, "write accepted_by: and a role", path=PATH, line=answer.entry.line)
    return accountable(raci, answer.entry.name), raci.roles[answer.accepted_by]
