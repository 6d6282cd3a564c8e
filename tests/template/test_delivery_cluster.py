"""What a generated repository asks of a cluster and of a cloud, held against Kubernetes' and Terraform's own tools."""

import hashlib
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from tools import needs
from tools.terraform import PROVIDERS, Terraform

Generate = Callable[..., Path]

pytestmark = pytest.mark.xdist_group("cluster")

KUBERNETES = ["1.31", "1.37"]
CLOUDS = ["none", "aws", "gcp", "azure"]
HOSTILE = 'It\'s "a" `b` $HOME ${path.root} %{if true}x%{endif} {{ z }} # é 🙂 \\'

# Text is compared by its digest, so that nothing here is escaped for HCL by hand.
ANSWERS = f"""
variables {{
  gcp_project     = "a-project"
  subscription_id = "00000000-0000-0000-0000-000000000000"
}}
run "answers" {{
  command = plan
  assert {{
    condition     = sha256(local.description) == "{hashlib.sha256(HOSTILE.encode()).hexdigest()}"
    error_message = local.description
  }}
  assert {{
    condition     = local.tags["cost-center"] == "0123" && local.gpu
    error_message = "cost centre and GPU are not the answers"
  }}
}}
run "namespace" {{
  command = plan
  module {{
    source = "./modules/namespace"
  }}
  variables {{
    name   = "a"
    labels = {{}}
    quota  = {{ cpu = "1", memory = "1Gi", pods = 1, gpus = 3 }}
  }}
  assert {{
    condition = alltrue([
      for mode in ["enforce", "audit", "warn"] :
      kubernetes_namespace_v1.this.metadata[0].labels["pod-security.kubernetes.io/${{mode}}"] == "restricted"
    ])
    error_message = "privileged pods could run"
  }}
  assert {{
    condition     = kubernetes_resource_quota_v1.this.spec[0].hard["requests.nvidia.com/gpu"] == "3"
    error_message = "GPUs have no limit"
  }}
}}
"""


