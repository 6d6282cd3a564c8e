"""`road contract diff`: what a person and a machine read of a change, and when a version is refused."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from paved_road.cli.contract import contract
from paved_road.contracts import api, model
from paved_road.findings import Problem

from tests.paved_road.contracts.contracts_examples import CONTRACTS, text

GIT = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"]
NARROWER = ("maximum: 50000, unit", "maximum: 40000, unit")
FILES = ("model.yml", "data.yml", "api.json")


class Repository:
    """A repository with three contracts, all committed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.contracts = root / "contracts"

    def git(self, *arguments: str) -> None:
        subprocess.run([*GIT, *arguments], cwd=self.root, check=True, capture_output=True)

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "-m", "x")

    def edit(self, name: str, *edits: tuple[str, str]) -> None:
        for before, after in edits:
            content = (self.contracts / name).read_text(encoding="utf-8")
            assert before in content
            (self.contracts / name).write_text(content.replace(before, after, 1), encoding="utf-8")

    def diff(self, *arguments: str) -> tuple[int, str]:
        outcome = CliRunner().invoke(contract, ["diff", *arguments])
        if isinstance(outcome.exception, Problem):
            raise outcome.exception
        return outcome.exit_code, outcome.stdout


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Repository]:
    here = Repository(tmp_path / "project")
    here.contracts.mkdir(parents=True)
    (here.root / "pyproject.toml").write_text('[tool.paved-road]\npackage = "fraud"\n')
    (here.contracts / "model.yml").write_text(text("classification"), encoding="utf-8")
    (here.contracts / "api.json").write_text(api.render(model.parse(text("classification"))), encoding="utf-8")
    shutil.copy(CONTRACTS / "data.yml", here.contracts / "data.yml")
    here.git("init", "--quiet")
    here.commit()
    monkeypatch.chdir(here.root)
    yield here


def refused(repository: Repository, *arguments: str) -> str:
    with pytest.raises(Problem) as refusal:
        repository.diff(*arguments)
    return "; ".join(f"{finding.place} {finding.fact}" for finding in refusal.value.findings)


def test_nothing_changed_is_said(repository: Repository) -> None:
    code, said = repository.diff()

    assert code == 0
    assert said.count("no change") == 3
    assert "0 breaking, 0 additive, 0 neutral since HEAD" in said


def test_every_change_has_its_place_its_words_and_its_rule(repository: Repository) -> None:
    repository.edit("model.yml", NARROWER, ("floor: 0.35", "floor: 0.4"), ("Amount of the", "The"))

    code, said = repository.diff()

    assert code == 0
    assert said.startswith("contracts/model.yml  1.0.0, needs 2.0.0\n  breaking\n")
    assert "    contracts/model.yml:17  inputs.amount.maximum went from 50000 to 40000\n" in said
    assert "      input-range-narrowed: Values that were accepted are refused.\n" in said
    assert said.index("\n  breaking") < said.index("\n  additive") < said.index("\n  neutral")
    assert "1 breaking, 1 additive, 1 neutral since HEAD" in said


def test_a_machine_reads_the_same(repository: Repository) -> None:
    repository.edit("model.yml", NARROWER)

    code, said = repository.diff("--json")
    answer = json.loads(said)

    assert (code, answer["ok"], answer["ref"], len(answer["commit"])) == (0, True, "HEAD", 40)
    assert [one["path"] for one in answer["contracts"]] == [f"contracts/{name}" for name in FILES]
    assert answer["contracts"][0]["version"] == {"before": "1.0.0", "now": "1.0.0", "needed": "2.0.0"}
    assert answer["contracts"][0]["changes"] == [
        {
            "rule": "input-range-narrowed",
            "effect": "breaking",
            "side": "what callers send",
            "fact": "inputs.amount.maximum went from 50000 to 40000",
            "because": "Values that were accepted are refused.",
            "line": 17,
        }
    ]


@pytest.mark.parametrize(
    ("name", "edit", "version", "place"),
    [
        ("model.yml", NARROWER, ("version: 1.0.0", "version: 1.1.0"), "contracts/model.yml:5"),
        ("model.yml", NARROWER, None, "contracts/model.yml:5"),
        ("data.yml", ("maximum: 20040", "maximum: 30000"), None, "contracts/data.yml:9"),
        ("api.json", ('"/metrics"', '"/measures"'), None, "contracts/model.yml:5"),
    ],
)
def test_a_version_that_moved_too_little_is_refused_where_it_was_asked(
    repository: Repository, name: str, edit: tuple[str, str], version: tuple[str, str] | None, place: str
) -> None:
    repository.edit(name, edit, *([version] if version else []))

    code, said = repository.diff("--require-bump")

    assert repository.diff()[0] == 0
    assert code == 1
    assert f"{place}  COMPAT001" in said and "needs 2.0.0" in said


