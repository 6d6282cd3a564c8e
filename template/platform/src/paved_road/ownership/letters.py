"""RACI's own rules of the letters that one entry has, whoever asks: one role answers for it, and somebody does it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple


class Broken(NamedTuple):
    """A rule that is not kept.

    Attributes:
        fact: what the letters are, without the entry's name.
        remedy: what to do.
    """

    fact: str
    remedy: str


def holders(letters: Mapping[str, str], letter: str) -> list[str]:
    """Keys of the roles that hold a letter, in their order."""
    return [role for role, held in letters.items() if letter in held]


def one_answers(accountable: Sequence[str]) -> Broken | None:
    """RACI's defining rule: exactly one role answers."""
    if len(accountable) == 1:
        return None
    return Broken(f"{len(accountable)} accountable roles ({', '.join(accountable) or 'none'})", "name exactly one")


def somebody_works(responsible: Sequence[str]) -> Broken | None:
    """At least one role does the work."""
    if responsible:
        return None
    return Broken("no responsible role", "give R to whoever does the work (RA if that is the accountable role)")
