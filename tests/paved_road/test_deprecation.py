"""What is to go is warned of for two minor versions, with what to use instead: docs/organisation.md promises it."""

import re
import tomllib
from pathlib import Path

import click
import pytest
import reference
from paved_road import deprecation
from paved_road.cli import deprecated, main
from paved_road.deprecation import DEPRECATED, Deprecated

from .cli.conftest import orderly as orderly
from .ownership.conftest import Repository

PACKAGE = Path(__file__).parents[2] / "template/platform/pyproject.toml"
VERSION = tomllib.loads(PACKAGE.read_text(encoding="utf-8"))["project"]["version"]

VERB = Deprecated(place="road dance jig", instead="use `road walk`", since="1.1.0", goes="1.3.0")
OPTION = Deprecated(place="road dance slow", name="--old", instead="use --new", since="1.1.0", goes="1.3.0")
KEY = Deprecated(
    place="contracts/model.yml", name="inputs.*.unit", instead="say it in `meaning`", since="1.1.0", goes="3.0.0"
)
SETTING = Deprecated(
    place="pyproject.toml", name="tool.paved-road.package", instead="leave it out", since="1.1.0", goes="3.0.0"
)


def parsed(version: str) -> tuple[int, int, int]:
    major, minor, patch = map(int, version.split("."))
    return major, minor, patch


def minor_versions_that_warn(entry: Deprecated, now: str) -> int:
    """How many there are for certain: a major version may follow the present one at once."""
    since, goes, here = parsed(entry.since), parsed(entry.goes), parsed(now)
    if since[0] == goes[0]:
        return goes[1] - since[1]
    followed = max(0, here[1] - since[1]) if here[0] == since[0] else 0
    return followed + goes[0] - since[0] + goes[1]


def refusal(entry: Deprecated, now: str) -> str:
    """Why an entry breaks the promise; empty if it does not."""
    if parsed(entry.goes) <= parsed(now):
        return f"is due with {entry.goes}: take it away and its entry with it, or put it off"
    if minor_versions_that_warn(entry, now) < 2:
        return f"fewer than two minor versions warn from {entry.since} until {entry.goes}"
    if not entry.place.startswith("road ") and parsed(entry.goes)[1:] != (0, 0):
        return f"a key that goes is an edit by hand: wait for a major version, not {entry.goes}"
    return "" if entry.instead else "does not say what to use instead"


@click.group()
def dance() -> None:
    """Dance."""


@dance.command()
def jig() -> None:
    """Dance a jig."""
    click.echo("jig")


@dance.command()
@click.option("--old", help="As slow as it was.")
@click.option("--new", help="As slow as it is.")
def slow(old: str | None, new: str | None) -> None:
    """Dance slowly."""
    click.echo(f"slow {old or new}")


@pytest.fixture
def dancing(monkeypatch: pytest.MonkeyPatch) -> None:
    """`road` has verbs of which some are to go."""
    monkeypatch.setitem(main.VERBS, "dance", f"{__name__}:dance")
    registered(monkeypatch, VERB, OPTION)


def registered(monkeypatch: pytest.MonkeyPatch, *entries: Deprecated) -> None:
    deprecation._say_once.cache_clear()
    monkeypatch.setattr(deprecation, "DEPRECATED", entries)


def test_whatever_is_deprecated_today_keeps_the_promise_and_is_there() -> None:
    refused = {f"{entry.place} {entry.name}": refusal(entry, VERSION) for entry in DEPRECATED}

    for verb in main.VERBS:
        assert main.road.get_command(click.Context(main.road), verb)  # marks it, and fails where nothing is
    assert {entry.place.split()[1] for entry in DEPRECATED if entry.place.startswith("road ")} <= set(main.VERBS)
    assert not {what: why for what, why in refused.items() if why}


