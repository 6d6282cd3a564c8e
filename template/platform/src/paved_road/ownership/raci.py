"""``raci.yml``: who owns what. Types first, then reading."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, cast, get_args

import msgspec
from msgspec import Meta

from paved_road import documents, schemas
from paved_road.findings import Finding, Problem
from paved_road.ownership.letters import holders

PATH = "raci.yml"
SCHEMA_FILE = Path(__file__).with_name("raci.schema.json")

Letter = Literal["R", "A", "C", "I", "RA"]
Loop = Literal["science", "system", "platform", "handoff", "product"]
RoleKey = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{1,39}$", description="Lower-case letters, digits, hyphens.")]
_CONTROL = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
Name = Annotated[
    str,
    Meta(
        pattern=rf"^[^\s#{_CONTROL}]([^{_CONTROL}]{{0,78}}[^\s{_CONTROL}])?$",
        description="One line of 1 to 80 characters, none of them a control character; no # at its start.",
    ),
]
Text = Annotated[str, Meta(min_length=1)]
_FILLED_IN = ("key", "name", "line")
"""Fields that say where an entry stands: filled in on reading, not part of the file."""


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class Role(_Part, frozen=True, kw_only=True):
    """Someone who can hold a letter.

    Attributes:
        title: what people call it.
        loop: where its work lies.
        team: GitHub handle of the team that holds it, @organization/team or @user.
        team_id: the team's number on GitHub; with it the ruleset asks each side of a handoff for its own approval.
        contact: how to reach the holder: a page, a channel or an address.
        does: what is its work.
        does_not: what is not, so that nobody waits for it.
        delivers: what others get from it.
        escalates_to: role that helps next, when nobody who holds this one can.
    """

    title: Text
    loop: Loop
    team: str = ""
    team_id: Annotated[int, Meta(ge=1)] = 0
    contact: str = ""
    does: list[Text] = []
    does_not: list[Text] = []
    delivers: list[Text] = []
    escalates_to: RoleKey | None = None
    key: str = ""
    line: int = 0


class Alert(_Part, frozen=True, kw_only=True):
    """An alert that pages whoever is accountable for its activity.

    Attributes:
        name: as the alert rule has it.
        runbook: file in this repository, or URL, that says what to do.
    """

    name: Name
    runbook: str = ""


class Entry(_Part, frozen=True, kw_only=True):
    """Work that roles share.

    Attributes:
        loop: where the work lies.
        letters: by role, R (does it), A (answers for it), C (asked before), I (told after), or RA for both R and A.
    """

    loop: Loop
    letters: dict[RoleKey, Letter]
    name: str = ""
    line: int = 0

    def roles(self, letter: str) -> list[str]:
        """Keys of the roles that hold a letter, in the order of the file."""
        return holders(self.letters, letter)


class Activity(Entry, frozen=True, kw_only=True):
    """Work that goes on.

    Attributes:
        loop: where the work lies.
        letters: by role, R (does it), A (answers for it), C (asked before), I (told after), or RA for both R and A.
        paths: CODEOWNERS patterns of its files; of all patterns the last that matches a file wins.
        alerts: alerts that belong to it.
        accepted_by: role that takes what the accountable role hands over, for a handoff.
        exception: why a science role answers for alerts here, where it does.
    """

    paths: list[Text] = []
    alerts: list[Alert] = []
    accepted_by: RoleKey | None = None
    exception: str = ""


class Request(Entry, frozen=True, kw_only=True):
    """Something that people ask for.

    Attributes:
        about: what is asked, or what happened.
        loop: where the work lies.
        letters: by role, R (does it), A (answers for it), C (asked before), I (told after), or RA for both R and A.
    """

    about: Text


class Raci(_Part, frozen=True, kw_only=True):
    """Who owns what.

    Attributes:
        roles: who can hold a letter.
        activities: the work that goes on, the general before the special.
        requests: what people ask for.
    """

    roles: dict[RoleKey, Role]
    activities: dict[Name, Activity]
    requests: dict[Name, Request] = {}

    @property
    def entries(self) -> Iterator[Activity | Request]:
        """Everything that has letters, in the order of the file."""
        yield from self.activities.values()
        yield from self.requests.values()

    @property
    def patterns(self) -> Iterator[tuple[Activity, str]]:
        """Every path pattern with its activity, in the order of the file."""
        for activity in self.activities.values():
            for pattern in activity.paths:
                yield activity, pattern


def schema() -> dict[str, Any]:
    """The JSON Schema of the file, published beside this module."""
    document = schemas.derive(Raci, "RACI")
    for part in ("Role", "Activity", "Request"):
        for filled_in in _FILLED_IN:
            document["$defs"][part]["properties"].pop(filled_in, None)
    return document


def load(file: Path) -> Raci:
    """Read ``raci.yml``.

    Raises:
        Problem: it cannot be read, or it breaks its schema, each with its line.
    """
    return read(documents.load(file, PATH, "RACI015"))


def read(document: documents.Document) -> Raci:
    """As `load`, from a parsed file."""
    misspelt = list(_letters(document))
    if misspelt:
        raise Problem(*misspelt)
    documents.check_schema(document, json.loads(SCHEMA_FILE.read_bytes()), "RACI016")
    return documents.convert(
        {
            "roles": {
                key: {**role, "key": key, "line": document.line("roles", key)}
                for key, role in document.data["roles"].items()
            },
            "activities": _named(document, "activities"),
            "requests": _named(document, "requests"),
        },
        Raci,
        document,
        "RACI016",
    )


def _named(document: documents.Document, section: str) -> dict[str, Any]:
    entries = cast(dict[str, Any], document.data.get(section, {}))
    return {name: {**entry, "name": name, "line": document.line(section, name)} for name, entry in entries.items()}


def _letters(document: documents.Document) -> Iterator[Finding]:
    """Letters come before the schema, whose message could not say which spelling is meant."""
    for section in ("activities", "requests"):
        for name, entry in _mapping(document.data.get(section)).items():
            for role, letter in _mapping(_mapping(entry).get("letters")).items():
                if letter not in get_args(Letter):
                    fact = f"{name}: {role} has the letter {letter!r}"
                    place = (section, str(name), "letters", str(role))
                    yield document.finding("RACI009", place, fact, _instead(letter))


def spelling(text: str) -> str:
    """The letters that are meant by another spelling of them, in this file's order; empty if that is no letter."""
    letters = set(re.sub(r"[\s,;/&+|.-]", "", text).upper())
    return "".join(letter for letter in "RACI" if letter in letters) if letters <= set("RACI") else ""


def _instead(letter: Any) -> str:
    """What to write in place of a letter that is none."""
    meant = spelling("".join(map(str, letter)) if isinstance(letter, list) else str(letter))
    if meant in get_args(Letter):
        return f"write {meant}"
    if meant:
        return f"{' and '.join(meant)} contradict each other; keep one of them, or RA for both R and A"
    return "write R, A, C, I, or RA for both R and A"


def _mapping(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}