# Kubernetes -----------------------------------------------------------------
def build(folder: Path) -> str:
    """What kustomize makes of a folder."""
    kustomize = needs.program("kustomize", "kubectl")
    verb = "build" if Path(kustomize).name == "kustomize" else "kustomize"
    done = subprocess.run([kustomize, verb, "."], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def validate(manifests: Path, version: str) -> tuple[int, str]:
    """Exit code and output of kubernetes-validate; a warning (an unknown kind) counts as a refusal."""
    command = [needs.program("kubernetes-validate"), "--strict", "--kubernetes-version", version, str(manifests)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode or int("WARN" in done.stdout), done.stdout


@pytest.fixture(scope="module")
def manifests(generate: Generate) -> str:
    """The production overlay, built."""
    project = generate(cost_center="0123", container_registry="registry.example.com:5000/ml")
    return build(project / "deploy/overlays/production")


@pytest.fixture(scope="module")
def objects(manifests: str) -> dict[str, dict[str, Any]]:
    """The overlay's objects by kind and name."""
    return {f"{each['kind']}/{each['metadata']['name']}": each for each in yaml.safe_load_all(manifests)}


@pytest.mark.parametrize("version", KUBERNETES)
def test_kubernetes_accepts_every_object(manifests: str, version: str, tmp_path: Path) -> None:
    file = tmp_path / "all.yaml"
    file.write_text(manifests)

    code, output = validate(file, version)

    assert code == 0, output


@pytest.mark.parametrize(
    ("right", "wrong"), [("readinessProbe:", "readynessProbe:"), ("kind: PodDisruptionBudget", "kind: PodBudget")]
)
def test_a_misspelt_field_or_kind_is_refused(manifests: str, right: str, wrong: str, tmp_path: Path) -> None:
    file = tmp_path / "all.yaml"
    file.write_text(manifests.replace(right, wrong))

    code, output = validate(file, KUBERNETES[-1])

    assert code != 0, output


def test_the_pod_fits_a_namespace_with_restricted_security(objects: dict[str, dict[str, Any]]) -> None:
    pod = objects["Deployment/serving"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]

    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_the_pod_runs_the_image_as_the_user_that_the_image_was_built_for(
    generate: Generate, objects: dict[str, dict[str, Any]]
) -> None:
    pod = objects["Deployment/serving"]["spec"]["template"]["spec"]
    user = pod["securityContext"]["runAsUser"]

    assert f"\nUSER {user}:{pod['securityContext']['runAsGroup']}\n" in (generate() / "Dockerfile").read_text()
    assert pod["containers"][0]["image"].startswith("registry.example.com:5000/ml/fraud-scoring:")


def test_nothing_but_requests_to_the_server_goes_in_or_out(objects: dict[str, dict[str, Any]]) -> None:
    closed, opened = (objects[f"NetworkPolicy/{name}"]["spec"] for name in ("default-deny", "serving"))

    assert closed == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert opened["ingress"] == [{"ports": [{"protocol": "TCP", "port": 8000}]}]


def test_every_object_says_what_it_is_who_pays_and_who_operates_it(objects: dict[str, dict[str, Any]]) -> None:
    for name, each in objects.items():
        assert each["metadata"]["namespace"] == "fraud-scoring", name
        assert (
            each["metadata"]["labels"].items()
            >= {
                "app.kubernetes.io/name": "fraud-scoring",
                "cost-center": "0123",
                "owner": "fraud-scoring-operations",
            }.items()
        ), name


def test_every_selector_finds_the_server(objects: dict[str, dict[str, Any]]) -> None:
    labels = objects["Deployment/serving"]["spec"]["template"]["metadata"]["labels"]

    selectors = [
        objects["Deployment/serving"]["spec"]["selector"]["matchLabels"],
        objects["Service/serving"]["spec"]["selector"],
        objects["PodDisruptionBudget/serving"]["spec"]["selector"]["matchLabels"],
        objects["NetworkPolicy/serving"]["spec"]["podSelector"]["matchLabels"],
    ]
    assert all(selector and selector.items() <= labels.items() for selector in selectors)


# Terraform ------------------------------------------------------------------
@pytest.fixture(scope="module", params=CLOUDS)
def terraform(
    request: pytest.FixtureRequest, generate: Generate, tmp_path_factory: pytest.TempPathFactory
) -> Terraform:
    """Terraform in infra/ of a project for one cloud, its providers installed."""
    project = generate(cloud=request.param, gpu=True, description=HOSTILE, cost_center="0123")
    here = Terraform(project / "infra", tmp_path_factory.mktemp("terraform"))
    ready = here.init()
    assert ready.returncode == 0, ready.stdout
    return here


def test_terraform_finds_every_file_well_formatted(terraform: Terraform) -> None:
    formatted = terraform.run("fmt", "-check", "-recursive", "-diff")

    assert formatted.returncode == 0, formatted.stdout


def test_terraform_accepts_the_configuration(terraform: Terraform) -> None:
    valid = terraform.run("validate", "-no-color")

    assert valid.returncode == 0, valid.stdout


@pytest.mark.parametrize("terraform", ["aws"], indirect=True)
@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        ("modules/namespace/main.tf", "hard =", "hart ="),
        ("modules/namespace/main.tf", "kubernetes_limit_range_v1", "kubernetes_limits_v1"),
        ("modules/artifact-store/main.tf", 'status = "Enabled"', ""),
        ("main.tf", "local.gpu", "local.gpus"),
    ],
)
def test_terraform_refuses_what_no_provider_knows(terraform: Terraform, file: str, right: str, wrong: str) -> None:
    path = terraform.folder / file
    original = path.read_text()
    assert right in original
    path.write_text(original.replace(right, wrong))

    valid = terraform.run("validate", "-no-color")

    path.write_text(original)
    assert valid.returncode == 1, valid.stdout


def test_terraform_reads_the_answers_and_guards_the_namespace(terraform: Terraform) -> None:
    providers = terraform.run("providers").stdout
    mocks = [f'mock_provider "{name}" {{}}' for name in PROVIDERS if f"/{name}]" in providers]
    (terraform.folder / "answers.tftest.hcl").write_text("\n".join([*mocks, ANSWERS]))

    terraform.init()
    tested = terraform.run("test", "-no-color")

    (terraform.folder / "answers.tftest.hcl").unlink()
    assert tested.returncode == 0, tested.stdout


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_cloud_adds_one_module_and_none_adds_nothing(generate: Generate, cloud: str) -> None:
    infra = generate(cloud=cloud) / "infra"

    modules = {each.name for each in (infra / "modules").iterdir()}

    assert modules == {"namespace"} | ({"artifact-store", "repository"} if cloud != "none" else set())
    assert (infra / "artifacts.tf").exists() == (cloud != "none")
