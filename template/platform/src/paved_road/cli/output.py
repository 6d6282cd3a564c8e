"""What verbs share when they speak: the --json option, progress, and the last word."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from paved_road import files, findings

json_option: Callable[[Any], Any] = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document instead of text."
)
check_option: Callable[[Any], Any] = click.option(
    "--check", "only_check", is_flag=True, help="Change nothing; exit 1 if something would change."
)
folder_option: Callable[[Any], Any] = click.option(
    "--handoff", "folder", type=click.Path(path_type=Path), help="Handoff folder; the repository's by default."
)
key_option: Callable[[Any], Any] = click.option(
    "--key",
    type=click.Path(path_type=Path),
    envvar="ROAD_PUBLIC_KEY",
    show_envvar=True,
    help="Public key that it must be signed with.",
)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Say on stderr what is going on, and how long it took: a spinner on a terminal, a line elsewhere."""
    started = time.perf_counter()
    if sys.stderr.isatty():
        from rich.console import Console

        with Console(stderr=True).status(f"{name} …"):
            yield
    else:
        yield
    click.echo(f"  {name:<58} {time.perf_counter() - started:6.1f} s", err=True)


def sync(
    root: Path, derived: Mapping[str, str], drift: Callable[[str, str], Iterable[findings.Finding]], *, only_check: bool
) -> tuple[list[findings.Finding], str, bool]:
    """Write derived files that differ, or only find them.

    Args:
        root: of the repository.
        derived: what each file should hold, by its path.
        drift: how a file differs from a text.
        only_check: whether to leave everything as it is.

    Returns:
        What was found, a line a file, and whether anything was written.
    """
    differs = {path: found for path, text in derived.items() if (found := list(drift(path, text)))}
    said = (f"{path} {'is written' if path in differs else 'is up to date'}" for path in derived)
    if only_check:
        return [finding for findings in differs.values() for finding in findings], "\n".join(said), False
    for path in differs:
        files.write(root / path, derived[path].encode())
    return [], "\n".join(said), bool(differs)


def finish(found: Sequence[findings.Finding], as_json: bool, success: str, **more: Any) -> None:
    """Print what was found and stop: exit 1 if anything refuses, else say `success`."""
    if as_json:
        click.echo(findings.as_json(found, **more))
    else:
        if found:
            click.echo(findings.as_text(found))
        if not findings.refused(found):
            click.echo(success)
    if findings.refused(found):
        raise click.exceptions.Exit(1)
