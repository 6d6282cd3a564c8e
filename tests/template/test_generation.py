"""What a person meets first: bad answers are refused in plain words, and nothing needs trust."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.template.conftest import committed, copier_cli

ROOT = Path(__file__).parents[2]
Generate = Callable[..., Path]


def test_the_contracts_of_a_generated_project_agree(generate: Generate) -> None:
    for task in ("classification", "regression"):
        project = generate(task=task, description="quote ' and \" and \\ and # and : and {{ }}")

        done = road(project, "contract", "check")
        synced = road(project, "contract", "sync")

        assert done.returncode == 0, done.stdout
        assert "up to date" in synced.stdout


@pytest.mark.parametrize(
    ("question", "value", "message"),
    [
        ("project_name", "../evil", "3 to 40 letters"),
        ("project_name", "a", "3 to 40 letters"),
        ("project_name", "Paved Road", "reserved"),
        ("project_name", "CON", "reserved"),
        ("project_name", "x\n", "3 to 40 letters"),
        ("organization", "acme inc", "GitHub handle"),
        ("organization", "-acme", "GitHub handle"),
        ("organization", "a--b", "GitHub handle"),
        ("topology", "matrix", "topology"),
        ("task", "ranking", "task"),
        ("framework", "tensorflow", "framework"),
        ("pytorch_wheels", "a b", "without spaces"),
        ("project_slug", ".git/hooks", "project_slug"),
        ("package_name", "../../x", "package_name"),
        ("ci_runner", "a b", "ci_runner"),
        ("container_registry", "https://x", "container_registry"),
        ("base_image", "x y", "image reference"),
        ("region", "Frankfurt", "region: Frankfurt is no region of none"),
        ("tracking_uri", "sqlite:///a b", "tracking_uri"),
        ("vault", "http://vault.example.com/secret", "such as https://vault.example.com/secret"),
        ("vault", "https://vault.example.com", "the path of a mount"),
        ("cost_center", "A B", "cost_center"),
        ("role_teams", {"nobody": "@acme/x"}, "there is no role nobody"),
        ("role_teams", {"finops": "acme"}, "GitHub handle"),
        ("role_contacts", {"finops": "a b"}, "without spaces"),
    ],
)
def test_a_bad_answer_is_refused_in_plain_words(generate: Generate, question: str, value: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        generate(**{question: value})


def test_the_command_line_needs_no_trust(template: Path, tmp_path: Path) -> None:
    source = committed(template, tmp_path / "source")
    example = ROOT / "docs" / "examples" / "acme.yml"

    for options in ([], ["--data-file", str(example)]):
        target = tmp_path / f"target{len(options)}"
        done = copier_cli("copy", "--defaults", *options, str(source), str(target), cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    config = yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))

    assert not config.keys() & {"_tasks", "_migrations", "_jinja_extensions"}
    answers = yaml.safe_load((target / ".copier-answers.yml").read_text(encoding="utf-8"))
    assert answers["task"] == "regression"


def test_at_most_eight_questions_are_asked() -> None:
    config = yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))
    questions = {name: body for name, body in config.items() if not name.startswith("_")}

    asked = [name for name, body in questions.items() if body.get("ask", True) and body.get("when", True)]

    assert len(asked) == 8
    known = {"type", "help", "default", "choices", "validator", "ask", "when"}
    assert {key for body in questions.values() for key in body} <= known
    assert all(body.get("help") for name, body in questions.items() if body.get("when", True))


def road(project: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "paved_road", *arguments]
    return subprocess.run(command, cwd=project, capture_output=True, text=True)
