"""A small matrix that breaks no rule, and a repository that lives by it."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from paved_road import documents
from paved_road.cli.main import main
from paved_road.findings import as_text
from paved_road.ownership import lint
from paved_road.ownership.raci import Raci, read
from paved_road.ownership.tree import Ownership, Tree

MATRIX = """\
roles:
  data-scientist:
    title: Data scientist
    loop: science
    team: "@acme/science"
    contact: "#science"
  mlops-engineer:
    title: MLOps engineer
    loop: system
    team: "@acme/operations"
    contact: https://example.com/pager
  product-manager:
    title: Product manager
    loop: product
    team: "@acme/product"
activities:
  Keep the repository:
    loop: science
    letters: {data-scientist: RA, mlops-engineer: R, product-manager: C}
    paths: ["*"]
  Train the model:
    loop: science
    letters: {data-scientist: RA, mlops-engineer: I}
    paths: [/src/]
  Hand the model over:
    loop: handoff
    letters: {data-scientist: RA, mlops-engineer: R}
    accepted_by: mlops-engineer
    paths: [/handoff/]
  Run the service:
    loop: system
    letters: {mlops-engineer: RA, data-scientist: C}
    paths: [/deploy/, /src/serving.py]
    alerts:
      - {name: ErrorBudgetBurns, runbook: docs/errors.md}
requests:
  Retraining request:
    about: Somebody wants another model.
    loop: science
    letters: {data-scientist: RA, product-manager: I}
"""

# What is derived from it in any repository.
ALWAYS = [
    ".github/CODEOWNERS",
    ".github/rulesets/main.json",
    "docs/ownership.md",
    ".github/ISSUE_TEMPLATE/retraining-request.yml",
]


@dataclass(frozen=True)
class Matrix:
    """The text of a raci.yml."""

    text: str

    def but(self, old: str, new: str) -> "Matrix":
        """The same, with one place changed."""
        assert self.text.count(old) == 1, f"{old!r} stands {self.text.count(old)} times in the matrix"
        return Matrix(self.text.replace(old, new))

    @property
    def raci(self) -> Raci:
        return read(documents.parse(self.text, "raci.yml", "RACI015"))

    def findings(self) -> str:
        """What a person reads who checks it."""
        return as_text(lint.check_matrix(self.raci))

    def findings_for(self, root: Path, *files: str) -> str:
        """What a person reads who checks it against a repository that tracks `files`."""
        return as_text(lint.check_files(Ownership(self.raci, Tree(root, list(files)))))


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    exit_code: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Repository:
    """A repository on disk in which `road` can be called."""

    root: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def write(self, path: str, text: str = "") -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def track(self) -> None:
        """Put everything under git."""
        subprocess.run(["git", "init", "--quiet", "."], cwd=self.root, check=True)
        subprocess.run(["git", "add", "--all"], cwd=self.root, check=True)

    def road(self, *arguments: str, inside: str = ".") -> Outcome:
        """Call `road` as somebody would who stands in the folder `inside`."""
        self.monkeypatch.chdir(self.root / inside)
        self.monkeypatch.setattr(sys, "argv", ["road", *arguments])
        self.capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            main()
        said = self.capsys.readouterr()
        return Outcome(int(stop.value.code or 0), said.out, said.err)


@pytest.fixture
def matrix() -> Matrix:
    return Matrix(MATRIX)


@pytest.fixture
def repository(
    tmp_path: Path, matrix: Matrix, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Repository:
    """A repository with the matrix, in step with it, not yet under git."""
    here = Repository(tmp_path.resolve(), monkeypatch, capsys)
    here.write("pyproject.toml", '[tool.paved-road]\npackage = "fraud"\n')
    here.write("raci.yml", matrix.text)
    for path in ("src/model.py", "src/serving.py", "deploy/service.yml", "handoff/manifest.json", "docs/errors.md"):
        here.write(path)
    assert here.road("raci", "sync").exit_code == 0
    return here
