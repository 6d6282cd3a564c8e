"""What a generated repository asks of a cluster, held against Kubernetes' own tools and those of custom resources."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from paved_road.releases.environment import CHAMPION
from tools import custom, needs

Generate = Callable[..., Path]
Objects = dict[str, dict[str, Any]]

pytestmark = pytest.mark.xdist_group("cluster")

KUBERNETES = ["1.31", "1.32", "1.33", "1.34", "1.35", "1.36", "1.37"]
"""Every minor version that its makers or a cloud still mend."""
OVERLAYS = ["dev", "staging", "prod", "everything", "search"]
OWN = {
    "everything": "resources: [../../base]\ncomponents: [../../canary, ../../observed, ../../mesh, ../../secrets]\n",
    "search": "resources: [../tune]\ncomponents: [../../secrets]\n",
}
"""Overlays as an operator would write them."""


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


def is_custom(each: dict[str, Any]) -> bool:
    """Whether Kubernetes itself does not know it: its group is somebody's domain."""
    group = each["apiVersion"].rpartition("/")[0]
    return "." in group and not group.endswith(".k8s.io")


def objects(manifests: str) -> Objects:
    """Objects by kind and name."""
    return {f"{each['kind']}/{each['metadata']['name']}": each for each in yaml.safe_load_all(manifests)}


@pytest.fixture(scope="module", params=["none", "aws", "gcp", "azure"])
def built(request: pytest.FixtureRequest, generate: Generate) -> dict[str, Objects]:
    """The objects of every overlay."""
    project = generate(cloud=request.param, cost_center="0123", container_registry="registry.example.com:5000/ml")
    for name, text in OWN.items():
        (project / "deploy/overlays" / name).mkdir()
        (project / "deploy/overlays" / name / "kustomization.yaml").write_text(text)
    found = {name: objects(build(project / "deploy/overlays" / name)) for name in OVERLAYS}
    if (project / "deploy/namespace").is_dir():
        found["namespace"] = objects(build(project / "deploy/namespace"))
    return found


@pytest.fixture(scope="module")
def prod(generate: Generate) -> Objects:
    """The prod overlay's objects."""
    project = generate(cost_center="0123", container_registry="registry.example.com:5000/ml")
    return objects(build(project / "deploy/overlays/prod"))


def customs(built: dict[str, Objects]) -> Iterator[tuple[str, dict[str, Any]]]:
    for overlay, found in built.items():
        yield from ((f"{overlay}: {name}", each) for name, each in found.items() if is_custom(each))


@pytest.mark.parametrize("version", KUBERNETES)
def test_kubernetes_accepts_every_object(built: dict[str, Objects], version: str, tmp_path: Path) -> None:
    file = tmp_path / "all.yaml"
    file.write_text(
        yaml.safe_dump_all(each for found in built.values() for each in found.values() if not is_custom(each))
    )

    code, output = validate(file, version)

    assert code == 0, output


def test_whoever_made_a_custom_resource_accepts_it(built: dict[str, Objects]) -> None:
    names, found = zip(*customs(built), strict=True)

    refused = {name: said for name, said in zip(names, custom.refusals(found), strict=True) if said}

    assert refused == {}
    assert {each["kind"] for each in found} == {kind for kind, *_ in BROKEN}


@pytest.mark.parametrize(
    ("right", "wrong"), [("readinessProbe", "readynessProbe"), ("kind: PodDisruptionBudget", "kind: PodBudget")]
)
def test_a_misspelt_field_or_kind_is_refused(prod: Objects, right: str, wrong: str, tmp_path: Path) -> None:
    file = tmp_path / "all.yaml"
    plain = yaml.safe_dump_all(each for each in prod.values() if not is_custom(each))
    assert right in plain
    file.write_text(plain.replace(right, wrong))

    code, output = validate(file, KUBERNETES[-1])

    assert code != 0, output


BROKEN = [
    ("Rollout", '"maxSurge"', '"maxSurges"', '"maxSurges"\' does not exist'),
    ("Rollout", '"setWeight": 20', '"setWeight": "a fifth"', "setWeight must be integer"),
    ("AnalysisTemplate", '"failureLimit"', '"failLimit"', '"failLimit"\' does not exist'),
    ("AnalysisTemplate", '"provider"', '"supplier"', "must have required property provider"),
    ("ServiceMonitor", '"podTargetLabels"', '"podLabels"', '"podLabels"\' does not exist'),
    ("ServiceMonitor", '"interval": "15s"', '"interval": "often"', "interval must match pattern"),
    ("PrometheusRule", '"expr"', '"expression"', "must have required property expr"),
    ("PrometheusRule", '"for": "5m"', '"for": "a while"', "for must match pattern"),
    ("SecretStore", '"provider"', '"providers"', "must have required property provider"),
    ("SecretStore", '"serviceAccountRef"', '"serviceAccount"', '"serviceAccount"\' does not exist'),
    ("ExternalSecret", '"remoteRef"', '"remote"', "must have required property remoteRef"),
    ("ExternalSecret", '"refreshInterval"', '"refreshEvery"', '"refreshEvery"\' does not exist'),
    ("AuthorizationPolicy", '"action": "ALLOW"', '"action": "PERMIT"', "action must be equal to one of"),
    ("AuthorizationPolicy", '"selector"', '"selectors"', '"selectors"\' does not exist'),
]


