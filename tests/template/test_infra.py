"""Terraform of a generated repository: modules that keep their contracts, and environments that compose them."""

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import terraform_contract
import yaml
from paved_road.deployment import sizing
from tools.terraform import Terraform

from tests.template.test_delivery_cluster import KUBERNETES

Generate = Callable[..., Path]
Answer = tuple[int, str]

pytestmark = pytest.mark.xdist_group("infra")

CLOUDS = ["aws", "gcp", "azure"]
MODULES = [
    "artifact-store",
    "budget",
    "cost",
    "identity",
    "image-registry",
    "observability",
    "project",
    "repository",
    "secrets",
    "serving-namespace",
    "training-compute",
]
ENVIRONMENTS = ["dev", "prod", "staging"]
HOSTILE = 'It\'s "a" `b` $HOME ${path.root} %{if true}x%{endif} {{ z }} # é 🙂 \\'

# What an operator writes to terraform.tfvars, and what the cloud answers.
COMMON: dict[str, Any] = {
    "monthly_budget": 500,
    "github_ids": {"owner": 1, "repository": 2},
    "cost_contacts": ["finops@example.com"],
}
CLUSTER = "/subscriptions/x/resourceGroups/y/providers/Microsoft.ContainerService/managedClusters/main"
GIVEN: dict[str, dict[str, Any]] = {
    "aws": {"cluster_name": "main", "training_subnet_ids": ["subnet-0123abcd"]},
    "gcp": {
        "gcp_project": "one-project",
        "billing_account": "012345-6789AB-CDEF01",
        "currency": "EUR",
        "cluster_name": "main",
        "cluster_location": "europe-west3",
    },
    "azure": {
        "subscription_id": "00000000-0000-0000-0000-000000000000",
        "cluster_name": "main",
        "cluster_resource_group": "clusters",
        "budget_first_month": "2026-12",
    },
}
MOCKS = {
    "aws": """
mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::models" }
    override_during = plan
  }
  mock_resource "aws_ecr_repository" {
    defaults = { arn = "arn:aws:ecr:eu-central-1:123456789012:repository/a" }
    override_during = plan
  }
}
""",
    "gcp": """
mock_provider "google" {
  mock_data "google_project" {
    defaults = { number = "42" }
  }
}
""",
    "azure": f"""
mock_provider "azurerm" {{
  mock_data "azurerm_client_config" {{
    defaults = {{ tenant_id = "00000000-0000-0000-0000-000000000000" }}
  }}
  mock_data "azurerm_kubernetes_cluster" {{
    defaults = {{ id = "{CLUSTER}", oidc_issuer_url = "https://issuer.example.com/" }}
  }}
}}
""",
}
CLUSTER_RUNS = """
mock_provider "kubernetes" {
  mock_data "kubernetes_server_version" {
    defaults = { version = "%s" }
  }
}
"""

