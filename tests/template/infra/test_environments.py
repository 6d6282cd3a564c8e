"""Environments compose the modules, and read what was answered and measured."""

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import terraform_contract
import yaml
from paved_road.deployment import sizing
from tools.planning import plan
from tools.terraform import Terraform

from tests.template.infra.conftest import HOSTILE
from tests.template.test_delivery_cluster import KUBERNETES

Generate = Callable[..., Path]

pytestmark = pytest.mark.xdist_group("infra")

ENVIRONMENTS = ["dev", "prod", "staging"]


def test_terraform_finds_every_file_well_formatted(infra: Path, environment: Terraform) -> None:
    formatted = environment.run("fmt", "-check", "-recursive", "-diff", str(infra))

    assert formatted.returncode == 0, formatted.stdout


@pytest.mark.parametrize("gpu", [True, False])
def test_terraform_accepts_every_environment(cloud: str, gpu: bool, generate: Generate, tmp_path: Path) -> None:
    infra = generate(cloud=cloud, gpu=gpu) / "infra"

    for name in ENVIRONMENTS:
        here = Terraform(infra / "environments" / name, tmp_path)
        ready, valid = here.init(), here.run("validate", "-no-color")

        assert ready.returncode == 0, ready.stdout
        assert valid.returncode == 0, valid.stdout
    assert (infra / "modules/training-compute").is_dir() == gpu


@pytest.mark.parametrize("cloud", ["aws"], indirect=True)
@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        ("../../modules/serving-namespace/main.tf", "hard =", "hart ="),
        ("../../modules/serving-namespace/main.tf", "kubernetes_limit_range_v1", "kubernetes_limits_v1"),
        ("../../modules/artifact-store/main.tf", 'status = "Enabled"', ""),
        ("../../modules/identity/main.tf", "assume_role_policy =", "assume_policy ="),
        ("main.tf", "local.gpus", "local.gpu"),
    ],
)
def test_terraform_refuses_what_no_provider_knows(environment: Terraform, file: str, right: str, wrong: str) -> None:
    path = environment.folder / file
    original = path.read_text()
    assert right in original
    path.write_text(original.replace(right, wrong))

    valid = environment.run("validate", "-no-color")

    path.write_text(original)
    assert valid.returncode == 1, valid.stdout


def test_environments_differ_in_their_name_and_nowhere_else(infra: Path) -> None:
    folders = {name: infra / "environments" / name for name in ENVIRONMENTS}

    texts = {
        name: {file.name: file.read_text().replace(name, "ENVIRONMENT") for file in folder.glob("*.tf*")}
        for name, folder in folders.items()
    }

    assert texts["dev"] == texts["staging"] == texts["prod"]


def test_each_environment_has_a_state_of_its_own_in_a_place_that_is_named_at_init(infra: Path) -> None:
    for name in ENVIRONMENTS:
        backend = (infra / "environments" / name / "backend.tf").read_text()

        assert re.search(rf'^    (key|prefix) += "fraud-scoring/{name}(\.tfstate)?"$', backend, re.MULTILINE)
        assert not re.search(r"^ +(bucket|storage_account_name|container_name) +=", backend, re.MULTILINE)


def test_an_environment_reads_the_answers_and_what_was_measured(
    environment: Terraform, cloud: str, manifest: Path
) -> None:
    digest = hashlib.sha256(HOSTILE.encode()).hexdigest()

    code, output = plan(
        environment,
        cloud,
        # Text is compared by its digest, so that nothing here is escaped for HCL by hand.
        f'sha256(module.project.annotations["paved-road/description"]) == "{digest}"',
        'module.project.tags["cost-center"] == "0123"',
        "module.project.replica.memory_mib == 300",
        # 12 replicas at half a core and 300 MiB, and room for a training job.
        "module.serving_namespace[0].need == { cpu_cores = 14, memory_mib = 36368 }",
        "output.monthly_cost == 493",
        'local.subject == "acme@1/fraud-scoring@2"',
        prices={"core": 25, "gib": 4},
    )

    assert code == 0, output


def test_an_environment_can_be_set_up_before_the_first_handoff(environment: Terraform, cloud: str) -> None:
    code, output = plan(environment, cloud, "output.namespace == null", serving=False)

    assert code == 0, output


