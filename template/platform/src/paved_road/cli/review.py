"""`road raci review`: whom a change concerns."""

from typing import TYPE_CHECKING

import click

from paved_road import project
from paved_road.cli.output import finish, json_option
from paved_road.cli.who import LETTERS

if TYPE_CHECKING:
    from paved_road.ownership.raci import Raci
    from paved_road.ownership.review import Review

_SHOWN = 5
"""So many files of an activity are listed; more are counted."""


@click.command()
@click.option("--base", default="main", show_default=True, help="Branch, tag or commit that the change starts from.")
@click.option("--head", default="HEAD", show_default=True, help="Where the change ends.")
@click.option("--markdown", is_flag=True, help="Print Markdown, for a pull request or a job's summary.")
@json_option
def review(base: str, head: str, markdown: bool, as_json: bool) -> None:
    """Say for the files that this branch changed who answers, does, is asked and is told.

    It refuses nothing: `road raci check` does.

    \b
    Examples:
      road raci review
      road raci review --base origin/main --markdown >> "$GITHUB_STEP_SUMMARY"
    """
    from paved_road.ownership import review as ownership
    from paved_road.ownership.raci import load

    if markdown and as_json:
        raise click.UsageError("--markdown and --json exclude each other; choose one.")
    here = project.find()
    raci = load(here.raci)
    found = ownership.review(raci, ownership.changed(here.root, base, head))
    if markdown:
        click.echo(_markdown(raci, found))
        return
    activities = [
        {"activity": name, "paths": paths, **{word: _held(raci, name, letter) for word, letter in LETTERS.items()}}
        for name, paths in found.touched.items()
    ]
    finish(found.missing, as_json, _text(raci, found), activities=activities, ask=found.ask)


def _held(raci: "Raci", activity: str, letter: str) -> list[str]:
    from paved_road.ownership.lookup import holding

    return [f"{role.title} ({role.team or 'nobody'})" for role in holding(raci, raci.activities[activity], letter)]


def _text(raci: "Raci", found: "Review") -> str:
    if not found.touched:
        return "no owned file is changed"
    lines = []
    for name, paths in found.touched.items():
        lines.append(f"{name}: {_few(paths, '{}')}")
        held = {word: ", ".join(_held(raci, name, letter)) for word, letter in LETTERS.items()}
        lines += [f"  {word:<11}  {people}" for word, people in held.items() if people]
    return "\n".join(lines)


def _markdown(raci: "Raci", found: "Review") -> str:
    from paved_road.ownership.review import SAID

    lines = ["## Whose this change is", ""]
    if found.touched:
        lines += [f"| Files | Activity | {' | '.join(SAID)} |", f"|---|---|{'---|' * len(SAID)}"]
    else:
        lines.append("It changes no file that anybody owns.")
    for name, paths in found.touched.items():
        people = [_cell(", ".join(_held(raci, name, letter))) for letter in SAID.values()]
        lines.append(f"| {_few([_cell(path) for path in paths], '`{}`')} | {_cell(name)} | {' | '.join(people)} |")
    if found.missing:
        lines += ["", "**Missing**", ""]
        lines += [f"- `{_cell(one.place)}`: {_cell(one.fact)}; {_cell(one.remedy)}" for one in found.missing]
    return "\n".join(lines)


def _few(paths: list[str], each: str) -> str:
    rest = len(paths) - _SHOWN
    return ", ".join(each.format(path) for path in paths[:_SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def _cell(text: str) -> str:
    """Text that cannot break out of a table's cell, nor become HTML."""
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return plain.replace("|", "\\|").replace("`", "'").replace("<", "&lt;")
