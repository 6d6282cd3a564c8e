"""The tutorials of docs/ are walked through as they are written: every command, in order, in one shell each."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from .conftest import ROOT, committed

TUTORIALS = ROOT / "docs" / "tutorials"
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("tutorials")]


@dataclass
class Step:
    """A block of commands.

    Attributes:
        commands: as they are written.
        refused: whether they have to fail.
        shown: what the page says they print, line by line.
    """

    commands: str
    refused: bool
    shown: list[str]


def steps(text: str) -> list[Step]:
    """Each block of commands of a page, with the output that follows it."""
    fences = [token for token in MarkdownIt().parse(text) if token.type == "fence"]
    return list(_steps(fences))


def _steps(fences: list) -> Iterator[Step]:  # type: ignore[type-arg]
    for fence, following in zip(fences, [*fences[1:], None], strict=True):
        if fence.info.startswith("sh"):
            shown = following.content.splitlines() if following and following.info == "text" else []
            yield Step(fence.content, fence.info == "sh refuses", shown)


def walk(text: str, folder: Path, template: Path) -> None:
    """Run a page's blocks in one shell, and hold what each of them prints against the page.

    Raises:
        AssertionError: a command failed, or one was to be refused and was not, or it did not print what the page shows.
    """
    path = steps(text)
    script = [f"export PAVED_ROAD={template}", "set -e"]
    for number, step in enumerate(path):
        script.append(f"exec >{folder}/said-{number} 2>&1")
        script.append(f"if {step.commands}then exit 1; fi" if step.refused else step.commands)
    done = subprocess.run(["bash", "-c", "\n".join(script)], cwd=folder, check=False)
    said = [
        file.read_text(encoding="utf-8") for file in (folder / f"said-{n}" for n in range(len(path))) if file.exists()
    ]
    assert done.returncode == 0, f"{path[len(said) - 1].commands}\n{said[-1]}"
    for step, printed in zip(path, said, strict=True):
        for line in step.shown:
            assert line in printed, f"{step.commands}\n{printed}"


@pytest.fixture(scope="module")
def source(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return committed(template, tmp_path_factory.mktemp("paved-road") / "source")


@pytest.fixture(scope="module")
def after_the_first_hour(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first hour left its reader."""
    folder = tmp_path_factory.mktemp("hour")
    walk((TUTORIALS / "first-hour.md").read_text(encoding="utf-8"), folder, source)
    return folder / "fraud-scoring"


def test_a_first_hour_goes_as_written(after_the_first_hour: Path) -> None:
    assert (after_the_first_hour / "handoff/manifest.json").is_file()


def test_a_first_night_goes_as_written(after_the_first_hour: Path, source: Path) -> None:
    walk((TUTORIALS / "first-night.md").read_text(encoding="utf-8"), after_the_first_hour, source)

    moves = re.findall(r'"move":"(\w+)"', (after_the_first_hour / "deploy/overlays/prod/releases.jsonl").read_text())
    assert moves == ["promote", "promote", "rollback"]


def test_a_first_release_goes_as_written(source: Path, tmp_path: Path) -> None:
    walk((TUTORIALS / "first-release.md").read_text(encoding="utf-8"), tmp_path, source)

    assert "# Hooks that all of us share." in (tmp_path / "fraud-scoring/.pre-commit-config.yaml").read_text()


def test_every_tutorial_is_walked() -> None:
    assert {file.stem for file in TUTORIALS.glob("*.md")} == {"first-hour", "first-night", "first-release"}


@pytest.mark.parametrize(
    ("page", "refusal"),
    [
        ("```sh\ntrue\nfalse\ntrue\n```\n", "false"),
        ("```sh refuses\ntrue\n```\n", "true"),
        ("```sh\necho one\n```\n\n```text\ntwo\n```\n", "assert 'two' in"),
    ],
    ids=["a command fails", "what is to be refused is not", "it prints something else"],
)
def test_a_page_that_does_not_go_as_written_is_refused(page: str, refusal: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=refusal):
        walk(page, tmp_path, tmp_path)
