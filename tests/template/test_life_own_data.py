"""A team brings its own data: the files that the page names are replaced by those of parcels/, and nothing else is."""

import re
import shutil
from pathlib import Path

import pytest
from paved_road.deployment import files as deployment

from tests.template.conftest import git, run
from tests.template.served import ask, served

pytestmark = pytest.mark.xdist_group("life")

PARCELS = Path(__file__).with_name("parcels")


def named(project: Path) -> list[str]:
    """The files that a page of the project tells people to replace."""
    page = (project / "docs/bring-your-own-data.md").read_text()
    files: list[str] = re.findall(r"^\d\. \*\*`(.+)`\*\*", page, flags=re.MULTILINE)
    return files


@pytest.fixture
def brought(clone: Path) -> Path:
    """A clone in which each named file is another one: other columns, three classes in words, and no time stamp."""
    for name in named(clone):
        shutil.copy(PARCELS / name.replace("src/fraud_scoring", "src"), clone / name)
    return clone


def test_the_page_and_the_readme_name_the_same_five_files(lived_in: Path) -> None:
    files = named(lived_in)

    rows = re.findall(r"^\| `(.+?)` \|", (lived_in / "README.md").read_text(), flags=re.MULTILINE)

    assert rows[:5] == files
    assert [Path(name).name for name in files] == ["data.yml", "model.yml", "data.py", "features.py", "model.py"]


def test_five_files_are_all_that_another_dataset_takes(brought: Path) -> None:
    for command in (
        ("road", "contract", "sync"),
        ("road", "monitor", "sync"),
        ("road", "contract", "check"),
        ("road", "train"),
        ("road", "handoff", "build"),
        ("road", "handoff", "verify"),
        ("road", "deploy", "sync"),
        ("road", "raci", "check"),
        ("pytest", "-q"),
        ("mypy", "--config-file", "platform/config/mypy.ini"),
        ("pre-commit", "run", "--all-files"),
    ):
        done = run(brought, *command)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    notebooks = run(brought, "--group", "lab", "pytest", "-q", "--nbmake", "notebooks/")
    with served(brought) as said:
        answer = ask(said)

    assert notebooks.returncode == 0, notebooks.stdout
    assert answer["size"] in ("letter", "small", "bulky")
    assert 0 <= answer["bulky_probability"] <= 1
    derived = [
        "contracts/api.json",
        *(f"monitoring/{name}" for name in ("dashboard.json", "rules.yml", "rules.test.yml")),
        *deployment.SOURCES,
    ]
    changed = {line[3:] for line in git(brought, "status", "--porcelain").splitlines()}
    assert {name for name in changed if not name.startswith("handoff/")} == {*named(brought), *derived}
