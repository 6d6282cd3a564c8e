"""Verbs and options that are to go: click says so in their help, and warns on stderr whoever uses one."""

from collections.abc import Sequence

import click

from paved_road import deprecation


def mark(command: click.Command, verb: str) -> None:
    """Mark what `paved_road.deprecation` says of a verb and of all below it."""
    for entry in deprecation.DEPRECATED:
        program, *words = entry.place.split()
        if program == "road" and words[:1] == [verb]:
            _mark(_below(command, words[1:]), entry)


def _below(command: click.Command, words: Sequence[str]) -> click.Command:
    for word in words:
        command = command.commands[word]  # type: ignore[attr-defined]  # a word below another is of a group
    return command


def _mark(command: click.Command, entry: deprecation.Deprecated) -> None:
    said = f"{entry.said[0].upper()}{entry.said[1:]}: {entry.instead}."
    if not entry.name:
        command.deprecated = said
        return
    (option,) = [each for each in command.params if isinstance(each, click.Option) and entry.name in each.opts]
    if not option.deprecated:
        option.help = f"{option.help or ''} (DEPRECATED: {said})".strip()
    option.deprecated = said