@pytest.mark.parametrize(
    ("entry", "now", "message"),
    [
        (VERB, "1.3.0", "is due with 1.3.0"),
        (VERB, "2.0.0", "is due with 1.3.0"),
        (Deprecated(place="road x", instead="y", since="1.1.0", goes="1.2.0"), "1.1.0", "fewer than two minor"),
        (Deprecated(place="road x", instead="y", since="1.1.3", goes="1.2.9"), "1.1.3", "fewer than two minor"),
        (Deprecated(place="road x", instead="y", since="1.4.0", goes="2.0.0"), "1.4.0", "fewer than two minor"),
        (Deprecated(place="raci.yml", name="a", instead="b", since="1.1.0", goes="1.3.0"), "1.1.0", "edit by hand"),
        (Deprecated(place="road x", instead="", since="1.1.0", goes="1.3.0"), "1.1.0", "what to use instead"),
    ],
)
def test_an_entry_that_breaks_the_promise_is_refused(entry: Deprecated, now: str, message: str) -> None:
    assert message in refusal(entry, now)


@pytest.mark.parametrize(
    ("since", "goes", "now"),
    [
        ("1.1.0", "1.3.0", "1.2.0"),
        ("1.4.0", "2.1.0", "1.4.0"),
        ("1.4.0", "2.0.0", "1.5.0"),
        ("1.4.0", "3.0.0", "2.0.0"),
    ],
)
def test_an_entry_that_keeps_it_is_taken(since: str, goes: str, now: str) -> None:
    assert refusal(Deprecated(place="road x", instead="y", since=since, goes=goes), now) == ""


@pytest.mark.parametrize(("place", "name"), [("road dance jig", "--no"), ("road dance waltz", "")])
def test_an_entry_for_what_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch, place: str, name: str) -> None:
    registered(monkeypatch, Deprecated(place=place, name=name, instead="", since="", goes=""))

    with pytest.raises((KeyError, ValueError)):
        deprecated.mark(dance, "dance")


@pytest.mark.usefixtures("dancing")
@pytest.mark.parametrize(
    ("words", "printed", "warned"),
    [
        (["jig"], "jig\n", "The command 'jig' is deprecated. Since 1.1.0, and goes with 1.3.0 at the earliest"),
        (["slow", "--old", "x"], "slow x\n", "The option 'old' is deprecated. Since 1.1.0, and goes with 1.3.0"),
        (["slow", "--new", "x"], "slow x\n", ""),
    ],
)
def test_a_verb_or_option_that_is_to_go_works_and_warns_once(
    orderly: Repository, words: list[str], printed: str, warned: str
) -> None:
    outcome = orderly.road("dance", *words)

    assert (outcome.exit_code, outcome.stdout) == (0, printed)
    assert warned in outcome.stderr
    assert outcome.stderr.count("deprecated") == bool(warned)


@pytest.mark.usefixtures("dancing")
def test_help_says_what_is_to_go_and_what_to_use(orderly: Repository) -> None:
    verb, options = orderly.road("dance", "--help").stdout, orderly.road("dance", "slow", "--help").stdout

    assert re.search(r"jig\s+.*\(DEPRECATED: Since 1.1.0", verb)
    assert "(DEPRECATED: Since 1.1.0" in options
    assert "use --new." in options


def test_a_key_that_is_to_go_is_taken_and_warned_of_at_its_line_once(
    orderly: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered(monkeypatch, KEY)
    lines = (orderly.root / "contracts/model.yml").read_text(encoding="utf-8").splitlines()
    (line, *_) = [number for number, text in enumerate(lines, 1) if "unit:" in text]

    outcome = orderly.road("contract", "check", "--json")

    assert outcome.exit_code == 0
    assert '"ok": true' in outcome.stdout
    assert outcome.stderr.count(f"contracts/model.yml:{line}  DEPRECATED001  warning: inputs.") == 1
    assert "say it in `meaning`" in outcome.stderr


def test_a_setting_that_is_to_go_is_taken_and_warned_of(orderly: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    registered(monkeypatch, SETTING)

    outcome = orderly.road("contract", "check")

    assert outcome.exit_code == 0
    assert "pyproject.toml  DEPRECATED001  warning: tool.paved-road.package is deprecated since 1.1.0" in outcome.stderr


def test_the_reference_shows_what_is_deprecated() -> None:
    table = reference.deprecated((OPTION, KEY))

    assert "| `road dance slow` | `--old` | 1.1.0 | 1.3.0 | use --new |" in table
    assert "| `contracts/model.yml` | `inputs.*.unit` | 1.1.0 | 3.0.0 |" in table
    assert "Nothing." in reference.deprecated(())