def test_a_version_that_moved_far_enough_passes(repository: Repository) -> None:
    repository.edit("model.yml", NARROWER, ("version: 1.0.0", "version: 2.0.0"))
    changed = api.render(model.load(repository.contracts / "model.yml"))
    (repository.contracts / "api.json").write_text(changed, encoding="utf-8")

    code, said = repository.diff("--require-bump")

    assert code == 0
    assert "it follows contracts/model.yml" in said
    assert "versions moved far enough" in said


def test_it_compares_with_any_commit(repository: Repository) -> None:
    repository.git("tag", "v1")
    repository.edit("model.yml", NARROWER)
    repository.commit()

    assert "0 breaking" in repository.diff()[1]
    assert "1 breaking, 0 additive, 0 neutral since v1" in repository.diff("v1")[1]


def test_a_contract_that_was_not_there_is_new(repository: Repository) -> None:
    repository.git("rm", "--quiet", "--cached", "contracts/data.yml")
    repository.git("commit", "--quiet", "-m", "x")

    code, said = repository.diff("--require-bump")
    answer: dict[str, Any] = json.loads(repository.diff("--json")[1])

    assert code == 0
    assert "contracts/data.yml  1.0.0: new since HEAD" in said
    assert [one["new"] for one in answer["contracts"]] == [False, True, False]


def test_a_contract_that_cannot_be_read_at_the_commit_is_refused_and_the_others_are_compared(
    repository: Repository,
) -> None:
    sound = (repository.contracts / "model.yml").read_text(encoding="utf-8")
    repository.edit("model.yml", ("task: classification", "task: guessing"))
    repository.commit()
    (repository.contracts / "model.yml").write_text(sound, encoding="utf-8")

    code, said = repository.diff()

    assert code == 1
    assert "HEAD:contracts/model.yml:6  COMPAT004  cannot be read: task" in said
    assert "contracts/data.yml  1.0.0\n  no change" in said


def test_bytes_that_are_no_text_at_the_commit_are_refused(repository: Repository) -> None:
    sound = (repository.contracts / "data.yml").read_bytes()
    (repository.contracts / "data.yml").write_bytes(b"\xff")
    repository.commit()
    (repository.contracts / "data.yml").write_bytes(sound)

    code, said = repository.diff()

    assert code == 1
    assert "HEAD:contracts/data.yml  COMPAT004  cannot be read" in said


@pytest.mark.parametrize("ref", ["no-such-branch", "", "HEAD:contracts", "main..main"])
def test_a_ref_that_is_no_commit_is_refused(repository: Repository, ref: str) -> None:
    assert f"{ref!r} is no commit of this repository" in refused(repository, ref)


def test_a_ref_is_never_an_option_of_git(repository: Repository) -> None:
    assert "'--help' is no commit" in refused(repository, "--", "--help")


def test_a_repository_in_a_folder_of_another_is_compared_with_itself(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(repository.root / ".git")
    outer = Repository(repository.root.parent)
    outer.git("init", "--quiet")
    outer.commit()
    repository.edit("model.yml", NARROWER)

    assert "1 breaking" in repository.diff()[1]


def test_a_folder_that_git_does_not_know_is_refused(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(repository.root / ".git")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(repository.root.parent))

    assert "is not a git repository" in refused(repository)


def test_a_repository_without_a_commit_is_refused(repository: Repository) -> None:
    shutil.rmtree(repository.root / ".git")
    repository.git("init", "--quiet")

    assert "the repository has no commit yet" in refused(repository)


def test_without_git_nothing_is_compared(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    assert "git is not installed" in refused(repository)


@pytest.mark.parametrize(
    ("name", "content", "fact"),
    [
        ("model.yml", None, "contracts/model.yml is missing"),
        ("data.yml", None, "contracts/data.yml is missing"),
        ("api.json", None, "contracts/api.json is missing"),
        ("api.json", "[", "contracts/api.json cannot be read"),
    ],
)
def test_a_contract_of_the_work_tree_that_cannot_be_read_is_refused(
    repository: Repository, name: str, content: str | None, fact: str
) -> None:
    (repository.contracts / name).unlink()
    if content is not None:
        (repository.contracts / name).write_text(content)

    assert fact in refused(repository)
