"""What is known of one repository, wherever it was read from."""

from dataclasses import dataclass, field
from typing import Literal

ANSWERS = ".copier-answers.yml"
RACI = "raci.yml"
CODEOWNERS = ".github/CODEOWNERS"
LOCK = "uv.lock"
READ = (ANSWERS, RACI, CODEOWNERS)
"""Files whose text is looked at; of all others the object's name is enough."""

Gate = Literal["good", "failing", "unknown"]


class Unreadable(Exception):
    """A repository cannot be read; the message says why, in words for its row."""


class Archived(Unreadable):
    """Nobody can change it any more, and so nothing is asked of it."""


@dataclass(frozen=True)
class Gates:
    """What the latest checks said.

    Attributes:
        state: ``unknown`` if nothing was run, or nothing can be known from here.
        facts: which failed, or why nothing is known.
    """

    state: Gate
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Snapshot:
    """A repository's newest commit.

    Attributes:
        tree: every file's object name in git, by its path.
        texts: what the files in `READ` say, if they are there.
        gates: what the latest checks said.
        partial: why `tree` is not the whole, if it is not.
    """

    tree: dict[str, str]
    texts: dict[str, str] = field(default_factory=dict)
    gates: Gates = Gates("unknown")
    partial: str = ""
