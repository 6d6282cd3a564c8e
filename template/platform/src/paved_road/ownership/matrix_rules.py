"""Rules that need nothing but ``raci.yml``: one function each, yielding what breaks it."""

import re
from collections.abc import Callable, Iterator

from paved_road.findings import Finding, Level
from paved_road.ownership.letters import one_answers, somebody_works
from paved_road.ownership.lookup import alerts, escalation, holding, owning_teams
from paved_road.ownership.patterns import unsupported
from paved_road.ownership.raci import PATH, Activity, Raci, Role

_HANDLE = re.compile(r"@[A-Za-z0-9](?:[A-Za-z0-9]|-(?=[A-Za-z0-9])){0,38}(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,99})?")
_WARN: Level = "warning"
_ENOUGH = 3
"""Activities from which on it says something that one role answers for all of them."""
_CODEOWNERS_LIMIT = 3_000_000
"""Bytes of CODEOWNERS that GitHub reads; of a longer file it reads nothing, and asks nobody."""


def check_single_accountable(raci: Raci) -> Iterator[Finding]:
    """Exactly one role answers for each entry (RACI's defining rule)."""
    for entry in raci.entries:
        if broken := one_answers(entry.roles("A")):
            yield finding("RACI001", entry.line, f"{entry.name}: {broken.fact}", broken.remedy)


def check_somebody_responsible(raci: Raci) -> Iterator[Finding]:
    """At least one role does the work."""
    for entry in raci.entries:
        if broken := somebody_works(entry.roles("R")):
            yield finding("RACI002", entry.line, f"{entry.name}: {broken.fact}", broken.remedy)


def check_known_roles(raci: Raci) -> Iterator[Finding]:
    """Every role that is named is described."""
    for entry in raci.entries:
        accepting = [entry.accepted_by] if isinstance(entry, Activity) and entry.accepted_by else []
        for role in dict.fromkeys([*entry.letters, *accepting]):
            if role not in raci.roles:
                fact = f"{entry.name}: names the role {role}, which is not under roles"
                yield finding("RACI003", entry.line, fact, f"one of {', '.join(raci.roles)}; or describe it there")


def check_held_by_a_team(raci: Raci) -> Iterator[Finding]:
    """Every role is held by a team that GitHub can ask."""
    for key, role in raci.roles.items():
        if not role.team:
            yield finding("RACI004", role.line, f"{key}: no team holds it", 'write team: "@organization/team"')
        elif not _HANDLE.fullmatch(role.team):
            fact = f"{key}: {role.team!r} is not a GitHub handle"
            yield finding("RACI004", role.line, fact, 'write "@organization/team" or "@user"')


def check_science_does_not_answer_alerts(raci: Raci) -> Iterator[Finding]:
    """Alerts wake the System Loop, not the Science Loop."""
    for activity in raci.activities.values():
        for role in activity.roles("A"):
            science = role in raci.roles and raci.roles[role].loop == "science"
            if science and activity.alerts and not activity.exception:
                fact = f"{activity.name}: has alerts, and {role} of the Science Loop answers for them"
                remedy = "make a role of the System Loop accountable, or say under exception: why not"
                yield finding("RACI007", activity.line, fact, remedy)


def check_takes_part(raci: Raci) -> Iterator[Finding]:
    """A role that never does, decides or is asked anything is suspicious."""
    held = {role: "".join(e.letters[role] for e in raci.entries if role in e.letters) for role in raci.roles}
    for role, letters in held.items():
        if not set(letters) - {"I"}:
            fact = f"{role}: is only ever informed" if letters else f"{role}: has no letter anywhere"
            remedy = "ask whether it should be consulted, or leave it out"
            yield finding("RACI008", raci.roles[role].line, fact, remedy, _WARN)


def check_acceptance(raci: Raci) -> Iterator[Finding]:
    """Whoever accepts a handoff also works on it, and is not who hands over."""
    for activity in raci.activities.values():
        accepting = activity.accepted_by
        if accepting is None or accepting not in raci.roles:
            continue
        if "A" in activity.letters.get(accepting, ""):
            fact = f"{activity.name}: {accepting} hands over and accepts"
            yield finding("RACI012", activity.line, fact, "a handoff has two sides; name the other under accepted_by")
        elif "R" not in activity.letters.get(accepting, ""):
            fact = f"{activity.name}: {accepting} accepts, and is not asked to review"
            yield finding("RACI012", activity.line, fact, f"give {accepting} the letter R")


def check_runbooks_named(raci: Raci) -> Iterator[Finding]:
    """Every alert says what to do."""
    for activity, alert in alerts(raci):
        if not alert.runbook:
            fact = f"{activity.name}: the alert {alert.name} has no runbook"
            yield finding("RACI010", activity.line, fact, "write runbook: and the file that says what to do")


def check_pattern_syntax(raci: Raci) -> Iterator[Finding]:
    """GitHub reads every pattern as it is meant."""
    for activity, pattern in raci.patterns:
        reason = unsupported(pattern)
        if reason:
            fact, remedy = reason
            yield finding("RACI011", activity.line, f"{activity.name}: the path {pattern!r} {fact}", remedy)


