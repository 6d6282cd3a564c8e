"""Every choice generates, hostile answers are refused or come back exactly, nothing needs trust."""

import itertools
import json
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from pytest_copie.plugin import Copie

from tests.template.conftest import committed, copier_cli

ROOT = Path(__file__).parents[2]
Generate = Callable[..., Path]

CHOICES: dict[str, list[object]] = {
    "task": ["classification", "regression"],
    "framework": ["scikit-learn", "xgboost", "pytorch"],
    "topology": ["hybrid", "embedded", "centralized", "full-stack"],
    "cloud": ["none", "aws", "gcp", "azure"],
    "gpu": [False, True],
}
HOSTILE = [
    *(
        '"',
        "'",
        '""',
        "''",
        '"""',
        "'''",
        "a\"b'c",
        "\\",
        "\\\\",
        "\\n",
        "C:\\new",
        "a: b",
        "a:b",
        ": ",
        " - x",
        "# no",
    ),
    *(
        "x # y",
        "{{ x }}",
        "{% raw %}",
        "{# c #}",
        "{a: b}",
        "[a, b]",
        "& anchor",
        "* alias",
        "! tag",
        "| pipe",
        "> fold",
    ),
    *(
        "% percent",
        "@ at",
        "`tick`",
        "$(id)",
        "${HOME}",
        "$HOME",
        "%{ if }",
        "<b>html</b>",
        "</script>",
        "--flag",
        "---",
    ),
    *(
        "yes",
        "no",
        "null",
        "~",
        "1.10",
        "0x10",
        "1e3",
        "2026-11-21",
        "é ü ñ",
        "日本語",
        "🙂 emoji",
        "a\u00a0b",
        "=1+1",
        "*",
    ),
    *("_under_ *star*", "[link](x)", "a\\", "quote ' and \" and \\ and # and : and {{ }}", "x" * 200),
]
REFUSED = ["", "   ", "a\nb", "a\rb", "a\tb", "a\x00b", "a\x1bb", "a\x7fb", "a\x85b", "a\u2028b", "${{ github.token }}"]


def answers_of(choices: dict[str, list[object]]) -> list[dict[str, object]]:
    """Each choice once, the rest at their defaults."""
    return [{name: value} for name, values in choices.items() for value in values]


@pytest.mark.parametrize("answers", answers_of(CHOICES), ids=str)
def test_every_choice_generates_with_pytest_copie(copie: Copie, template: Path, answers: dict[str, object]) -> None:
    result = copie.copy(extra_answers=answers, template_dir=template)

    assert result.exception is None
    assert result.exit_code == 0
    assert result.project_dir is not None
    assert len(list(result.project_dir.iterdir())) <= 21


@pytest.mark.parametrize("answers", answers_of(CHOICES), ids=str)
def test_a_generated_project_is_lint_clean_and_parses(generate: Generate, answers: dict[str, object]) -> None:
    project = generate(**answers)

    done = subprocess.run([sys.executable, "-m", "ruff", "check", "."], cwd=project, capture_output=True, text=True)
    styled = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--check", "."], cwd=project, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stdout
    assert styled.returncode == 0, styled.stdout
    for file in itertools.chain(project.rglob("*.yml"), project.rglob("*.yaml")):
        assert list(yaml.safe_load_all(file.read_text(encoding="utf-8")))


def test_the_contracts_of_a_generated_project_agree(generate: Generate) -> None:
    for task in CHOICES["task"]:
        project = generate(task=task, description=HOSTILE[-2])

        done = road(project, "contract", "check")
        synced = road(project, "contract", "sync")

        assert done.returncode == 0, done.stdout
        assert "up to date" in synced.stdout


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_description_comes_back_exactly(generate: Generate, text: str) -> None:
    project = generate(description=text)

    assert yaml.safe_load((project / ".copier-answers.yml").read_text(encoding="utf-8"))["description"] == text
    assert yaml.safe_load((project / "contracts/model.yml").read_text(encoding="utf-8"))["intended_use"] == text
    assert json.loads((project / "contracts/api.json").read_text(encoding="utf-8"))["info"]["description"] == text
    assert tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]["description"] == text
    catalog = list(yaml.safe_load_all((project / "catalog-info.yaml").read_text(encoding="utf-8")))
    assert any(text in json.dumps(entity, ensure_ascii=False) or text == _description(entity) for entity in catalog)


def _description(entity: dict[str, dict[str, str]]) -> str | None:
    return entity["metadata"].get("description")


@pytest.mark.parametrize("text", REFUSED, ids=repr)
def test_a_description_that_no_file_can_hold_is_refused(generate: Generate, text: str) -> None:
    with pytest.raises(ValueError, match="Validation error for question 'description'"):
        generate(description=text)


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
