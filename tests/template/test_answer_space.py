"""Every pair of answers generates a project that is whole: what two answers can break together is seen here."""

import itertools
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from allpairspy import AllPairs
from click.testing import CliRunner
from paved_road.cli.main import road

from .conftest import ROOT, git

pytestmark = pytest.mark.xdist_group("answers")

QUESTIONS = {
    name: question
    for name, question in yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8")).items()
    if not name.startswith("_") and question.get("when", True)
}
FREE = {name for name, question in QUESTIONS.items() if not question.get("choices") and question["type"] != "bool"}
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""Names that Windows keeps for devices, with any ending."""
CALLED = r"(?:run|entry): *(?:\./)?([\w./-]+\.\w+)(?: |$)"
"""A file of the repository that a step of a workflow or a hook starts by its name alone."""
LONGEST = 120
"""Characters of a path, so that 260 are enough on Windows wherever a person keeps their repositories."""


def values(question: dict[str, Any]) -> list[Any]:
    """All that can be chosen."""
    choices = question.get("choices", [False, True])
    return list(choices.values() if isinstance(choices, dict) else choices)


CHOICES = {name: values(question) for name, question in QUESTIONS.items() if name not in FREE}
COMBINATIONS = [dict(zip(CHOICES, chosen, strict=True)) for chosen in AllPairs(list(CHOICES.values()))]


def test_every_pair_of_answers_is_in_some_combination() -> None:
    assert set(CHOICES) == {"task", "framework", "topology", "cloud", "gpu", "python_version"}
    for (one, ones), (other, others) in itertools.combinations(CHOICES.items(), 2):
        met = {(each[one], each[other]) for each in COMBINATIONS}
        assert met == set(itertools.product(ones, others))


@pytest.fixture(scope="module", params=COMBINATIONS, ids=lambda answers: "-".join(map(str, answers.values())))
def project(request: pytest.FixtureRequest, generate: Callable[..., Path]) -> Path:
    folder = generate(**request.param)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    return folder


def test_its_first_screen_is_calm(project: Path) -> None:
    assert len([path for path in project.iterdir() if path.name != ".git"]) <= 21


def test_it_is_lint_clean_and_parses(project: Path) -> None:
    for verb in (["check", "."], ["format", "--check", "."]):
        done = subprocess.run([sys.executable, "-m", "ruff", *verb], cwd=project, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout
    for file in itertools.chain(project.rglob("*.yml"), project.rglob("*.yaml")):
        assert list(yaml.load_all(file.read_text(encoding="utf-8"), yaml.CSafeLoader))


@pytest.mark.parametrize("verb", ["raci check", "raci sync --check", "contract check", "monitor sync --check"])
def test_its_contracts_and_owners_agree(project: Path, verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)

    done = CliRunner().invoke(road, verb.split())

    assert done.exit_code == 0, done.output


def hazards(paths: list[str]) -> list[str]:
    """Which of these paths Windows or macOS could not hold beside the others, or nobody could quote."""
    seen: dict[str, str] = {}
    found = []
    for path in paths:
        for end in (*(at for at, sign in enumerate(path) if sign == "/"), len(path)):
            twin = seen.setdefault(path[:end].casefold(), path[:end])
            if twin != path[:end]:
                found.append(f"{path}: {path[:end]} differs from {twin} only by case")
        if len(path) > LONGEST:
            found.append(f"{path}: longer than {LONGEST}")
        for part in path.split("/"):
            if RESERVED.fullmatch(part) or part[-1] in ". " or not re.fullmatch(r"[A-Za-z0-9._-]+", part):
                found.append(f"{path}: {part} is no name everywhere")
    return found


def test_its_paths_are_good_on_every_system(project: Path) -> None:
    paths = git(project, "ls-files").splitlines()

    assert len(paths) > 100
    assert hazards(paths) == []
    assert alien(project, paths) == []


def alien(project: Path, paths: list[str]) -> list[str]:
    """Files that are links, have another system's line ends, or run only with a right that Windows does not know."""
    found = [f"{path}: is a link" for path in paths if (project / path).is_symlink()]
    found += [f"{path}: has a carriage return" for path in paths if b"\r" in (project / path).read_bytes()]
    files = (file for file in map(project.joinpath, paths) if file.suffix in (".yml", ".yaml", ".md", ".toml"))
    scripts = [path for path in paths if (project / path).read_bytes().startswith(b"#!")]
    for file in files:
        for called in re.findall(CALLED, file.read_text(encoding="utf-8"), re.MULTILINE):
            if called in scripts:
                found.append(f"{file.relative_to(project)}: {called} is run by its right to be, not by its interpreter")
    return found


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("crlf.md", "a\r\n", "crlf.md: has a carriage return"),
        ("ci.yml", "jobs:\n  - run: ./tool.sh --now\n", "ci.yml: tool.sh is run by its right to be"),
        ("hook.yml", "repos:\n  - entry: tool.sh\n", "hook.yml: tool.sh is run by its right to be"),
        ("link", None, "link: is a link"),
    ],
)
def test_a_file_that_some_system_cannot_use_is_named(tmp_path: Path, name: str, content: str | None, said: str) -> None:
    (tmp_path / "tool.sh").write_text("#!/bin/sh\n")
    if content is None:
        (tmp_path / name).symlink_to("tool.sh")
    else:
        (tmp_path / name).write_bytes(content.encode())

    assert [found.startswith(said) for found in alien(tmp_path, ["tool.sh", name])] == [True]


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        (["Readme.md", "README.md"], "differs from Readme.md only by case"),
        (["Docs/a.md", "docs/b.md"], "docs/b.md: docs differs from Docs only by case"),
        (["e\u0301.md"], "is no name everywhere"),
        (["docs/a b.md"], "a b.md is no name everywhere"),
        (["docs/aux.md"], "aux.md is no name everywhere"),
        (["a" * 121], "longer than 120"),
        (["it's.md"], "it's.md is no name everywhere"),
        (["docs/end."], "end. is no name everywhere"),
    ],
    ids=["case", "case of a folder", "accent", "space", "device", "long", "quote", "dot"],
)
def test_a_path_that_some_system_cannot_hold_is_named(paths: list[str], said: str) -> None:
    assert any(said in each for each in hazards(paths))


Generate = Callable[..., Path]


@pytest.mark.parametrize("name", sorted(CHOICES.keys() - {"gpu"}))
def test_an_answer_that_is_no_choice_is_refused(generate: Generate, name: str) -> None:
    with pytest.raises(ValueError, match=name):
        generate(**{name: "something else"})
