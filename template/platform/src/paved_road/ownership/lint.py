"""Rules that ``raci.yml`` keeps: one function each, yielding what breaks it."""

import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from paved_road.findings import Finding, Level, problem
from paved_road.ownership.lookup import alerts, owner
from paved_road.ownership.patterns import matches, unsupported
from paved_road.ownership.raci import PATH, Activity, Raci

_HANDLE = re.compile(r"@[A-Za-z0-9](?:[A-Za-z0-9]|-(?=[A-Za-z0-9])){0,38}(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,99})?")


@dataclass(frozen=True)
class Tree:
    """The repository that ownership is about.

    Attributes:
        root: its folder.
        files: what git tracks in it, from the root.
    """

    root: Path
    files: list[str]


def check(raci: Raci, root: Path) -> list[Finding]:
    """Hold ``raci.yml`` against all rules, and against the files that git tracks.

    Raises:
        Problem: git cannot say what it tracks.
    """
    tree = Tree(root, tracked(root))
    return [*check_matrix(raci), *(finding for rule in TREE_RULES for finding in rule(raci, tree))]


def check_matrix(raci: Raci) -> list[Finding]:
    """Hold ``raci.yml`` against the rules that need nothing but the file."""
    return [finding for rule in MATRIX_RULES for finding in rule(raci)]


def tracked(root: Path) -> list[str]:
    """The files that git tracks below a folder.

    Raises:
        Problem: git is not installed, or the folder is in no repository.
    """
    try:
        listing = subprocess.run(["git", "-C", str(root), "ls-files", "-z"], capture_output=True, check=False)
    except FileNotFoundError:
        raise problem("RACI017", "git is not installed, so nobody knows which files there are", "install it") from None
    if listing.returncode != 0:
        said = listing.stderr.decode(errors="replace").strip().splitlines() or ["git gave no reason"]
        raise problem("RACI017", f"git does not list the files: {said[0]}", "run `git init`, or mend what git says")
    return [name for name in listing.stdout.decode(errors="replace").split("\0") if name]


def check_single_accountable(raci: Raci) -> Iterator[Finding]:
    """Exactly one role answers for each entry (RACI's defining rule)."""
    for entry in raci.entries:
        accountable = entry.roles("A")
        if len(accountable) != 1:
            fact = f"{entry.name}: {len(accountable)} accountable roles ({', '.join(accountable) or 'none'})"
            yield _finding("RACI001", entry.line, fact, "name exactly one")


def check_somebody_responsible(raci: Raci) -> Iterator[Finding]:
    """At least one role does the work."""
    for entry in raci.entries:
        if not entry.roles("R"):
            remedy = "give R to whoever does the work (RA if that is the accountable role)"
            yield _finding("RACI002", entry.line, f"{entry.name}: no responsible role", remedy)


def check_known_roles(raci: Raci) -> Iterator[Finding]:
    """Every role that is named is described."""
    for entry in raci.entries:
        accepting = [entry.accepted_by] if isinstance(entry, Activity) and entry.accepted_by else []
        for role in dict.fromkeys([*entry.letters, *accepting]):
            if role not in raci.roles:
                fact = f"{entry.name}: names the role {role}, which is not under roles"
                yield _finding("RACI003", entry.line, fact, f"one of {', '.join(raci.roles)}; or describe it there")


def check_held_by_a_team(raci: Raci) -> Iterator[Finding]:
    """Every role is held by a team that GitHub can ask."""
    for key, role in raci.roles.items():
        if not role.team:
            yield _finding("RACI004", role.line, f"{key}: no team holds it", 'write team: "@organization/team"')
        elif not _HANDLE.fullmatch(role.team):
            fact = f"{key}: {role.team!r} is not a GitHub handle"
            yield _finding("RACI004", role.line, fact, 'write "@organization/team" or "@user"')


def check_science_does_not_answer_alerts(raci: Raci) -> Iterator[Finding]:
    """Alerts wake the System Loop, not the Science Loop."""
    for activity in raci.activities.values():
        for role in activity.roles("A"):
            science = role in raci.roles and raci.roles[role].loop == "science"
            if science and activity.alerts and not activity.exception:
                fact = f"{activity.name}: has alerts, and {role} of the Science Loop answers for them"
                remedy = "make a role of the System Loop accountable, or say under exception: why not"
                yield _finding("RACI007", activity.line, fact, remedy)


