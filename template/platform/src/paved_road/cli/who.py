"""`road who`: whose is this, now?"""

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from paved_road import project
from paved_road.cli.output import finish, json_option
from paved_road.findings import Problem, problem

if TYPE_CHECKING:
    from paved_road.ownership.lookup import Answer
    from paved_road.ownership.raci import Raci, Role

LETTERS = {"accountable": "A", "responsible": "R", "consulted": "C", "informed": "I"}


@click.command()
@click.argument("target", required=False)
@click.option("--gaps", is_flag=True, help="Instead, say what nobody owns; exit 1 if there is anything.")
@json_option
def who(target: str | None, gaps: bool, as_json: bool) -> None:
    """Say who owns TARGET: a file or folder, a contract, an activity, a request or an alert.

    \b
    A path may be relative to where you stand, and need not exist yet.

    \b
    Examples:
      road who src/fraud_scoring/features.py
      road who "Retraining request"
      road who --gaps                          files, alerts, activities and roles without anybody
    """
    from paved_road.ownership.lookup import holding, next_to_ask, within
    from paved_road.ownership.raci import load

    if gaps and target is not None:
        raise click.UsageError("--gaps is about everything; leave out TARGET.")
    if not gaps and target is None:
        raise click.UsageError("Missing argument 'TARGET'; or ask for --gaps.")
    if target is not None and not target.strip():
        raise click.UsageError("TARGET is empty; name a path, a contract, an activity, a request or an alert.")
    here = project.find()
    raci = load(here.raci)
    if target is None:
        return _say_gaps(raci, here.root, as_json)
    answer = _answer(raci, target, here.root)
    held = {word: holding(raci, answer.entry, letter) for word, letter in LETTERS.items()}
    held["helps next"] = next_to_ask(raci, held["accountable"])
    if answer.accepted_by in raci.roles:
        held["accepting"] = [raci.roles[answer.accepted_by]]
    inside = within(raci, answer.target) if answer.kind == "path" and answer.target.endswith("/") else []
    also = {pattern: activity.name for activity, pattern in inside}
    finish([], as_json, _text(answer, held, also), **_document(answer, held, also))


def _say_gaps(raci: "Raci", root: Path, as_json: bool) -> None:
    from paved_road.ownership import gaps
    from paved_road.ownership.tree import Ownership, Tree, tracked

    found = gaps.find(Ownership(raci, Tree(root, tracked(root))))
    counts = {kind: len(some) for kind, some in found.items()}
    finish(
        [one for some in found.values() for one in some],
        as_json,
        f"Nothing of {root.name} is without an owner",
        gaps=counts,
    )


def _answer(raci: "Raci", target: str, root: Path) -> "Answer":
    from paved_road.ownership import lookup

    named = lookup.find(raci, target)
    if named:
        return named
    path = _path(target, root) or _contract(target, root)
    if path is None:
        raise _unknown(target, lookup.similar(raci, target))
    return lookup.of_path(raci, path)


def _path(target: str, root: Path) -> str | None:
    """A path from the root, as CODEOWNERS sees it; None if `target` does not look like one."""
    candidates = [_without_links(target), Path(os.path.normpath(root / target))]
    file = next((path for path in candidates if os.path.lexists(path)), candidates[0])
    if not os.path.lexists(file) and "/" not in target and os.sep not in target and not Path(target).suffix:
        return None
    if not file.is_relative_to(root):
        raise problem("WHO003", f"{file} is outside of this repository, {root}", "ask from inside its own")
    folder = file.is_dir() and not file.is_symlink()
    return file.relative_to(root).as_posix() + ("/" if folder or target.endswith("/") else "")


def _contract(target: str, root: Path) -> str | None:
    """The promise that is called `target`, by its file's name or by the name that it gives itself."""
    from paved_road import documents

    wanted = target.casefold().removesuffix(" contract")
    files = sorted((root / "contracts").glob("*.[yj]*"))
    named = {file.stem.casefold(): file.relative_to(root).as_posix() for file in files}
    for path in () if wanted in named else [path for path in named.values() if path.endswith((".yml", ".yaml"))]:
        with suppress(Problem):
            named.setdefault(str(documents.load(root / path, path, "WHO001").data.get("name")).casefold(), path)
    return named.get(wanted)


def _without_links(target: str) -> Path:
    """Where a path leads; a link itself stays what it is, for that is what git tracks."""
    path = Path(os.path.abspath(target))
    return path.parent.resolve() / path.name


def _unknown(target: str, similar: list[str]) -> Problem:
    remedy = f"did you mean {' or '.join(similar)}? " if similar else "raci.yml has the names. "
    fact = f"{target!r} is no file, contract, activity, request or alert"
    return problem("WHO001", fact, f"{remedy}For a file that does not exist yet, write ./{target}")


def _text(answer: "Answer", held: "dict[str, list[Role]]", also: dict[str, str]) -> str:
    entry = answer.entry
    through = f" through {answer.pattern}" if answer.pattern else ""
    lines = [f"{answer.target}: {entry.name} (raci.yml:{entry.line}{through})"]
    everyone = [role for group in held.values() for role in group]
    widths = [max(map(len, column)) for column in zip(*map(_cells, everyone), strict=True)]
    for word, group in held.items():
        for role in group:
            cells = "  ".join(text.ljust(width) for text, width in zip(_cells(role), widths, strict=True))
            lines.append(f"  {word:<11}  {cells}".rstrip())
    if answer.runbook:
        lines.append(f"  {'runbook':<11}  {answer.runbook}")
    lines += [f"  {'inside':<11}  {pattern}: {name}" for pattern, name in also.items()]
    return "\n".join(lines)


def _cells(role: "Role") -> tuple[str, str, str]:
    return role.title, role.team, role.contact


def _document(answer: "Answer", held: "dict[str, list[Role]]", also: dict[str, str]) -> dict[str, Any]:
    return {
        "target": answer.target,
        "kind": answer.kind,
        "activity" if answer.kind != "request" else "request": answer.entry.name,
        "loop": answer.entry.loop,
        "line": answer.entry.line,
        "pattern": answer.pattern or None,
        "runbook": answer.runbook or None,
        "inside": also,
        **{word.replace(" ", "_"): [_holder(role) for role in group] for word, group in held.items()},
    }


def _holder(role: "Role") -> dict[str, str]:
    return {"role": role.key, "title": role.title, "team": role.team, "contact": role.contact}
