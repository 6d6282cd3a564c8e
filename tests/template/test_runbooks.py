"""The runbooks of a generated repository: every step is a command that exists, and going back comes first."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from paved_road.cli.main import road
from paved_road.ownership import lookup, raci
from paved_road.ownership.derive.runbooks import FOLDER, INDEX
from tools import needs

Generate = Callable[..., Path]
HELP = {"git": "-h", "kubectl": "--help"}
"""How the other programs that a runbook may name are asked whether they know a verb."""


@pytest.fixture(scope="module")
def project(generate: Generate) -> Path:
    return generate(project_name="Churn")


def runbooks(project: Path) -> dict[str, str]:
    files = sorted((project / FOLDER).glob("*.md"))
    return {file.stem: file.read_text(encoding="utf-8") for file in files if file.name != Path(INDEX).name}


def every_command(project: Path) -> list[list[str]]:
    pages = [*runbooks(project).values(), (project / "docs/release.md").read_text(encoding="utf-8")]
    lines = [shlex.split(line, comments=True) for page in pages for line in _lines(page)]
    return [command for command in lines if command]


def _lines(page: str) -> list[str]:
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", page, re.MULTILINE | re.DOTALL)
    return [part for block in blocks for line in block.splitlines() for part in line.split(" && ")]


def test_every_alert_has_its_runbook_and_every_runbook_its_alert(project: Path) -> None:
    alerts = {alert.name: alert.runbook for _, alert in lookup.alerts(raci.load(project / "raci.yml"))}

    assert alerts == {name: f"{FOLDER}/{name}.md" for name in runbooks(project)}
    assert len(alerts) >= 10


def test_every_command_of_road_is_one_that_it_takes(project: Path) -> None:
    asked = [command[3:] for command in every_command(project) if command[:3] == ["uv", "run", "road"]]

    for arguments in asked:
        verb: click.Command = road
        group, rest = click.Context(road, info_name="road"), arguments
        while isinstance(verb, click.Group):
            found = verb.get_command(group, rest[0])
            assert found is not None, f"road {' '.join(arguments)}: there is no {rest[0]}"
            verb, group, rest = found, click.Context(found, group, info_name=rest[0]), rest[1:]
        verb.make_context(str(verb.name), list(rest), parent=group.parent)
        assert verb.get_help(group).startswith("Usage: road ")

    assert len(asked) > 20


def test_every_other_command_is_one_that_its_program_knows(project: Path) -> None:
    others = [command for command in every_command(project) if command[:3] != ["uv", "run", "road"]]

    verbs = {(command[0], *_verbs(command[1:])) for command in others}

    assert {program for program, *_ in verbs} <= HELP.keys()
    for program, *verb in sorted(verbs):
        _, said = needs.said(program, *verb, HELP[program], cwd=project)
        assert re.search(rf"usage:\s+{' '.join([program, *verb])}\b", said, re.IGNORECASE), said


def _verbs(arguments: list[str]) -> list[str]:
    """The word before the first option or argument of a program that has verbs."""
    return arguments[2:3] if arguments[0] == "-n" else arguments[:1]


def test_going_back_comes_before_finding_the_cause(project: Path) -> None:
    for name, text in runbooks(project).items():
        stop, _, cause = text.partition("## Find the cause")

        assert f'uv run road release rollback --reason "{name}"\n' in stop.partition("## Stop the harm")[2], name
        assert "uv run road" in cause, name


def test_a_runbook_names_this_project_and_nothing_is_left_to_fill_in(project: Path) -> None:
    for name, text in runbooks(project).items():
        assert "kubectl -n churn wait rollout/serving" in text, name
        assert "{{" not in text and "{%" not in text, name
        assert not re.search(r"\n\n\n|[^\n]\Z| \n", text), name


def test_every_question_that_a_runbook_asks_road_who_has_an_answer(project: Path) -> None:
    asked = {command[4] for command in every_command(project) if command[:4] == ["uv", "run", "road", "who"]}
    matrix = raci.load(project / "raci.yml")

    answers = {target: lookup.find(matrix, target) or lookup.owner(matrix, target) for target in asked}

    assert None not in answers.values(), answers