def check_takes_part(raci: Raci) -> Iterator[Finding]:
    """A role that never does, decides or is asked anything is suspicious."""
    held = {role: "".join(e.letters[role] for e in raci.entries if role in e.letters) for role in raci.roles}
    for role, letters in held.items():
        if not set(letters) - {"I"}:
            fact = f"{role}: is only ever informed" if letters else f"{role}: has no letter anywhere"
            remedy = "ask whether it should be consulted, or leave it out"
            yield _finding("RACI008", raci.roles[role].line, fact, remedy, "warning")


def check_acceptance(raci: Raci) -> Iterator[Finding]:
    """Whoever accepts a handoff also works on it, and is not who hands over."""
    for activity in raci.activities.values():
        accepting = activity.accepted_by
        if accepting is None or accepting not in raci.roles:
            continue
        if "A" in activity.letters.get(accepting, ""):
            fact = f"{activity.name}: {accepting} hands over and accepts"
            yield _finding("RACI012", activity.line, fact, "a handoff has two sides; name the other under accepted_by")
        elif "R" not in activity.letters.get(accepting, ""):
            fact = f"{activity.name}: {accepting} accepts, and is not asked to review"
            yield _finding("RACI012", activity.line, fact, f"give {accepting} the letter R")


def check_runbooks_named(raci: Raci) -> Iterator[Finding]:
    """Every alert says what to do."""
    for activity, alert in alerts(raci):
        if not alert.runbook:
            fact = f"{activity.name}: the alert {alert.name} has no runbook"
            yield _finding("RACI010", activity.line, fact, "write runbook: and the file that says what to do")


def check_pattern_syntax(raci: Raci) -> Iterator[Finding]:
    """GitHub reads every pattern as it is meant."""
    for activity, pattern in raci.patterns:
        reason = unsupported(pattern)
        if reason:
            fact, remedy = reason
            yield _finding("RACI011", activity.line, f"{activity.name}: the path {pattern!r} {fact}", remedy)


def check_written_once(raci: Raci) -> Iterator[Finding]:
    """No two activities claim the same path or the same alert."""
    claims = [(activity, f"path {pattern}") for activity, pattern in raci.patterns]
    claims += [(activity, f"alert {alert.name}") for activity, alert in alerts(raci)]
    first: dict[str, Activity] = {}
    for activity, claim in claims:
        if claim in first:
            fact = f"{activity.name}: the {claim} already belongs to {first[claim].name}"
            yield _finding("RACI013", activity.line, fact, "keep one")
        first.setdefault(claim, activity)


def check_everything_owned(raci: Raci, tree: Tree) -> Iterator[Finding]:
    """Every tracked file has an owner."""
    for path in tree.files:
        if owner(raci, path) is None:
            remedy = f"add a pattern for it to the paths of an activity in {PATH}"
            yield Finding(code="RACI005", fact="nobody owns it", remedy=remedy, path=path)


def check_patterns_match(raci: Raci, tree: Tree) -> Iterator[Finding]:
    """A pattern without a file is a leftover, or misspelt."""
    for activity, pattern in raci.patterns:
        if not any(matches(pattern, path) for path in tree.files):
            fact = f"{activity.name}: no tracked file matches the path {pattern}"
            remedy = "mend it, or leave it out if those files are gone"
            yield _finding("RACI006", activity.line, fact, remedy, "warning")


def check_runbooks_exist(raci: Raci, tree: Tree) -> Iterator[Finding]:
    """A runbook that an alert names can be read at three in the morning."""
    for activity, alert in alerts(raci):
        elsewhere = alert.runbook.startswith(("https://", "http://"))
        if alert.runbook and not elsewhere and not (tree.root / alert.runbook).is_file():
            fact = f"{activity.name}: the runbook {alert.runbook} of {alert.name} is not there"
            yield _finding("RACI010", activity.line, fact, "write it, or mend its path")


def _finding(code: str, line: int, fact: str, remedy: str, level: Level = "error") -> Finding:
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
    check_written_once,
)
TREE_RULES: tuple[Callable[[Raci, Tree], Iterator[Finding]], ...] = (
    check_everything_owned,
    check_patterns_match,
    check_runbooks_exist,
)
