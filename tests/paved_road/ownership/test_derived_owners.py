"""What follows raci.yml besides CODEOWNERS: the catalog's owner, and the owner's label in deploy/."""

import pytest
import yaml

from .conftest import ALWAYS, Matrix, Repository

CATALOG = """\
# The team's words.
kind: Component
metadata: {name: fraud}   # its name
spec:
  owner:   "group:operations" # derived
  lifecycle: 'production'
---
kind: API
metadata:
  name: fraud
spec: {owner: "group:operations", type: openapi}
---
kind: Resource
metadata:
  name: transactions
spec:
  owner: group:data-platform
"""
LABEL = "deploy/owner/kustomization.yaml"


@pytest.fixture
def deployed(repository: Repository) -> Repository:
    """A repository with a catalog entry and Kubernetes objects, in step with its matrix."""
    repository.write("catalog-info.yaml", CATALOG)
    repository.write("deploy/base/kustomization.yaml", "components: [../owner]\n")
    assert repository.road("raci", "sync").exit_code == 0
    return repository


def handed_to(team: str, matrix: Matrix) -> str:
    return matrix.but('"@acme/operations"', f'"{team}"').text


def read(repository: Repository, path: str) -> str:
    return (repository.root / path).read_bytes().decode()


def test_sync_changes_the_owner_in_the_catalog_and_not_one_other_character(
    deployed: Repository, matrix: Matrix
) -> None:
    deployed.write("raci.yml", handed_to("@acme/night-watch", matrix))

    outcome = deployed.road("raci", "sync")

    assert outcome.exit_code == 0
    assert "catalog-info.yaml written\n" in outcome.stdout
    assert read(deployed, "catalog-info.yaml") == CATALOG.replace("group:operations", "group:night-watch")


def test_sync_gives_the_system_to_whoever_answers_for_the_repository(deployed: Repository, matrix: Matrix) -> None:
    system = "---\nkind: System\nmetadata: {name: fraud}\nspec: {owner: x}\n"
    deployed.write("catalog-info.yaml", CATALOG + system)

    outcome = deployed.road("raci", "sync")

    assert outcome.exit_code == 0
    assert read(deployed, "catalog-info.yaml") == CATALOG + system.replace("owner: x", 'owner: "group:science"')


def test_sync_keeps_the_line_ends_of_the_catalog(deployed: Repository, matrix: Matrix) -> None:
    (deployed.root / "catalog-info.yaml").write_bytes(CATALOG.replace("\n", "\r\n").encode())
    deployed.write("raci.yml", handed_to("@grace", matrix))

    outcome = deployed.road("raci", "sync")

    assert outcome.exit_code == 0
    changed = CATALOG.replace("group:operations", "user:grace").replace("\n", "\r\n")
    assert read(deployed, "catalog-info.yaml") == changed


@pytest.mark.parametrize(
    ("team", "label"),
    [
        ("@acme/night-watch", "night-watch"),
        ("@grace", "grace"),
        ("@acme/no", "no"),
        ("@acme/123", "123"),
        (f"@acme/{'a' * 62}.b", "a" * 62),
    ],
)
def test_sync_writes_the_label_of_whoever_answers_for_the_deployment(
    deployed: Repository, matrix: Matrix, team: str, label: str
) -> None:
    deployed.write("raci.yml", handed_to(team, matrix))

    outcome = deployed.road("raci", "sync")

    assert outcome.exit_code == 0
    (labels,) = yaml.safe_load(read(deployed, LABEL))["labels"]
    assert labels["pairs"] == {"owner": label}


def test_sync_says_on_the_page_for_reports_whom_to_reach(deployed: Repository, matrix: Matrix) -> None:
    deployed.write("raci.yml", handed_to("@acme/night-watch", matrix))

    outcome = deployed.road("raci", "sync")

    assert outcome.exit_code == 0
    assert "(`@acme/night-watch`) answers for what runs" in read(deployed, ".github/SECURITY.md")


def test_check_refuses_every_place_that_lags_behind_and_changes_none(deployed: Repository, matrix: Matrix) -> None:
    before = read(deployed, LABEL)
    deployed.write("raci.yml", handed_to("@acme/night-watch", matrix))

    outcome = deployed.road("raci", "sync", "--check")

    assert outcome.exit_code == 1
    assert (
        'catalog-info.yaml:5  OWNERS001  says `owner:   "group:operations" # derived`, raci.yml says' in outcome.stdout
    )
    assert f'{LABEL}:7  OWNERS001  says `owner: "operations"`, raci.yml says `owner: "night-watch"`' in outcome.stdout
    assert (read(deployed, "catalog-info.yaml"), read(deployed, LABEL)) == (CATALOG, before)


def test_check_refuses_a_label_that_somebody_took_away(deployed: Repository) -> None:
    (deployed.root / LABEL).unlink()

    outcome = deployed.road("raci", "sync", "--check")

    assert outcome.exit_code == 1
    assert f"{LABEL}  OWNERS001  is missing" in outcome.stdout


def test_a_repository_without_catalog_kubernetes_and_monitoring_gets_none_of_them(repository: Repository) -> None:
    outcome = repository.road("raci", "sync")

    assert outcome.stdout == "".join(f"{path} is what raci.yml says\n" for path in ALWAYS)
    assert not (repository.root / LABEL).exists()
    assert not (repository.root / "catalog-info.yaml").exists()
    assert not (repository.root / "monitoring").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "catalog-info.yaml:1  OWNERS002  the first entity has no name or no owner"),
        ("- a\n", "the first entity has no name or no owner"),
        ("metadata: {name: x}\nspec: {owner: }\n", "OWNERS001"),
        ("metadata: {name: x}\nspec: {owner: [a]}\n", "the first entity has no name or no owner"),
        ("spec: {owner: a}\n", "the first entity has no name or no owner"),
        ("a: b: c\n", "catalog-info.yaml:1  OWNERS002  is not YAML: mapping values are not allowed here"),
        ("a: \x07\n", "is not YAML"),
        ("[" * 3000, "is not YAML"),
        (
            "metadata: {name: x}\nspec:\n  owner: &a b\n  c: *a\n",
            "catalog-info.yaml:3  OWNERS002  spec.owner is written",
        ),
        ("metadata: {name: x}\nspec:\n  owner: |\n    a\n", "with an anchor, a tag or as a block"),
    ],
)
def test_a_catalog_in_which_no_owner_can_be_put_is_refused(deployed: Repository, text: str, message: str) -> None:
    deployed.write("catalog-info.yaml", text)

    outcome = deployed.road("raci", "sync", "--check")

    assert outcome.exit_code == 1
    assert message in outcome.stdout + outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert read(deployed, "catalog-info.yaml") == text


def test_nothing_is_written_when_one_of_the_places_cannot_be(deployed: Repository, matrix: Matrix) -> None:
    before = read(deployed, ".github/CODEOWNERS")
    (deployed.root / "catalog-info.yaml").write_bytes(b"name: \xff\n")
    deployed.write("raci.yml", handed_to("@acme/night-watch", matrix))

    outcome = deployed.road("raci", "sync")

    assert outcome.exit_code == 1
    assert "catalog-info.yaml  OWNERS002  cannot be read" in outcome.stderr
    assert read(deployed, ".github/CODEOWNERS") == before