def test_the_cluster_may_run_what_deploy_is_checked_against(infra: Path) -> None:
    module = (infra / "modules/serving-namespace/main.tf").read_text()

    oldest, newest = KUBERNETES[0].removeprefix("1."), KUBERNETES[-1].removeprefix("1.")

    assert f"kubernetes = {{ oldest = {oldest}, newest = {newest} }}" in module


@pytest.mark.parametrize(
    ("cloud", "region"), [("aws", "eu-west-1"), ("gcp", "us-central1"), ("azure", "westus2")], indirect=["cloud"]
)
def test_the_region_is_an_answer_that_the_cloud_has(cloud: str, region: str, generate: Generate) -> None:
    project = generate(cloud=cloud, region=region)

    assert f'region       = "{region}"' in (project / "infra/modules/project/answers.tf").read_text()
    with pytest.raises(ValueError, match=f"region: Frankfurt-1 is no region of {cloud}"):
        generate(cloud=cloud, region="Frankfurt-1")


def test_what_an_environment_is_given_is_described_and_checked(environment: Terraform) -> None:
    code = "\n".join(file.read_text() for file in environment.folder.glob("*.tf"))

    for file in environment.folder.glob("*.tf"):
        for name, each in terraform_contract.blocks(file, "variable").items():
            assert each.get("type") and each.get("description"), name
            handed_on = re.search(rf"^ +\w+ += var\.{name}$", code, re.MULTILINE)  # to a module, which checks it
            assert each.get("validation") or each["type"] == "bool" or handed_on, f"{name} takes anything"
        for name, each in terraform_contract.blocks(file, "output").items():
            assert each.get("description"), name


def test_the_operators_file_names_what_an_environment_cannot_do_without(environment: Terraform) -> None:
    asked = [
        name
        for file in environment.folder.glob("*.tf")
        for name, each in terraform_contract.blocks(file, "variable").items()
        if "default" not in each
    ]

    offered = re.findall(r"^# (\w+) +=", (environment.folder / "terraform.tfvars").read_text(), re.MULTILINE)

    assert set(asked) <= set(offered)


def test_the_quota_has_room_for_what_deploy_asks_for(infra: Path) -> None:
    (most,) = re.findall(r"maxReplicas: (\d+)", (infra.parent / "deploy/sized/kustomization.yaml").read_text())

    project = (infra / "modules/project/main.tf").read_text()
    replicas = terraform_contract.blocks(infra / "environments/prod/variables.tf", "variable")["replicas"]

    assert f"* {sizing.SPARE} * 10) / 10, {sizing.LEAST_CORES})" in project
    assert f"* {sizing.SPARE}), {sizing.LEAST_MIB})" in project
    assert replicas["default"] == int(most)


def test_a_job_may_write_every_kind_that_deploy_has(infra: Path) -> None:
    files = sorted((infra.parent / "deploy").rglob("*.yaml"))
    documents = [each for file in files for each in yaml.safe_load_all(file.read_text()) if "kind" in (each or {})]
    kinds = {(each["apiVersion"].rpartition("/")[0], each["kind"].lower()) for each in documents}
    written = (
        (infra / "modules/serving-namespace/jobs.tf").read_text().partition("  written = {")[2].partition("  }")[0]
    )

    rights = {
        (group, resource)
        for group, resources in re.findall(r'^    "?([a-z0-9.-]*)"? += \[(.*)\]$', written, re.MULTILINE)
        for resource in json.loads(f"[{resources}]")
    }

    asked = {(group, re.sub("y$", "ie", kind) + "s") for group, kind in kinds if "kustomize" not in group}
    assert ("apps", "deployments") in asked
    assert asked <= rights


def test_without_a_cloud_there_is_no_terraform_and_nothing_refers_to_it(generate: Generate) -> None:
    project = generate(cloud="none", gpu=True)

    files = [file for file in project.rglob("*") if file.is_file() and project / "platform" not in file.parents]
    naming = [
        f"{file.relative_to(project)}: {line}"
        for file in files
        for line in file.read_bytes().decode(errors="ignore").splitlines()
        if re.search(r"\binfra/", line) and not re.search("with a cloud", line, re.IGNORECASE)
    ]

    assert not (project / "infra").exists()
    assert naming == []
