"""catalog-info.yaml, held against the policies of Backstage's own catalog, and followed through an update."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from fleet.copying import copy
from tools import needs, portal

from tests.template.conftest import committed, copier_cli, git

pytestmark = pytest.mark.xdist_group("portal")
Entity = dict[str, Any]
PATH = "catalog-info.yaml"
HOSTILE = ["a: b # c", "{{ x }} {% y %}", "--- |", "x" * 200, "\"'\\", "🙂 é 日本語", "[a](b) <b>", "null", "- - -"]


@pytest.fixture(scope="module")
def reduced(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template's files that say what the catalog reads."""
    folder, here = tmp_path_factory.mktemp("catalog") / "reduced", template / "template"
    read = [*here.glob("*.yaml.jinja"), *here.glob("raci*"), *here.glob("{{*"), *here.glob("contracts/*api.json*")]
    for file in [template / "copier.yml", *read, *template.rglob("*.j2")]:
        (folder / file.relative_to(template)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, folder / file.relative_to(template))
    return folder


@pytest.fixture(scope="module")
def render(reduced: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    def rendered(**answers: Any) -> Path:
        folder = tmp_path_factory.mktemp("rendered")
        copy(str(reduced), folder, answers)
        return folder

    return rendered


def entities(project: Path) -> list[Entity]:
    """What the catalog reads, with the files in their places that it is pointed to."""
    found = list(yaml.safe_load_all((project / PATH).read_text(encoding="utf-8")))
    for entity in found:
        if isinstance(definition := entity["spec"].get("definition"), dict):
            entity["spec"]["definition"] = (project / definition["$text"]).read_text(encoding="utf-8")
    return found


@pytest.fixture(scope="module")
def refusals(tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[Entity]], list[str]]:
    """What the policies of Backstage's catalog say against each entity."""
    module = portal.module(tmp_path_factory.mktemp("policies") / "module")

    def refused(found: list[Entity]) -> list[str]:
        command = [needs.program("node"), "test/entities.js"]
        done = subprocess.run(command, cwd=module, input=json.dumps(found), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        said: list[str] = json.loads(done.stdout)
        return said

    return refused


Refusals = Callable[[list[Entity]], list[str]]
ANSWERS: list[Entity] = [{"topology": each} for each in ("hybrid", "embedded", "centralized", "full-stack")]
ANSWERS += [{"task": "regression", "role_teams": {"mlops-engineer": "@grace"}}, {"project_name": "A.b-c_d  9"}]


@pytest.mark.parametrize("answers", ANSWERS, ids=str)
def test_backstage_takes_every_entity(render: Callable[..., Path], refusals: Refusals, answers: Entity) -> None:
    found = entities(render(**answers))

    assert [each["kind"] for each in found] == ["Component", "API", "System"]
    assert refusals(found) == ["", "", ""]


def test_backstage_takes_every_description(render: Callable[..., Path], refusals: Refusals) -> None:
    found = [entity for text in HOSTILE for entity in entities(render(description=text))]

    assert refusals(found) == [""] * len(found)
    assert [each["metadata"]["description"] for each in found[::3]] == HOSTILE


@pytest.fixture(scope="module")
def project(render: Callable[..., Path]) -> Path:
    return render()


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ('name: "fraud-scoring"', 'name: "Fraud Scoring!"', '"metadata.name" is not valid'),
        ("lifecycle: experimental", "lifecycle: ''", "/spec/lifecycle must NOT have fewer than 1 characters"),
        ("paved-road/template-version", "-paved/road/version", '"annotations.-paved/road/version" is not valid'),
        ("    - machine-learning", "    - Machine Learning", '"tags.0" is not valid'),
        ("kind: Component", "kind: Component\nowner: x", "must NOT have additional properties"),
        ("v1alpha1\nkind: Component", "v9\nkind: Component", "no Component of a version that the catalog knows"),
        ("owner:", "keeper:", "/spec must have required property 'owner'"),
    ],
)
def test_backstage_refuses_a_broken_entity(
    project: Path, tmp_path: Path, refusals: Refusals, right: str, wrong: str, message: str
) -> None:
    shutil.copytree(project, tmp_path / "broken")
    text = (project / PATH).read_text()
    assert right in text
    (tmp_path / "broken" / PATH).write_text(text.replace(right, wrong, 1))

    said = refusals(entities(tmp_path / "broken"))

    assert message.casefold() in said[0].casefold()
    assert said[1:] == ["", ""]


def test_service_interface_and_system_name_each_other_and_their_owners_of_raci_yml(project: Path) -> None:
    component, api, system = entities(project)
    roles = yaml.safe_load((project / "raci.yml").read_text())["roles"]

    assert component["spec"]["system"] == api["spec"]["system"] == system["metadata"]["name"]
    assert component["spec"]["providesApis"] == [api["metadata"]["name"]]
    assert json.loads(api["spec"]["definition"])["openapi"].startswith("3.1")
    team = {role: roles[role]["team"].rsplit("/", 1)[1] for role in ("ml-engineer", "mlops-engineer")}
    assert component["spec"]["owner"] == api["spec"]["owner"] == f"group:{team['mlops-engineer']}"
    assert system["spec"]["owner"] == f"group:{team['ml-engineer']}"


def test_the_version_follows_an_update_beside_what_the_team_wrote(reduced: Path, tmp_path: Path) -> None:
    source = committed(reduced, tmp_path / "source")
    git(source, "tag", "v0.1.0")
    git(source, "commit", "-q", "--allow-empty", "-m", "Next")
    git(source, "tag", "v0.2.0")
    project = tmp_path / "project"
    copier_cli("copy", "--defaults", "--vcs-ref", "v0.1.0", str(source), str(project), cwd=tmp_path)
    before = (project / PATH).read_text()
    slug = '    github.com/project-slug: "acme/fraud-scoring"\n'
    ours = before.replace(slug, slug + "    acme.example/tier: gold\n").replace(
        "fraud-scoring-operations", "night-watch"
    )
    assert ours != before and 'paved-road/template-version: "v0.1.0"' in ours
    (project / PATH).write_text(ours)
    git(project, "init", "-q", "-b", "main")
    git(project, "add", "-A")
    git(project, "commit", "-q", "-m", "Ours")

    done = copier_cli("update", "--defaults", cwd=project)

    assert done.returncode == 0, done.stderr
    assert (project / PATH).read_text() == ours.replace("v0.1.0", "v0.2.0")
    assert re.findall("^(?:_commit: v0.2.0)$", (project / ".copier-answers.yml").read_text(), re.MULTILINE)