def check_codeowners_is_read(raci: Raci) -> Iterator[Finding]:
    """GitHub reads a CODEOWNERS of this length."""
    sizes: dict[str, int] = {}
    for activity, pattern in raci.patterns:
        line = f"{pattern} {' '.join(owning_teams(raci, activity))}\n"
        sizes[activity.name] = sizes.get(activity.name, 0) + len(line.encode())
    total = sum(sizes.values())
    if total > _CODEOWNERS_LIMIT:
        longest = max(sizes, key=lambda name: sizes[name])
        fact = f"CODEOWNERS would have {total / 1e6:.1f} MB, and GitHub reads 3 MB; {longest} has the most of it"
        yield finding("RACI023", raci.activities[longest].line, fact, "own folders (/src/) rather than single files")


def check_one_number_a_team(raci: Raci) -> Iterator[Finding]:
    """A team has one number on GitHub, whatever roles it holds."""
    first: dict[str, Role] = {}
    for role in raci.roles.values():
        if not role.team_id:
            continue
        known = first.setdefault(role.team, role)
        if known.team_id != role.team_id:
            fact = f"{role.key}: {role.team} has team_id {role.team_id}, and {known.team_id} at {known.key}"
            remedy = "keep what `gh api orgs/ORGANIZATION/teams/TEAM --jq .id` says"
            yield finding("RACI024", role.line, fact, remedy)


def check_written_once(raci: Raci) -> Iterator[Finding]:
    """No two activities claim the same path or the same alert."""
    claims = [(activity, f"path {pattern}") for activity, pattern in raci.patterns]
    claims += [(activity, f"alert {alert.name}") for activity, alert in alerts(raci)]
    first: dict[str, Activity] = {}
    for activity, claim in claims:
        if claim in first:
            fact = f"{activity.name}: the {claim} already belongs to {first[claim].name}"
            yield finding("RACI013", activity.line, fact, "keep one")
        first.setdefault(claim, activity)


def check_answering_is_shared(raci: Raci) -> Iterator[Finding]:
    """Where one role or one person answers for everything, the file shares nothing out."""
    answering = {role.key: role for activity in raci.activities.values() for role in holding(raci, activity, "A")}
    people = {role.team for role in answering.values()}
    first = next(iter(answering.values()), None)
    if first is None or len(raci.activities) < _ENOUGH or len(people) > 1:
        return
    alone = first.key if len(answering) == 1 else first.team
    if len(answering) == 1 or "/" not in first.team:
        remedy = "let whoever decides about the work answer for it, so that one absence stops nothing"
        yield finding(
            "RACI019", first.line, f"{alone} answers for all {len(raci.activities)} activities", remedy, _WARN
        )


def check_alerts_reach_somebody(raci: Raci) -> Iterator[Finding]:
    """Whoever answers for an alert can be reached."""
    for activity, alert in alerts(raci):
        for role in holding(raci, activity, "A"):
            if not role.contact:
                fact = f"{activity.name}: nobody receives the alert {alert.name}, for {role.key} has no contact"
                yield finding("RACI020", role.line, fact, "write contact: and the page, channel or address of its duty")


def check_escalation(raci: Raci) -> Iterator[Finding]:
    """Asking upwards ends with somebody."""
    for role in raci.roles.values():
        above = role.escalates_to
        if above is not None and above not in raci.roles:
            fact = f"{role.key}: escalates to {above}, which is not under roles"
            yield finding("RACI022", role.line, fact, f"one of {', '.join(raci.roles)}; or describe it there")
        chain = escalation(raci, role.key)
        if chain and chain[-1] == role.key:
            fact = f"{role.key}: escalation goes round ({' > '.join([role.key, *chain])})"
            yield finding("RACI022", role.line, fact, "take escalates_to from the one who decides in the end")


def check_alerts_escalate(raci: Raci) -> Iterator[Finding]:
    """Where roles escalate at all, those that alerts wake do too."""
    above = {role.escalates_to for role in raci.roles.values()}
    silent = {role.key: role for activity, _ in alerts(raci) for role in holding(raci, activity, "A")}
    for role in silent.values() if above - {None} else ():
        if role.escalates_to is None and role.key not in above:
            fact = f"{role.key}: answers for alerts, and escalates to nobody"
            yield finding("RACI022", role.line, fact, "write escalates_to: and the role that helps next", _WARN)


def finding(code: str, line: int, fact: str, remedy: str, level: Level = "error") -> Finding:
    """A finding on a line of ``raci.yml``."""
    return Finding(code=code, fact=fact, remedy=remedy, path=PATH, line=line, level=level)


MATRIX_RULES: tuple[Callable[[Raci], Iterator[Finding]], ...] = (
    check_single_accountable,
    check_somebody_responsible,
    check_known_roles,
    check_held_by_a_team,
    check_science_does_not_answer_alerts,
    check_takes_part,
    check_acceptance,
    check_runbooks_named,
    check_pattern_syntax,
    check_codeowners_is_read,
    check_one_number_a_team,
    check_written_once,
    check_answering_is_shared,
    check_alerts_reach_somebody,
    check_escalation,
    check_alerts_escalate,
)
