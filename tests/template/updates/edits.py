"""What a team does to its repository between two updates."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PARCELS = Path(__file__).parents[1] / "parcels"
PACKAGE = "src/fraud_scoring"


@dataclass(frozen=True)
class Edit:
    """Something that a team does.

    Attributes:
        do: does it, and says whether there was anything to do it to.
        across: the file of the platform's lines that it goes into, where the rules promise no merge.
    """

    do: Callable[[Path], bool]
    across: str | None = None


def write(path: str, text: str) -> Edit:
    """A file of the team's own."""

    def do(project: Path) -> bool:
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text, encoding="utf-8")
        return True

    return Edit(do)


def append(path: str, text: str, *, across: bool = False) -> Edit:
    def do(project: Path) -> bool:
        found = sorted(project.glob(path))
        for file in found:
            file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")
        return bool(found)

    return Edit(do, path if across else None)


def put(path: str, before: str, text: str, *, across: bool = False) -> Edit:
    """Text before the first place that says `before`."""
    return swap(path, before, text + before, across=across)


def swap(path: str, old: str, new: str, *, across: bool = False) -> Edit:
    def do(project: Path) -> bool:
        said = (project / path).read_text(encoding="utf-8") if (project / path).is_file() else ""
        (project / path).write_text(said.replace(old, new, 1), encoding="utf-8") if old in said else None
        return old in said

    return Edit(do, path if across else None)


def delete(path: str) -> Edit:
    def do(project: Path) -> bool:
        there = (project / path).is_file()
        (project / path).unlink(missing_ok=True)
        return there

    return Edit(do)


def move(path: str, to: str) -> Edit:
    def do(project: Path) -> bool:
        if there := (project / path).is_file():
            (project / to).parent.mkdir(parents=True, exist_ok=True)
            (project / path).rename(project / to)
        return there

    return Edit(do)


def _both(*edits: Edit) -> Edit:
    def do(project: Path) -> bool:
        done = [edit.do(project) for edit in edits]
        return all(done)

    return Edit(do)


def _own_data(project: Path) -> bool:
    """The example is replaced by another dataset."""
    for file in [*PARCELS.glob("contracts/*.yml"), *PARCELS.glob("src/[a-z]*.py")]:
        shutil.copy(file, project / file.relative_to(PARCELS).as_posix().replace("src", PACKAGE))
    return True


APART = {
    "code of the example changed": append(
        f"{PACKAGE}/features.py", '\n\ndef ours(value: float) -> float:\n    """Ours."""\n    return value\n'
    ),
    "module and test added": _both(
        write(f"{PACKAGE}/ours.py", '"""Ours."""\n\nLIMIT = 3\n'),
        write(
            "tests/test_ours.py", "from fraud_scoring.ours import LIMIT\n\n\ndef test_it() -> None:\n    assert LIMIT\n"
        ),
    ),
    "notebook moved": move("notebooks/01-explore.ipynb", "notebooks/archive/first.ipynb"),
    "test deleted": delete("tests/test_data.py"),
    "section in README.md": put("README.md", "## Where things are", "## Ours\n\nWords.\n\n"),
    "package in pyproject.toml": put("pyproject.toml", "  # Your own, for", '  "polars==1.30.0",\n'),
    "script in pyproject.toml": put(
        "pyproject.toml", "[dependency-groups]", '[project.scripts]\nours = "ours:run"\n\n'
    ),
    "team renamed in raci.yml": swap("raci.yml", 'team: "@acme/finops"', 'team: "@acme/money"'),
    "activity in raci.yml": _both(
        put(
            "raci.yml",
            "  # Product\n",
            "  Keep the limits:\n    loop: science\n    letters: {ml-engineer: RA}\n    paths: [/limits/]\n\n",
        ),
        write("limits/limits.csv", "country,limit\nde,100\n"),
    ),
    "tag in catalog-info.yaml": put("catalog-info.yaml", "    - machine-learning", "    - fraud\n"),
    "words of a contract": swap("contracts/data.yml", "status: active", "status: active # since spring"),
    "overlay changed": append("deploy/overlays/*/kustomization.yaml", "# Ours: three replicas in summer.\n"),
    "overlay added": write("deploy/overlays/europe/kustomization.yaml", "resources: [../../base]\n"),
    "runbook changed": append("docs/runbooks/ModelStale.md", "\nAsk in the channel of the science team first.\n"),
    "runbook deleted": delete("docs/runbooks/ModelCostHigh.md"),
    "page added": write("docs/our-words.md", "# What we mean by fraud\n"),
    "workflow beside": write(".github/workflows/ours.yml", "name: Ours\non: workflow_dispatch\njobs: {}\n"),
    "page of the platform deleted": delete("docs/bring-your-own-data.md"),
    "own data": Edit(_own_data),
}
"""Edits that the rules let a team make."""

ACROSS = {
    "line in the Dockerfile": append("Dockerfile", "LABEL ours=1\n", across=True),
    "line in the CI workflow": append(".github/workflows/ci.yml", "# Ours.\n", across=True),
    "line in a page of the platform": append("docs/handoff.md", "Ours.\n", across=True),
    "line in the package of the platform": append("platform/src/paved_road/findings.py", "# Ours.\n", across=True),
    "words of the platform in README.md": swap(
        "README.md", "the *System Loop* (`deploy/`", "the *System Loop* (our `deploy/`", across=True
    ),
    "tool of the platform in pyproject.toml": swap("pyproject.toml", '"ruff==', '"ruff>=', across=True),
    "comment of the platform in raci.yml": swap(
        "raci.yml", "# Who owns what: ", "# Ours. Who owns what: ", across=True
    ),
}
"""Edits of lines that are the platform's: the rules promise markers, and nothing lost."""

EDITS = APART | ACROSS
