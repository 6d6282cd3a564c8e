"""The table in docs/update-rules.md, held against what `copier update` does to each file."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.template.conftest import ROOT, committed, copier_cli, git
from tests.template.updates.rules import files, fits, rules_of, table, under

pytestmark = pytest.mark.xdist_group("updates")
Generate = Callable[..., Path]

# Together they have every file that a repository can have.
VARIANTS: list[dict[str, str]] = [
    {"task": "classification", "cloud": "aws"},
    {"task": "regression", "cloud": "gcp"},
    {"task": "classification", "cloud": "azure"},
]
NEXT = "# next version"
OURS = "# the team's"

# What a team does to each shared file.
SHARED = {
    "README.md": ("## Where things are", "## Ours\n\nWords.\n\n## Where things are"),
    "pyproject.toml": ("  # Your own, for", '  "polars==1.30.0",\n  # Your own, for'),
    "raci.yml": ("ml-engineer: C, mlops-engineer: I,\n      data-engineer: I}", "ml-engineer: C, finops: I}"),
    "catalog-info.yaml": ("    - machine-learning", "    - fraud\n    - machine-learning"),
}
# What the next version of the template has that this one has not.
NEW = [
    "src/{{ package_name }}/new.py",
    "tests/test_new.py",
    "notebooks/02-new.ipynb",
    "contracts/new.yml",
    "deploy/overlays/europe/kustomization.yaml",
    "handoff/new.md",
    "platform/new.md",
    "docs/new.md",
    "docs/runbooks/New.md",
]
ADDED = {"platform/new.md", "docs/new.md", "docs/runbooks/New.md"}
RUNBOOK = "docs/runbooks/ModelStale.md"


def test_the_table_knows_no_other_words() -> None:
    rules = {(rule.whose, rule.update) for rule in table()}

    assert rules == {
        ("the platform's", "replaces"),
        ("shared", "merges"),
        ("the team's", "leaves alone"),
        ("the team's", "adds"),
        ("the operators'", "leaves alone"),
        ("both loops'", "leaves alone"),
        ("derived", "leaves alone"),
    }


def test_every_file_has_one_rule_and_every_rule_a_file(generate: Generate) -> None:
    paths = {path for answers in [*VARIANTS, {"cloud": "none"}] for path in files(generate(**answers))}

    covering = {path: [rule.patterns for rule in rules_of(path)] for path in paths}

    assert {path: rules for path, rules in covering.items() if len(rules) != 1} == {}
    unused = {pattern for rule in table() for pattern in rule.patterns} - {
        pattern for rule in table() for pattern in rule.patterns for path in paths if fits(pattern, path)
    }
    assert unused == set()


def test_copier_is_told_what_the_table_says_of_files_left_alone() -> None:
    config = yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))
    told = {path for entry in config["_exclude"] for path in re.findall(r"'update' %}/(.*?){%", entry)}

    left_alone = {pattern for rule in table() if rule.update == "leaves alone" for pattern in rule.patterns}

    assert {re.sub("^contracts/.*", "contracts", path).rstrip("/") for path in left_alone} == told


def test_copier_is_told_what_the_table_says_of_files_that_are_added() -> None:
    config = yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))

    added = {f"/{pattern.rstrip('/')}" for rule in table() if rule.update == "adds" for pattern in rule.patterns}

    assert added == set(config["_skip_if_exists"])


@pytest.fixture(scope="module")
def source(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template in two versions: in the second, every file has one line more, and there are new files."""
    folder = committed(template, tmp_path_factory.mktemp("released") / "source")
    git(folder, "tag", "v0.1.0")
    for path in [path for path in (folder / "template").rglob("*") if path.is_file()]:
        content = path.read_bytes()
        path.write_bytes(content + (b"" if content.endswith(b"\n") else b"\n") + f"{NEXT}\n".encode())
    for name in NEW:
        (folder / "template" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "template" / name).write_text("{}\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "Next")
    git(folder, "tag", "v0.2.0")
    return folder


def first_copy(source: Path, folder: Path, answers: dict[str, str], version: str = "v0.1.0") -> Path:
    data = [part for key, value in answers.items() for part in ("--data", f"{key}={value}")]
    done = copier_cli("copy", "--defaults", *data, "--vcs-ref", version, str(source), str(folder), cwd=folder.parent)
    assert done.returncode == 0, done.stderr
    return folder


def commit(project: Path) -> None:
    git(project, "init", "-q", "-b", "main")
    git(project, "add", "-A")
    git(project, "commit", "-q", "-m", "Ours")


@pytest.fixture(scope="module", params=VARIANTS, ids=lambda answers: "-".join(answers.values()))
def update(
    source: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> tuple[Path, Path, Path]:
    """A project that its team edited: as it was before the update, as it is after, and the next version on its own."""
    place = tmp_path_factory.mktemp("update")
    project = first_copy(source, place / "project", request.param)
    for path in under(project, "leaves alone") + under(project, "adds"):
        (project / path).write_text((project / path).read_text(encoding="utf-8") + OURS, encoding="utf-8")
    for path, (old, new) in SHARED.items():
        edit(project / path, old, new)
    (project / "tests/test_model.py").unlink()
    (project / RUNBOOK).unlink()
    shutil.copytree(project, place / "before")
    commit(project)
    done = copier_cli("update", "--defaults", cwd=project)
    assert done.returncode == 0, done.stderr
    return place / "before", project, first_copy(source, place / "fresh", request.param, "v0.2.0")


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{file.name} says {old!r} {text.count(old)} times"
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_what_the_platform_owns_is_replaced(update: tuple[Path, Path, Path]) -> None:
    _, after, fresh = update

    stale = [path for path in under(fresh, "replaces") if (after / path).read_bytes() != (fresh / path).read_bytes()]

    assert stale == []
    assert all(NEXT in (after / path).read_text(encoding="utf-8") for path in set(under(fresh, "replaces")) - ADDED)


def test_what_the_team_owns_and_what_is_derived_is_left_alone(update: tuple[Path, Path, Path]) -> None:
    before, after, _ = update

    kept = under(before, "leaves alone") + under(before, "adds")
    changed = [path for path in kept if (after / path).read_bytes() != (before / path).read_bytes()]

    assert changed == []
    assert under(after, "leaves alone") == under(before, "leaves alone")


def test_what_both_own_is_merged_without_conflict(update: tuple[Path, Path, Path]) -> None:
    _, after, fresh = update
    for path, (old, new) in SHARED.items():
        edit(fresh / path, old, new)

    merged = {path: (after / path).read_text(encoding="utf-8") for path in under(after, "merges")}

    assert merged == {path: (fresh / path).read_text(encoding="utf-8") for path in SHARED}
    assert all(NEXT in text for text in merged.values())
    assert git(after, "ls-files", "-u") == ""


def test_new_files_of_the_team_do_not_come_and_deleted_ones_do_not_come_back(update: tuple[Path, Path, Path]) -> None:
    before, after, fresh = update
    new = {path.replace("{{ package_name }}", "fraud_scoring") for path in NEW}

    assert new <= set(files(fresh))
    assert set(files(after)) - set(files(before)) == ADDED | {RUNBOOK}
    assert "tests/test_model.py" in files(fresh)


def test_an_edit_in_a_file_of_the_platform_is_flagged_as_a_conflict(source: Path, tmp_path: Path) -> None:
    project = first_copy(source, tmp_path / "project", {})
    readme = project / "platform/README.md"
    readme.write_text(readme.read_text(encoding="utf-8") + "Our own words.\n", encoding="utf-8")
    commit(project)

    done = copier_cli("update", "--defaults", cwd=project)

    assert done.returncode == 0, done.stderr
    assert {line.split("\t")[1] for line in git(project, "ls-files", "-u").splitlines()} == {"platform/README.md"}
    assert "<<<<<<< before updating\nOur own words.\n" in readme.read_text(encoding="utf-8")
