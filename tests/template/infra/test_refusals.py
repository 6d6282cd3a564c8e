"""What an environment is given wrongly is refused when it is planned, with the file and the remedy."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from tools.planning import MEASURED, plan
from tools.terraform import Terraform

pytestmark = pytest.mark.xdist_group("infra")


def test_an_environment_without_a_manifest_says_what_to_do(environment: Terraform, cloud: str) -> None:
    code, output = plan(environment, cloud)

    assert code == 1
    assert "handoff/manifest.json: there is none yet" in output
    assert "run `road train` and `road handoff build` and merge the handoff, or set serving = false" in output


@pytest.mark.parametrize("cloud", ["aws"], indirect=True)
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"resources": None}, "handoff/manifest.json has no resource profile"),
        ({"contract": {}}, "handoff/manifest.json has no resource profile"),
        (
            {"resources": {"cpu_seconds_per_request": 0.002, "peak_memory_mib": 700}},
            "contracts/model.yml allows a replica 512 MiB (resources.memory_mib), handoff/manifest.json measured 700",
        ),
        (
            {"resources": {"cpu_seconds_per_request": 0.03, "peak_memory_mib": 200}},
            "contracts/model.yml allows a replica 1 cores (resources.cpu_cores), handoff/manifest.json measured 1.5",
        ),
    ],
)
def test_a_manifest_that_does_not_say_enough_is_refused(
    environment: Terraform, cloud: str, manifest: Path, changed: dict[str, Any], message: str
) -> None:
    manifest.write_text(json.dumps(MEASURED | changed))

    code, output = plan(environment, cloud)

    assert code == 1
    assert message in output


@pytest.mark.parametrize("cloud", ["aws"], indirect=True)
def test_a_manifest_that_is_no_json_is_refused(environment: Terraform, cloud: str, manifest: Path) -> None:
    manifest.write_text("{")

    code, output = plan(environment, cloud)

    assert code == 1
    assert "handoff/manifest.json is not JSON; bring it back from git" in output


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"monthly_budget": 100, "prices": {"core": 25, "gib": 4}},
            "monthly_budget is 100; what handoff/manifest.json measured costs 493 at these prices",
        ),
        (
            {"capacity": {"cpu_cores": 2, "memory_mib": 65536}},
            "capacity gives the namespace 2 cores; 6 replicas, their canary and 1 GPUs take 14",
        ),
        ({"cost_contacts": []}, "raci.yml: the role finops has the contact https://github.com/orgs/acme/teams/finops"),
        ({"github_ids": {"owner": 0, "repository": 2}}, "github_ids has two numbers above 0"),
        ({"monthly_budget": 0}, "write in terraform.tfvars what a month may cost"),
    ],
)
def test_a_budget_below_what_was_measured_or_without_a_reader_is_refused(
    environment: Terraform, cloud: str, manifest: Path, given: dict[str, Any], message: str
) -> None:
    code, output = plan(environment, cloud, **given)

    assert code == 1
    assert message in output


@pytest.mark.parametrize("cloud", ["aws", "gcp"], indirect=True)
def test_a_secret_that_has_no_place_is_refused(environment: Terraform, cloud: str, manifest: Path) -> None:
    file = environment.folder.parents[2] / "deploy/overlays/prod/secrets.yaml"
    file.parent.mkdir(exist_ok=True)
    read = {"secretKey": "password", "remoteRef": {"key": "database-password"}}
    file.write_text(yaml.safe_dump({"kind": "ExternalSecret", "spec": {"data": [read]}}))

    code, output = plan(environment, cloud, secrets=["another"])

    file.unlink()
    assert code == 1
    assert "no place (deploy/overlays/prod/secrets.yaml: database-password); add each name to secrets in" in output


@pytest.mark.parametrize("cloud", ["aws"], indirect=True)
def test_the_secret_of_a_component_needs_a_place_once_an_overlay_names_it(
    environment: Terraform, cloud: str, manifest: Path
) -> None:
    overlay = environment.folder.parents[2] / "deploy/overlays/tune/kustomization.yaml"
    original = overlay.read_text()
    overlay.write_text(original + "components:\n  - ../../secrets\n")

    code, output = plan(environment, cloud, secrets=["another"])

    overlay.write_text(original)
    assert code == 1
    assert "no place (deploy/secrets/tune.yaml: tune); add each name to secrets in" in output


@pytest.mark.parametrize("cloud", ["aws"], indirect=True)
def test_an_environment_that_does_not_exist_is_refused(environment: Terraform, cloud: str, manifest: Path) -> None:
    file = environment.folder / "locals.tf"
    original = file.read_text()
    file.write_text(original.replace('"prod"', '"production"'))

    code, output = plan(environment, cloud)

    file.write_text(original)
    assert code == 1
    assert "There is no environment production; infra/environments/ has dev, staging and prod." in output


@pytest.mark.parametrize("cloud", ["aws"], indirect=True)
@pytest.mark.parametrize("version", ["1.30.9", "v1.38.0-gke.1"])
def test_a_cluster_that_deploy_was_not_checked_against_is_refused(
    environment: Terraform, cloud: str, manifest: Path, version: str
) -> None:
    code, output = plan(environment, cloud, kubernetes=version)

    assert code == 1
    assert f"The cluster runs Kubernetes {version}; deploy/ is checked against 1.31 to 1.37." in output


@pytest.mark.parametrize("cloud", ["aws"], indirect=True)
def test_a_secret_that_is_read_from_a_vault_needs_no_place_in_the_cloud(
    environment: Terraform, cloud: str, manifest: Path
) -> None:
    answers = environment.folder.parents[1] / "modules/project/answers.tf"
    overlay = environment.folder.parents[2] / "deploy/overlays/tune/kustomization.yaml"
    originals = {file: file.read_text() for file in (answers, overlay)}
    overlay.write_text(originals[overlay] + "components:\n  - ../../secrets\n")
    answers.write_text(originals[answers].replace('vault        = ""', 'vault = "https://vault.example.com/ml"'))

    code, output = plan(environment, cloud)

    for file, text in originals.items():
        file.write_text(text)
    assert code == 0, output
