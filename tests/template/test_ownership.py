"""Ownership in a generated repository: complete, without contradiction, and the same wherever it is read."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from codeowners import CodeOwners
from paved_road import documents
from paved_road.findings import as_text, refused
from paved_road.ownership import importing, lint, lookup, tables
from paved_road.ownership.derive import (
    catalog,
    chart,
    codeowners,
    deployment,
    files,
    forms,
    routes,
    ruleset,
    runbooks,
    security,
    terraform,
)
from paved_road.ownership.raci import Activity, Raci, load, read
from paved_road.ownership.tree import tracked
from tools import needs

Generate = Callable[..., Path]
TOPOLOGIES = ("hybrid", "embedded", "centralized", "full-stack")
GENERATED: dict[str, Path] = {}


@pytest.fixture
def generated(generate: Generate) -> Callable[[str], Path]:
    """A repository for each topology, under git; made once, for no test here changes it."""

    def project(topology: str) -> Path:
        if topology not in GENERATED:
            root = generate(topology=topology, cloud="gcp")
            subprocess.run(["git", "init", "--quiet", str(root)], check=True)
            subprocess.run(["git", "-C", str(root), "add", "--all"], check=True)
            GENERATED[topology] = root
        return GENERATED[topology]

    return project


@pytest.fixture
def raci(generated: Callable[[str], Path]) -> Raci:
    return load(generated("hybrid") / "raci.yml")


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_the_first_derived_files_are_byte_for_byte_what_sync_writes(
    generated: Callable[[str], Path], topology: str
) -> None:
    root = generated(topology)

    derived = files.derive(load(root / "raci.yml"), root)

    assert {each.path for each in derived} == {
        codeowners.PATH, ruleset.PATH, chart.PATH, routes.PATH, deployment.PATH, terraform.PATH, catalog.PATH,
        security.PATH, runbooks.INDEX, *(alert.runbook for _, alert in lookup.alerts(load(root / "raci.yml"))),
        *(f"{forms.FOLDER}/{name.lower().replace(' ', '-')}.yml" for name in load(root / "raci.yml").requests),
    }  # fmt: skip
    assert {each.path: (root / each.path).read_bytes() for each in derived} == {
        each.path: (each.text or "").encode() for each in derived
    }


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_a_new_repository_breaks_no_rule(generated: Callable[[str], Path], topology: str) -> None:
    root = generated(topology)
    matrix = load(root / "raci.yml")

    findings = lint.check(matrix, root)

    assert findings == [], as_text(findings)


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_github_asks_the_teams_that_raci_yml_names(generated: Callable[[str], Path], topology: str) -> None:
    root = generated(topology)
    matrix = load(root / "raci.yml")
    elsewhere = CodeOwners((root / codeowners.PATH).read_text(encoding="utf-8"))

    asked = {path: {handle for _, handle in elsewhere.of(path)} for path in tracked(root)}

    assert asked == {path: teams(matrix, path) for path in asked}
    assert all(asked.values())


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_alertmanager_tells_whoever_raci_yml_names(generated: Callable[[str], Path], topology: str) -> None:
    file = generated(topology) / routes.PATH
    matrix = load(generated(topology) / "raci.yml")
    tool = needs.program("amtool")

    subprocess.run([tool, "check-config", str(file)], check=True, capture_output=True)
    for activity, alert in lookup.alerts(matrix):
        (answering,) = lookup.holding(matrix, activity, "A")
        receivers = list(dict.fromkeys([*activity.roles("R"), answering.key, answering.escalates_to or answering.key]))
        command = [tool, "config", "routes", "test", f"--config.file={file}"]
        command += [f"--verify.receivers={','.join(receivers)}", f"alertname={alert.name}"]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("topology", TOPOLOGIES)
def test_github_takes_the_forms(generated: Callable[[str], Path], topology: str) -> None:
    requests = load(generated(topology) / "raci.yml").requests
    found = [str(file) for file in (generated(topology) / forms.FOLDER).iterdir()]

    command = [needs.program("check-jsonschema"), "--builtin-schema", "vendor.github-issue-forms", *found]
    done = subprocess.run(command, capture_output=True, text=True)

    assert len(found) == len(requests)
    assert done.returncode == 0, done.stdout


def teams(raci: Raci, path: str) -> set[str]:
    activity = lookup.of_path(raci, path).entry
    assert isinstance(activity, Activity)
    return set(lookup.owning_teams(raci, activity))


@pytest.mark.parametrize("path", ["handoff/manifest.json", "contracts/model.yml", "contracts/anything-new.yml"])
def test_both_loops_review_what_is_handed_over(raci: Raci, path: str) -> None:
    activity = lookup.of_path(raci, path).entry

    loops = {role.loop for letter in "AR" for role in lookup.holding(raci, activity, letter)}

    assert loops == {"science", "system"}


@pytest.mark.parametrize(
    ("path", "parties"),
    [
        ("contracts/data.yml", ("data-engineer", "data-scientist")),
        ("handoff/manifest.json", ("ml-engineer", "mlops-engineer")),
        ("contracts/api.json", ("mlops-engineer", "software-engineer")),
    ],
)
def test_each_of_the_three_handoffs_has_two_parties(raci: Raci, path: str, parties: tuple[str, str]) -> None:
    giving, taking = lookup.handoff_parties(raci, path)

    assert (giving.key, taking.key) == parties


@pytest.mark.parametrize(
    ("topology", "science", "operations", "platform"),
    [
        ("hybrid", "@acme/fraud-scoring-science", "@acme/fraud-scoring-operations", "@acme/ml-platform"),
        ("embedded", "@acme/fraud-scoring", "@acme/fraud-scoring", "@acme/platform"),
        ("centralized", "@acme/fraud-scoring-science", "@acme/ml-platform", "@acme/ml-platform"),
        ("full-stack", "@acme/fraud-scoring", "@acme/fraud-scoring", "@acme/fraud-scoring"),
    ],
)
def test_the_topology_decides_which_team_holds_a_role(
    generated: Callable[[str], Path], topology: str, science: str, operations: str, platform: str
) -> None:
    roles = load(generated(topology) / "raci.yml").roles

    held = [roles[key].team for key in ("data-scientist", "mlops-engineer", "platform-engineer")]

    assert held == [science, operations, platform]


def test_what_a_role_does_is_a_list_of_whole_phrases(raci: Raci) -> None:
    phrases = [phrase for role in raci.roles.values() for phrase in role.does]

    assert [phrase for phrase in phrases if not re.match(r"[a-z]+s\b", phrase)] == []


def test_the_pages_table_is_imported_as_it_stands_there(generated: Callable[[str], Path], tmp_path: Path) -> None:
    root = generated("hybrid")
    page = (root / "docs/raci.md").read_text(encoding="utf-8")
    (table,) = re.findall(r"^```markdown\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)
    (said,) = re.findall(r"^```text\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)
    (tmp_path / "wiki.md").write_text(table)
    before = (root / "raci.yml").read_text(encoding="utf-8")

    rows = tables.read(tmp_path / "wiki.md", "wiki.md", load(root / "raci.yml"))
    result = importing.apply(before, rows, "wiki.md")

    assert result.differences == said.splitlines()
    assert not refused(lint.check_matrix(read(documents.parse(result.text, "raci.yml", "RACI015"))))


def test_an_organisation_names_its_own_teams_and_contacts(generate: Generate) -> None:
    root = generate(
        role_teams={"mlops-engineer": "@acme/fraud-ops", "finops": "@penny"},
        role_contacts={"data-scientist": "#fraud-science"},
    )

    roles = load(root / "raci.yml").roles

    assert (roles["mlops-engineer"].team, roles["mlops-engineer"].contact) == (
        "@acme/fraud-ops",
        "https://github.com/orgs/acme/teams/fraud-ops",
    )
    assert roles["finops"].contact == "https://github.com/penny"
    assert roles["data-scientist"].contact == "#fraud-science"
    assert "/deploy/ @acme/fraud-ops\n" in (root / codeowners.PATH).read_text(encoding="utf-8")


def test_the_schema_that_raci_yml_names_is_where_it_says(generated: Callable[[str], Path]) -> None:
    root = generated("hybrid")

    first = (root / "raci.yml").read_text(encoding="utf-8").splitlines()[0]

    assert first.startswith("# yaml-language-server: $schema=")
    assert (root / first.partition("=")[2]).is_file()