def test_a_wrong_field_of_each_custom_resource_is_refused(built: dict[str, Objects]) -> None:
    whole = {each["kind"]: json.dumps(each) for _, each in customs(built)}
    known = [row for row in BROKEN if row[1] in whole[row[0]] or row[0] != "SecretStore"]  # AWS names no account

    said = custom.refusals([json.loads(whole[kind].replace(right, wrong)) for kind, right, wrong, _ in known])

    assert all(right in whole[kind] for kind, right, *_ in known)
    for (kind, _, wrong, expected), found in zip(known, said, strict=True):
        assert expected in " ".join(found), (kind, wrong, found)


@pytest.mark.parametrize("kind", ["Roll0ut", "Experimental"])
def test_a_custom_resource_that_nobody_defines_is_refused(prod: Objects, kind: str) -> None:
    ((said),) = custom.refusals([prod["Rollout/serving"] | {"kind": kind}])

    assert f"no schema for argoproj.io/v1alpha1 {kind}" in said


# What they say -----------------------------------------------------------------
def test_environments_have_the_names_of_terraforms(generate: Generate) -> None:
    project = generate(cloud="aws")

    overlays = (project / "deploy/overlays").glob("*/kustomization.yaml")
    environments = {file.parent.name for file in overlays if "../../base" in file.read_text()}

    assert environments == {folder.name for folder in (project / "infra/environments").iterdir()}
    assert environments == {"dev", "staging", CHAMPION}


@pytest.mark.parametrize(("overlay", "kind"), [("dev", "Deployment"), ("staging", "Rollout"), ("prod", "Rollout")])
def test_what_is_scaled_is_what_runs(built: dict[str, Objects], overlay: str, kind: str) -> None:
    target = built[overlay]["HorizontalPodAutoscaler/serving"]["spec"]["scaleTargetRef"]

    assert f"{target['kind']}/{target['name']}" == f"{kind}/serving"
    assert target["apiVersion"] == built[overlay][f"{kind}/serving"]["apiVersion"]


def test_a_canary_takes_its_pods_from_the_deployment_and_is_judged_before_each_step_up(prod: Objects) -> None:
    rollout, analysis = prod["Rollout/serving"]["spec"], prod["AnalysisTemplate/canary"]["spec"]
    steps = rollout["strategy"]["canary"]["steps"]

    assert "template" not in rollout and "replicas" not in rollout
    assert f"{rollout['workloadRef']['kind']}/{rollout['workloadRef']['name']}" in prod
    assert [next(iter(step)) for step in steps] == ["setWeight", "analysis"] * 2
    for step in steps[1::2]:
        assert step["analysis"]["templates"] == [{"templateName": "canary"}]
        given = {each["name"] for each in step["analysis"]["args"]}
        assert given == {each["name"] for each in analysis["args"] if "value" not in each}


def test_prometheus_is_told_which_pods_are_the_canarys(prod: Objects) -> None:
    monitor = prod["ServiceMonitor/serving"]["spec"]
    queries = [each["provider"]["prometheus"]["query"] for each in prod["AnalysisTemplate/canary"]["spec"]["metrics"]]

    (label,) = monitor["podTargetLabels"]

    assert all(f'{label.replace("-", "_")}="{{{{args.canary}}}}"' in query for query in queries)
    assert monitor["selector"]["matchLabels"].items() <= prod["Service/serving"]["metadata"]["labels"].items()
    assert monitor["endpoints"][0]["port"] in {each["name"] for each in prod["Service/serving"]["spec"]["ports"]}


def test_the_pod_fits_a_namespace_with_restricted_security(built: dict[str, Objects]) -> None:
    pod = built["prod"]["Deployment/serving"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]

    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    if "namespace" in built:
        labels = built["namespace"]["Namespace/fraud-scoring"]["metadata"]["labels"]
        modes = {f"pod-security.kubernetes.io/{mode}" for mode in ("enforce", "audit", "warn")}
        assert {name for name, level in labels.items() if level == "restricted"} == modes


