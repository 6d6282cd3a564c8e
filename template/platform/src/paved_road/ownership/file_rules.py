"""Rules that hold ``raci.yml`` against the files that git tracks: one function each, yielding what breaks it."""

from collections.abc import Callable, Iterator

from paved_road.findings import Finding
from paved_road.ownership import alert_rules
from paved_road.ownership.derive import runbooks
from paved_road.ownership.lookup import OWN_IT, alerts
from paved_road.ownership.matrix_rules import finding
from paved_road.ownership.patterns import anchored, matches
from paved_road.ownership.raci import PATH
from paved_road.ownership.tree import Claim, Ownership


def check_everything_owned(held: Ownership) -> Iterator[Finding]:
    """Every tracked file has an owner."""
    for path in held.unowned:
        yield Finding(code="RACI005", fact="nobody owns it", remedy=OWN_IT, path=path)


def check_patterns_match(held: Ownership) -> Iterator[Finding]:
    """A pattern without a file is a leftover, or misspelt."""
    for claim in held.claims:
        if not claim.matched:
            fact = f"{claim.activity.name}: no tracked file matches the path {claim.pattern}"
            remedy = "mend it, or leave it out if those files are gone"
            yield finding("RACI006", claim.activity.line, fact, remedy, "warning")


def check_patterns_win(held: Ownership) -> Iterator[Finding]:
    """A special pattern that stands above a general one wins nothing, whatever a reader thinks."""
    for claim in held.claims:
        winner = held.claims[next(iter(claim.winners))] if len(claim.winners) == 1 else claim
        covered = matches(winner.pattern, claim.pattern.lstrip("/"))
        if winner.activity is not claim.activity and covered:
            fact = f"{claim.activity.name}: the path {claim.pattern} owns nothing, for {_shown(winner)} stands below it"
            remedy = "of two patterns the lower one wins: move the special one below the general one"
            yield finding("RACI014", claim.activity.line, fact, remedy)


def check_names_take_no_places(held: Ownership) -> Iterator[Finding]:
    """A pattern for a name in any folder takes files out of a folder that another activity seems to own."""
    for claim in held.claims:
        for number in sorted(claim.winners) if anchored(claim.pattern) and len(claim.winners) > 1 else ():
            winner = held.claims[number]
            if winner.activity is claim.activity or anchored(winner.pattern):
                continue
            taken = next(file for file in winner.matched if file in set(claim.matched))
            fact = f"{claim.activity.name}: {held.files[taken]} is not its own: {_shown(winner)} stands below it"
            remedy = f"if that is not meant, move {winner.pattern} above {claim.pattern}"
            yield finding("RACI018", claim.activity.line, fact, remedy, "note")


def check_runbooks_exist(held: Ownership) -> Iterator[Finding]:
    """A runbook that an alert names can be read at three in the morning."""
    for activity, alert in alerts(held.raci):
        elsewhere = alert.runbook.startswith(("https://", "http://"))
        if alert.runbook and not elsewhere and not (held.tree.root / alert.runbook).is_file():
            fact = f"{activity.name}: the runbook {alert.runbook} of {alert.name} is not there"
            yield finding("RACI010", activity.line, fact, "write it, or mend its path")


def check_runbooks_used(held: Ownership) -> Iterator[Finding]:
    """A runbook that no alert leads to is found by nobody, and kept by nobody."""
    named = {alert.runbook for _, alert in alerts(held.raci)} | {runbooks.INDEX}
    for path in held.tree.files:
        if path.startswith(f"{runbooks.FOLDER}/") and path.endswith(".md") and path not in named:
            remedy = f"name it as the runbook of an alert in {PATH}, or move it out of {runbooks.FOLDER}/"
            yield Finding(code="RACI026", fact="no alert leads to this runbook", remedy=remedy, path=path)


def check_alert_rules_known(held: Ownership) -> Iterator[Finding]:
    """Every alert that a rule can fire wakes somebody."""
    known = {alert.name for _, alert in alerts(held.raci)}
    for rule in alert_rules.defined(held.tree):
        if rule.alert not in known:
            fact = f"nobody receives the alert {rule.alert}: it belongs to no activity"
            remedy = f"add it to the alerts of an activity in {PATH}, with its runbook"
            yield Finding(code="RACI021", fact=fact, remedy=remedy, path=rule.path, line=rule.line)


def check_alerts_can_fire(held: Ownership) -> Iterator[Finding]:
    """An alert that no rule fires keeps nobody awake, and nobody safe; rules may also lie elsewhere."""
    firing = {rule.alert for rule in alert_rules.defined(held.tree)}
    for activity, alert in alerts(held.raci) if firing else ():
        if alert.name not in firing:
            fact = f"{activity.name}: no rule in {alert_rules.FOLDER} fires the alert {alert.name}"
            remedy = "mend its name, or leave it out if no other place has a rule for it"
            yield finding("RACI025", activity.line, fact, remedy, "warning")


def _shown(claim: Claim) -> str:
    return f"{claim.pattern} of {claim.activity.name}"


FILE_RULES: tuple[Callable[[Ownership], Iterator[Finding]], ...] = (
    check_everything_owned,
    check_patterns_match,
    check_patterns_win,
    check_names_take_no_places,
    check_runbooks_exist,
    check_runbooks_used,
    check_alert_rules_known,
    check_alerts_can_fire,
)
