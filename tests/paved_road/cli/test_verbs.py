"""What holds for every verb: help with an example, JSON also when it refuses, plain words on wrong usage."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from paved_road import project
from paved_road.cli.main import VERBS, road

from ..ownership.conftest import Repository


def verbs() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every verb, and every verb of a group."""
    context = click.Context(road)
    for name in VERBS:
        command = road.get_command(context, name)
        assert command is not None
        yield (name,), command
        for inner, below in getattr(command, "commands", {}).items():
            yield (name, inner), below


EVERY = {" ".join(words): command for words, command in verbs()}
ENDS = [name for name, command in EVERY.items() if not isinstance(command, click.Group)]

ONE_OF = {"who": ["--gaps"]}  # verbs that need one of several words
REFUSALS = {"handoff unpack": "OCI002"}  # it needs no repository


def called(verb: str) -> list[str]:
    """The words of a verb, with something for each argument that it cannot do without."""
    needed = [each for each in EVERY[verb].params if each.required]
    arguments = [f"{each.name}/" for each in needed if isinstance(each, click.Argument)]
    options = [word for each in needed if isinstance(each, click.Option) for word in (each.opts[0], "x")]
    return [*verb.split(), *arguments, *options, *ONE_OF.get(verb, [])]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Repository:
    """A folder that is no repository."""
    return Repository(tmp_path.resolve(), monkeypatch, capsys)


@pytest.mark.parametrize("verb", EVERY)
def test_help_holds_an_example(here: Repository, verb: str) -> None:
    outcome = here.road(*verb.split(), "--help")

    assert outcome.exit_code == 0
    assert "Example" in outcome.stdout
    assert f"road {verb}" in outcome.stdout.partition("Example")[2]


@pytest.mark.parametrize("verb", ENDS)
def test_outside_of_a_repository_it_refuses_in_json_too(here: Repository, verb: str) -> None:
    outcome = here.road(*called(verb), "--json")

    document = json.loads(outcome.stdout)
    assert outcome.exit_code == 1
    assert (document["ok"], document["findings"][0]["code"]) == (False, REFUSALS.get(verb, "PROJECT001"))


@pytest.mark.parametrize("verb", ENDS)
def test_outside_of_a_repository_it_refuses_in_words(here: Repository, verb: str) -> None:
    outcome = here.road(*called(verb))

    assert outcome.exit_code == 1
    assert outcome.stdout == ""
    assert REFUSALS.get(verb, "PROJECT001") in outcome.stderr.splitlines()[0]
    assert "Traceback" not in outcome.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["dance"], "No such command 'dance'"),
        (["handoff", "dance"], "No such command 'dance'"),
        (["train", "--fast"], "No such option '--fast'"),
        (["train", "now"], "unexpected extra argument"),
        (["who"], "Missing argument 'TARGET'"),
        (["who", ""], "TARGET is empty"),
        (["serve", "--port", "many"], "'many' is not a valid integer"),
        (["serve", "--port", "70000"], "not in the range"),
    ],
)
def test_wrong_usage_is_told_in_words_and_in_json(here: Repository, words: list[str], message: str) -> None:
    told, document = here.road(*words), here.road(*words, "--json")

    finding = json.loads(document.stdout)["findings"][0]
    assert (told.exit_code, document.exit_code) == (2, 2)
    assert message in told.stderr
    assert (finding["code"], message in finding["fact"], document.stderr) == ("USAGE001", True, "")


@pytest.mark.parametrize("words", [["doctor"], ["doctor", "--json"]])
def test_interrupted_it_stops_with_one_line(
    here: Repository, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(project, "find", interrupt)

    outcome = here.road(*words)

    assert outcome.exit_code == 130
    assert "interrupted" in (json.loads(outcome.stdout)["findings"][0]["fact"] if words[1:] else outcome.stderr)


@pytest.mark.parametrize(
    ("error", "message", "remedy"),
    [
        (OSError(28, "No space left on device"), "No space left on device", "free some space"),
        (OSError(30, "Read-only file system", "/a"), "Read-only file system: /a", "the file system is read-only"),
        (PermissionError(13, "Permission denied", "/a"), "Permission denied: /a", "give this user the right"),
        (OSError("strange"), "strange", "mend that and run it again"),
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_what_the_system_refuses_is_told_without_a_traceback(
    here: Repository, monkeypatch: pytest.MonkeyPatch, error: OSError, message: str, remedy: str, as_json: bool
) -> None:
    def refuse() -> None:
        raise error

    monkeypatch.setattr(project, "find", refuse)

    outcome = here.road("doctor", *(["--json"] if as_json else []))

    said = outcome.stdout if as_json else outcome.stderr
    assert outcome.exit_code == 1
    assert "SYSTEM001" in said
    assert message in said
    assert remedy in said
    assert "Traceback" not in outcome.stderr


def test_a_reader_that_leaves_early_is_no_failure_worth_a_traceback(tmp_path: Path) -> None:
    command = f"{sys.executable} -m paved_road --help | true"

    done = subprocess.run(command, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.stderr == ""


def test_the_version_is_the_packages(here: Repository) -> None:
    outcome = here.road("--version")

    assert (outcome.exit_code, outcome.stdout.startswith("road, version ")) == (0, True)


@pytest.mark.parametrize(("arguments", "code"), [(["--version"], 0), (["train", "--nothing"], 2)])
def test_a_thread_that_ray_left_at_work_holds_up_no_end(arguments: list[str], code: int) -> None:
    program = (
        "import sys, threading, types; sys.modules['ray'] = types.ModuleType('ray')\n"
        "threading.Thread(target=threading.Event().wait).start()\n"
        f"sys.argv = ['road', *{arguments}]\n"
        "from paved_road.cli.main import main\n"
        "main()"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)

    assert done.returncode == code
    assert "road" in done.stdout + done.stderr