@pytest.mark.parametrize(("cloud", "made_by"), [("none", "deploy/namespace"), ("aws", "infra")])
def test_a_namespace_is_made_in_one_place(generate: Generate, cloud: str, made_by: str) -> None:
    project = generate(cloud=cloud)

    assert [place for place in ("deploy/namespace", "infra") if (project / place).is_dir()] == [made_by]


def test_a_server_asks_for_what_it_may_take(prod: Objects) -> None:
    (container,) = prod["Deployment/serving"]["spec"]["template"]["spec"]["containers"]

    assert container["resources"] == {"requests": {"cpu": "1000m", "memory": "512Mi"}, "limits": {"memory": "512Mi"}}
    assert container["startupProbe"]["failureThreshold"] == 60
    assert prod["HorizontalPodAutoscaler/serving"]["spec"]["minReplicas"] == 2


def test_the_pod_runs_the_image_as_the_user_that_the_image_was_built_for(generate: Generate, prod: Objects) -> None:
    pod = prod["Deployment/serving"]["spec"]["template"]["spec"]
    user = pod["securityContext"]["runAsUser"]

    assert f"\nUSER {user}:{pod['securityContext']['runAsGroup']}\n" in (generate() / "Dockerfile").read_text()
    assert pod["containers"][0]["image"].startswith("registry.example.com:5000/ml/fraud-scoring:")


def test_nothing_but_requests_to_the_server_goes_in_or_out(prod: Objects) -> None:
    closed, opened = (prod[f"NetworkPolicy/{name}"]["spec"] for name in ("default-deny", "serving"))

    assert closed == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert opened["ingress"] == [{"ports": [{"protocol": "TCP", "port": 8000}]}]


def test_every_object_says_what_it_is_who_pays_and_who_operates_it(built: dict[str, Objects]) -> None:
    for overlay, found in built.items():
        for name, each in found.items():
            if each["kind"] != "Namespace":
                assert each["metadata"]["namespace"] == "fraud-scoring", (overlay, name)
            labels = each["metadata"].get("labels", {})
            assert (
                labels.items()
                >= {
                    "app.kubernetes.io/name": "fraud-scoring",
                    "cost-center": "0123",
                    "owner": "fraud-scoring-operations",
                }.items()
            ), (overlay, name)


def test_every_selector_finds_the_server(built: dict[str, Objects]) -> None:
    found = built["everything"]
    labels = found["Deployment/serving"]["spec"]["template"]["metadata"]["labels"]

    selectors = [
        found["Deployment/serving"]["spec"]["selector"]["matchLabels"],
        found["Service/serving"]["spec"]["selector"],
        found["PodDisruptionBudget/serving"]["spec"]["selector"]["matchLabels"],
        found["NetworkPolicy/serving"]["spec"]["podSelector"]["matchLabels"],
        found["NetworkPolicy/mesh"]["spec"]["podSelector"]["matchLabels"],
        found["AuthorizationPolicy/serving"]["spec"]["selector"]["matchLabels"],
    ]
    assert all(selector and selector.items() <= labels.items() for selector in selectors)


def test_a_job_finds_the_secret_that_is_fetched_for_it(built: dict[str, Objects]) -> None:
    found = built["search"]
    secret, store = found["ExternalSecret/tune"]["spec"], found["SecretStore/secrets"]["spec"]["provider"]
    (container,) = found["Job/tune"]["spec"]["template"]["spec"]["containers"]

    assert secret["secretStoreRef"] == {"kind": "SecretStore", "name": "secrets"}
    assert {"secretRef": {"name": secret["target"]["name"]}} in container["envFrom"]
    assert "serviceAccountRef" not in json.dumps(store) or "ServiceAccount/external-secrets" in found


def test_whoever_has_a_vault_reads_secrets_from_it_on_any_cloud(generate: Generate) -> None:
    project = generate(cloud="aws", vault="https://vault.example.com:8200/teams/ml")
    (project / "deploy/overlays/search").mkdir()
    (project / "deploy/overlays/search/kustomization.yaml").write_text(OWN["search"])

    found = objects(build(project / "deploy/overlays/search"))

    store, read = found["SecretStore/secrets"], found["ExternalSecret/tune"]
    assert custom.refusals([store, read]) == [[], []]
    vault = store["spec"]["provider"]["vault"]
    assert (vault["server"], vault["path"]) == ("https://vault.example.com:8200", "teams/ml")
    assert f"ServiceAccount/{vault['auth']['kubernetes']['serviceAccountRef']['name']}" in found
    assert read["spec"]["data"][0]["remoteRef"] == {"key": "fraud-scoring/tune", "property": "ROAD_TUNE_STORAGE"}