# A run of a module's own tests that gives a variable a bad value.
REFUSAL = re.compile(r'^run "refuses_(\w+)" \{.*?^  variables \{\n(.*?)^  \}\n', re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module", params=CLOUDS)
def cloud(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def infra(cloud: str, generate: Generate) -> Path:
    """infra/ of a project that trains on GPUs of one cloud."""
    return generate(cloud=cloud, gpu=True, description=HOSTILE, cost_center="0123") / "infra"


@pytest.fixture(scope="module")
def environment(infra: Path, tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    """Terraform in the environment prod, its providers there."""
    here = Terraform(infra / "environments/prod", tmp_path_factory.mktemp("terraform"))
    ready = here.init()
    assert ready.returncode == 0, ready.stdout
    return here


def words(output: str) -> str:
    """What Terraform said, without its frames and line breaks."""
    return " ".join(output.replace("│", " ").replace("╷", " ").replace("╵", " ").split())


# Every file -----------------------------------------------------------------
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


# Modules --------------------------------------------------------------------
def test_there_is_a_module_for_everything_that_is_promised(infra: Path) -> None:
    assert {each.name for each in (infra / "modules").iterdir()} >= set(MODULES)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_holds_its_own_tests(infra: Path, name: str, tmp_path: Path) -> None:
    here = Terraform(infra / "modules" / name, tmp_path)
    ready, tested = here.init(), here.run("test", "-no-color")

    assert ready.returncode == 0, ready.stdout
    assert tested.returncode == 0, tested.stdout
    assert " 0 passed" not in tested.stdout


@pytest.mark.parametrize("name", MODULES)
def test_every_variable_is_typed_described_and_validated(infra: Path, name: str) -> None:
    variables = terraform_contract.blocks(infra / "modules" / name / "variables.tf", "variable")

    for variable, each in variables.items():
        assert each.get("type") and each.get("description"), variable
        assert each.get("validation") or each["type"] == "bool", f"{variable} takes anything"


@pytest.mark.parametrize("name", MODULES)
def test_every_output_is_described(infra: Path, name: str) -> None:
    outputs = terraform_contract.blocks(infra / "modules" / name / "outputs.tf", "output")

    assert outputs
    assert [output for output, each in outputs.items() if not each.get("description")] == []


@pytest.mark.parametrize("name", MODULES)
def test_every_bad_value_is_refused_with_its_message(infra: Path, name: str, tmp_path: Path) -> None:
    module = infra / "modules" / name
    own = (module / f"tests/{name}.tftest.hcl").read_text()
    validated = {
        variable: [terraform_contract.written(rule["error_message"]) for rule in each["validation"]]
        for variable, each in terraform_contract.blocks(module / "variables.tf", "variable").items()
        if each.get("validation")
    }
    refusals = dict(REFUSAL.findall(own))
    assert set(validated) <= set(refusals), "a validation that no test has seen to refuse"

    output = with_all_bad(module, own, "".join(refusals[variable] for variable in validated), tmp_path)

    for variable, messages in validated.items():
        for message in messages:
            for part in re.split(r"\$\{[^}]*\}", message.strip('"')):
                assert " ".join(part.replace('\\"', '"').split()) in output, f"{variable}: {part}"


# A right or a machine that nobody needs, by cloud and module, and what the module's own tests say of it.
PLANTED = {
    "aws": [
        ("identity", '"s3:GetObject", "s3:ListBucket", "s3:PutObject"', '"s3:*"', "a job could do anything"),
        ("identity", '"logs:DescribeLogGroups"', '"logs:*"', "a job could do anything"),
        ("identity", '"kms:GetKeyPolicy"', '"kms:PutKeyPolicy"', "plan could change something"),
        ("identity", '"ecr:PutImage"', '"ecr:DeleteRepository"', "deploy could give itself rights, or delete"),
        ("identity", ":environment:${var.environment}", ":environment:*", "a job of another environment could deploy"),
        ("secrets", '"secretsmanager:DescribeSecret"', '"secretsmanager:*"', "do more than read these secrets"),
        ("training-compute", "min_size     = 0", "min_size = 1", "nodes would cost while nothing trains"),
        ("training-compute", '"NO_SCHEDULE"', '"PREFER_NO_SCHEDULE"', "anything could run on a node with GPUs"),
    ],
    "gcp": [
        ("identity", '"iam.roles.get"', '"iam.roles.update"', "plan could change something"),
        ("identity", "roles/container.clusterViewer", "roles/editor", "deploy could do more in the project"),
        ("training-compute", "total_min_node_count = 0", "total_min_node_count = 1", "cost while nothing trains"),
    ],
    "azure": [
        ("identity", '"AcrPush"', '"Contributor"', "deploy could do more"),
        ("identity", '"Reader"', '"Owner"', "plan could change something"),
        (
            "training-compute",
            "min_count                   = 0",
            "min_count = 1",
            "nodes would cost while nothing trains",
        ),
        ("training-compute", '"nvidia.com/gpu=present:NoSchedule"', "", "anything could run on a node with GPUs"),
    ],
}


def test_a_module_refuses_rights_and_machines_that_nobody_needs(infra: Path, cloud: str, tmp_path: Path) -> None:
    said = [
        (message, own_tests(infra / "modules" / name, right, wrong, tmp_path))
        for name, right, wrong, message in PLANTED[cloud]
    ]

    assert [(message, output) for message, (code, output) in said if code != 1 or message not in output] == []


def own_tests(module: Path, right: str, wrong: str, scratch: Path) -> Answer:
    """How the tests of a module end if its code says something else, and what they say."""
    copied = shutil.copytree(module, scratch / "planted", ignore=shutil.ignore_patterns(".terraform*"))
    code = (copied / "main.tf").read_text()
    assert code.count(right) == 1, right
    (copied / "main.tf").write_text(code.replace(right, wrong))
    here = Terraform(copied, scratch)
    here.init()
    tested = here.run("test", "-no-color")
    shutil.rmtree(copied)
    return tested.returncode, words(tested.stdout)


def with_all_bad(module: Path, own: str, values: str, scratch: Path) -> str:
    """What Terraform says of a module all of whose validated variables have the value that its tests say is refused."""
    copied = shutil.copytree(module, scratch / "module", ignore=shutil.ignore_patterns(".terraform*"))
    head = own.partition("\nrun ")[0]
    (copied / f"tests/{module.name}.tftest.hcl").write_text(
        f'{head}\nrun "all" {{\ncommand = plan\nvariables {{\n{values}}}\n}}\n'
    )
    here = Terraform(copied, scratch)
    here.init()
    return words(here.run("test", "-no-color").stdout)


# Environments ---------------------------------------------------------------
MEASURED = {
    "contract": {
        "promise": {
            "service_level": {"requests_per_second": 50},
            "resources": {"cpu_cores": 1, "memory_mib": 512},
        }
    },
    "resources": {"cpu_seconds_per_request": 0.002, "peak_memory_mib": 200},
}


@pytest.fixture
def manifest(infra: Path) -> Iterator[Path]:
    """The manifest, as if a model had been handed over; taken away afterwards."""
    file = infra.parent / "handoff/manifest.json"
    file.write_text(json.dumps(MEASURED))
    yield file
    file.unlink(missing_ok=True)


def plan(environment: Terraform, cloud: str, *conditions: str, kubernetes: str = "1.34.2", **values: Any) -> Answer:
    """How `terraform test` ends with a plan of the environment in a cluster of this version, and what it says."""
    given = "\n".join(f"{name} = {json.dumps(value)}" for name, value in (COMMON | GIVEN[cloud] | values).items())
    asserted = "\n".join(f'assert {{\ncondition = {each}\nerror_message = "not so"\n}}' for each in conditions)
    run = f'run "plan" {{\ncommand = plan\n{asserted}\n}}\n'
    file = environment.folder / "plan.tftest.hcl"
    file.write_text(f"{MOCKS[cloud]}{CLUSTER_RUNS % kubernetes}variables {{\n{given}\n}}\n{run}")
    done = environment.run("test", "-no-color")
    file.unlink()
    return done.returncode, words(done.stdout)


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


# Without a cloud ------------------------------------------------------------
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
