"""What README.md says is run as it is written: a regression project lives by it."""

import json
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token
from tools import needs

from tests.template.conftest import git
from tests.template.served import ask, interrupt, served, started

pytestmark = pytest.mark.xdist_group("life")


def tokens(project: Path) -> list[Token]:
    return MarkdownIt().parse((project / "README.md").read_text())


def blocks(project: Path) -> list[str]:
    """Its blocks of commands: the first five, the request, and who owns what."""
    return [token.content for token in tokens(project) if token.type == "fence" and token.info == "sh"]


def in_a_sentence(project: Path, begins: str) -> str:
    """The command that a sentence names: to turn the folder into a repository, or to follow the handoff."""
    pieces = [child for token in tokens(project) for child in token.children or ()]
    return next(piece.content for piece in pieces if piece.content.startswith(begins))


def bash(project: Path, command: str) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(["bash", "-c", command], cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done


@pytest.fixture(scope="module")
def regression(generate: Callable[..., Path]) -> Iterator[tuple[Path, list[str]]]:
    """A regression project after the README's commands up to the last one, and what each of them said."""
    project = generate(task="regression")
    commands = blocks(project)[0].splitlines()
    said = [bash(project, command).stdout for command in (in_a_sentence(project, "git init"), *commands[:-1])]
    yield project, said


def test_the_first_five_commands_lead_to_a_verified_handoff(regression: tuple[Path, list[str]]) -> None:
    _, said = regression

    assert len(said) == 5
    assert "mean_absolute_error" in said[2] and "next: road handoff build" in said[2]
    assert "handoff/manifest.json is written for fraud-scoring 1.0.0" in said[3]
    assert "next: road handoff verify; then road deploy sync" in said[3]
    assert "verified: 11 checks hold" in said[4]


def test_the_last_command_serves_what_the_request_asks_for(regression: tuple[Path, list[str]]) -> None:
    project, _ = regression
    require_port(8000)
    five, request, *_ = blocks(project)
    with started(project, five.splitlines()[-1]) as server:
        assert server.stdout
        while "listening on" not in (line := server.stdout.readline()):
            assert line, interrupt(server)
        answer = json.loads(bash(project, request).stdout)
        last = interrupt(server)

    assert isinstance(answer["loss_amount"], float)
    assert "stopped; every request was answered" in last


def require_port(port: int) -> None:
    """The README names a port; only on a machine of one's own is it sure to be free."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        needs.missing(f"port {port}, which the README names ({error})")


def test_the_request_is_one_that_a_classification_answers_too(handed_over: Path) -> None:
    with served(handed_over) as said:
        answer = ask(said)
        asked = bash(handed_over, blocks(handed_over)[1].replace("http://127.0.0.1:8000", said["url"]))

    assert answer.keys() == json.loads(asked.stdout).keys() == {"is_fraud", "fraud_probability"}


def test_who_owns_what_is_answered(regression: tuple[Path, list[str]]) -> None:
    project, _ = regression

    code, incident = (bash(project, command).stdout for command in blocks(project)[2].splitlines())

    assert "accountable ML engineer @acme/fraud-scoring-science" in " ".join(code.split())
    assert "accountable Head of MLOps @acme/fraud-scoring-operations" in " ".join(incident.split())


def ci_steps(project: Path) -> list[str]:
    """What its CI runs once everything is installed, in order; the image's job is test_image's, with a builder."""
    workflow = yaml.safe_load((project / ".github/workflows/ci.yml").read_text())
    jobs = [workflow["jobs"][name] for name in workflow["jobs"]["pass"]["needs"] if name != "image"]
    steps = [step["run"] for job in jobs for step in job["steps"] if "run" in step]
    return [step for step in steps if "install.sh" not in step]


def test_everything_that_ci_asks_of_a_regression_holds(regression: tuple[Path, list[str]]) -> None:
    project, _ = regression
    bash(project, in_a_sentence(project, "uv run road deploy"))
    git(project, "add", "-A")
    git(project, "commit", "-q", "--no-verify", "-m", "Hand the model over")

    said = [
        bash(project, f"export UV_LOCKED=1 GITHUB_STEP_SUMMARY=/dev/null\n{step}").stdout for step in ci_steps(project)
    ]

    for proof in ("no issues found", "passed", "1 passed", "verified: 11 checks hold"):
        assert any(proof in each for each in said), proof
