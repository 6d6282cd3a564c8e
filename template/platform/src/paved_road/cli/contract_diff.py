"""`road contract diff`: what changed in the contracts, and what it means for those who rely on them."""

from typing import TYPE_CHECKING, Any

import click

from paved_road import project
from paved_road.cli.output import finish, json_option

if TYPE_CHECKING:
    from paved_road.contracts.compatibility.rules import Change
    from paved_road.contracts.compatibility.since import Comparison


@click.command()
@click.argument("ref", default="HEAD")
@click.option("--require-bump", is_flag=True, help="Exit 1 where a version is too small for what changed.")
@json_option
def diff(ref: str, require_bump: bool, as_json: bool) -> None:
    """Compare the contracts with those of REF, a commit, and say what breaks whom.

    \b
    breaking  asks for a new major version: somebody who relies on the contract may fail
    additive  asks for a new minor version: all that held still holds, and there is more
    neutral   asks for none
    docs/compatibility.md has every rule, and why.

    \b
    Examples:
      road contract diff
      road contract diff origin/main --require-bump
    """
    from paved_road.contracts.compatibility import since
    from paved_road.contracts.compatibility.rules import EFFECTS

    then, compared, unread = since.compare(project.find().root, ref)
    found = [*unread, *(finding for one in compared for finding in one.findings if require_bump)]
    if compared and not as_json:
        click.echo("\n\n".join(_text(one, then.ref) for one in compared) + "\n")
    effects = [change.rule.effect for one in compared for change in one.changes]
    counts = ", ".join(f"{effects.count(effect)} {effect}" for effect in EFFECTS)
    summary = f"{counts} since {then.ref} ({then.commit[:7]})" + ("; versions moved far enough" * require_bump)
    finish(found, as_json, summary, ref=then.ref, commit=then.commit, contracts=[_document(one) for one in compared])


def _text(one: "Comparison", ref: str) -> str:
    from paved_road.contracts.compatibility.rules import EFFECTS

    if one.before is None:
        return f"{one.path}  {one.now}: new since {ref}"
    moved = one.now if one.before == one.now else f"{one.before} → {one.now}"
    lines = [f"{one.path}  {moved}" + (f", needs {one.needed}" if one.needed else "")]
    for effect in EFFECTS:
        alike = [change for change in one.changes if change.rule.effect == effect]
        lines += [f"  {effect}"] * bool(alike)
        for change in alike:
            place = f"{one.path}:{change.line}" if change.line else one.path
            lines.append(f"    {place}  {change.fact}")
            lines.append(f"      {change.rule.id}: {change.rule.because}")
    return "\n".join([*lines, *["  no change"] * (not one.changes)])


def _document(one: "Comparison") -> dict[str, Any]:
    changes = [_change(change) for change in one.changes]
    version = {"before": one.before, "now": one.now, "needed": one.needed}
    return {"path": one.path, "new": one.before is None, "version": version, "changes": changes}


def _change(change: "Change") -> dict[str, Any]:
    rule = change.rule
    return {
        "rule": rule.id,
        "effect": rule.effect,
        "side": rule.side,
        "fact": change.fact,
        "because": rule.because,
        "line": change.line,
    }
