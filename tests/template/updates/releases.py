"""The template's releases, made of this repository's own history: a clone may lack their tags."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.template.conftest import ROOT, git

HEADING = re.compile(r"^## (\d+\.\d+\.\d+) - \d{4}-\d\d-\d\d$", re.MULTILINE)
MILESTONES = {
    "v0.1.1": "`docs/call-the-model.md`: typed clients",
    "v0.1.2": "- Terraform for `dev`, `staging` and `prod`",
}
"""Stands between releases, as far as the time between them is long: the line of the changelog that came with each."""
UNNEEDED = (":!tests", ":!benchmarks", ":!docs/images")


@dataclass(frozen=True)
class Release:
    """A version that a project may have been generated from."""

    tag: str
    commit: str | None
    """None for the working tree."""


class Unknown(Exception):
    """This clone cannot tell what was released."""


def releases() -> list[Release]:
    """Every release and milestone, oldest first, and last the working tree.

    Raises:
        Unknown: if the clone has no history.
    """
    if git(ROOT, "rev-parse", "--is-shallow-repository").strip() == "true":
        raise Unknown("this clone is shallow, and holds no older release: `git fetch --unshallow`")
    numbers = HEADING.findall((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    lines = {f"v{number}": f"## {number} - " for number in numbers} | MILESTONES
    found = [Release(tag, commit) for tag, line in lines.items() if (commit := _first_with(line))]
    commits = {release.commit for release in found}
    if len(commits) < len(MILESTONES) + 1 or len(commits) < len(found):
        raise Unknown("this clone's history does not hold the commits that releases were cut at: clone it whole")
    found.sort(key=lambda release: _number(release.tag))
    major, minor, _ = _number(found[-1].tag)
    return [*found, Release(f"v{major}.{minor + 1}.0", None)]


def source(folder: Path, working_tree: Path) -> Path:
    """A repository of the template with a commit and a tag for each release.

    Args:
        folder: where to make it.
        working_tree: the files that are not released yet.
    """
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    for release in releases():
        _empty(folder)
        if release.commit:
            packed = subprocess.run(
                ["git", "archive", release.commit, "--", ".", *UNNEEDED], cwd=ROOT, capture_output=True, check=True
            )
            subprocess.run(["tar", "-x"], cwd=folder, input=packed.stdout, check=True)
        else:
            shutil.copytree(working_tree, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("/tests", "demo"))
        git(folder, "add", "--all", "--force")
        git(folder, "commit", "-q", "--allow-empty", "-m", release.tag)
        git(folder, "tag", release.tag)
    return folder


def _first_with(line: str) -> str | None:
    """The commit with which a line of the changelog came."""
    commits = git(ROOT, "log", "--reverse", "--format=%H", f"-S{line}", "--", "CHANGELOG.md").split()
    return commits[0] if commits else None


def _number(tag: str) -> tuple[int, int, int]:
    major, minor, patch = (int(part) for part in tag.removeprefix("v").split("."))
    return major, minor, patch


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.name != ".git":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
