"""A template in two releases, repositories made from it, and the command `fleet`."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import copier
import pytest
from click.testing import CliRunner
from paved_road.findings import Problem

from fleet import cli

from ..conftest import committed, git

DAYS = 41
AGAIN = "docs/handoff.md"


@dataclass(frozen=True)
class Said:
    """What the command printed, and how it ended."""

    exit_code: int
    text: str

    @property
    def rows(self) -> dict[str, dict[str, Any]]:
        return {row["repository"]: row for row in json.loads(self.text)["repositories"]}


def fleet(*arguments: object) -> Said:
    """Call `fleet` in this process."""
    outcome = CliRunner().invoke(cli.fleet, [str(each) for each in arguments])
    if isinstance(outcome.exception, Problem):
        finding = outcome.exception.findings[0]
        return Said(1, f"{finding.place}  {finding.code}  {finding.fact}: {finding.remedy}")
    if outcome.exception and not isinstance(outcome.exception, SystemExit):
        raise outcome.exception
    return Said(outcome.exit_code, outcome.output)


@pytest.fixture(scope="session", autouse=True)
def kept(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What was rendered is kept for all of these tests, and apart from what a person keeps."""
    folder = str(tmp_path_factory.mktemp("rendered"))
    (option,) = (each for each in cli.report.params if each.name == "cache")
    option.default = folder


@pytest.fixture(scope="session")
def source(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template in two releases, the second 41 days after the first."""
    folder = committed(template, tmp_path_factory.mktemp("released") / "source")
    started = int(git(folder, "log", "-1", "--format=%ct"))
    git(folder, "tag", "v0.1.0")
    (folder / "template" / AGAIN).write_text("Said again.\n")
    later = {"GIT_COMMITTER_DATE": f"{started + DAYS * 24 * 3600} +0000"}
    subprocess.run(["git", "commit", "-qam", "Next"], cwd=folder, check=True, env=os.environ | later)
    git(folder, "tag", "v0.2.0")
    git(folder, "commit", "-q", "--allow-empty", "-m", "Not yet released")
    git(folder, "tag", "v0.3.0rc1")
    return folder


def generated(source: Path, folder: Path, version: str, **answers: str) -> Path:
    copier.run_copy(str(source), folder, data=answers, vcs_ref=version, defaults=True, quiet=True)
    (folder / "uv.lock").write_text("version = 1\n")
    git(folder, "init", "-q", "-b", "main")
    commit(folder)
    return folder


def commit(folder: Path) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "Ours")


@pytest.fixture(scope="session")
def born(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three generated repositories: a current one, one behind, and one with other answers throughout."""
    folder = tmp_path_factory.mktemp("born")
    generated(source, folder / "current", "v0.2.0", project_name="Card Fraud")
    generated(source, folder / "behind", "v0.1.0", project_name="Churn", organization="acme-labs")
    other = {"task": "regression", "framework": "pytorch", "cloud": "aws", "topology": "full-stack"}
    generated(source, folder / "other", "v0.2.0", project_name="Losses", **other)
    return folder
