"""Terraform without its registry: stub providers that know the real schemas."""

import atexit
import json
import os
import re
import subprocess
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tools import needs, provider_schema

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Provider:
    """Where a provider's schema is found.

    Attributes:
        package: on npm.
        version: of the provider.
        things: the parts that are used.
        newer: blocks that came after the package, by where they stand.
    """

    package: str
    version: str
    things: tuple[str, ...]
    newer: dict[tuple[str, ...], Any] = field(default_factory=dict)


REQUIRED = {"required": True, "optional": False}
# As in the documentation of release 6.11; the package has 6.9.
REQUIRED_REVIEWERS = {
    "nesting": "list",
    "max": 0,
    "min": 0,
    "block": {
        "attributes": {
            "file_patterns": {"type": ["list", "string"], **REQUIRED},
            "minimum_approvals": {"type": "number", **REQUIRED},
        },
        "blocks": {
            "reviewer": {
                "nesting": "list",
                "max": 1,
                "min": 1,
                "block": {
                    "attributes": {"id": {"type": "number", **REQUIRED}, "type": {"type": "string", **REQUIRED}},
                    "blocks": {},
                },
            }
        },
    },
}
PROVIDERS = {
    "github": Provider(
        "@cdktf/provider-github@15.3.1",
        "6.11.0",
        (
            "team-repository",
            "repository-ruleset",
            "repository-environment",
            "repository-environment-deployment-policy",
            "data-github-team",
            "data-github-user",
        ),
        {("github_repository_ruleset", "rules", "pull_request", "required_reviewers"): REQUIRED_REVIEWERS},
    ),
    "kubernetes": Provider(
        "@cdktf/provider-kubernetes@12.1.1",
        "2.38.0",
        (
            "namespace-v1",
            "resource-quota-v1",
            "limit-range-v1",
            "role-v1",
            "role-binding-v1",
            "data-kubernetes-server-version",
        ),
    ),
    "aws": Provider(
        "@cdktf/provider-aws@21.22.1",
        "6.25.0",
        (
            "s3-bucket",
            "s3-bucket-versioning",
            "s3-bucket-server-side-encryption-configuration",
            "s3-bucket-public-access-block",
            "s3-bucket-ownership-controls",
            "s3-bucket-policy",
            "s3-bucket-lifecycle-configuration",
            "data-aws-caller-identity",
            "ecr-repository",
            "ecr-lifecycle-policy",
            "kms-key",
            "secretsmanager-secret",
            "iam-openid-connect-provider",
            "iam-role",
            "iam-role-policy",
            "iam-role-policy-attachment",
            "eks-access-entry",
            "eks-access-policy-association",
            "eks-node-group",
            "eks-pod-identity-association",
            "launch-template",
            "cloudwatch-log-group",
            "prometheus-workspace",
            "prometheus-workspace-configuration",
            "budgets-budget",
        ),
    ),
    "google": Provider(
        "@cdktf/provider-google@16.12.1",
        "6.50.0",
        (
            "storage-bucket",
            "storage-bucket-iam-member",
            "artifact-registry-repository",
            "artifact-registry-repository-iam-member",
            "secret-manager-secret",
            "secret-manager-secret-iam-member",
            "iam-workload-identity-pool",
            "iam-workload-identity-pool-provider",
            "service-account",
            "service-account-iam-member",
            "project-iam-member",
            "project-iam-custom-role",
            "container-node-pool",
            "logging-project-bucket-config",
            "logging-project-sink",
            "billing-budget",
            "monitoring-notification-channel",
            "data-google-project",
        ),
    ),
    "azurerm": Provider(
        "@cdktf/provider-azurerm@14.23.1",
        "4.55.0",
        (
            "resource-group",
            "storage-account",
            "storage-container",
            "storage-management-policy",
            "container-registry",
            "key-vault",
            "user-assigned-identity",
            "federated-identity-credential",
            "role-assignment",
            "kubernetes-cluster-node-pool",
            "monitor-workspace",
            "log-analytics-workspace",
            "consumption-budget-resource-group",
            "data-azurerm-client-config",
            "data-azurerm-kubernetes-cluster",
        ),
    ),
}


def schema(name: str) -> Path:
    """File with a provider's schema; read out of its package once."""
    provider = PROVIDERS[name]

    def fill(folder: Path) -> None:
        needs.npm("pack", provider.package, folder=folder)
        package = next(folder.glob("*.tgz"))
        found = provider_schema.read(package, provider.things)
        for (thing, *within, name), block in provider.newer.items():
            place = found["resource"][thing]
            for each in within:
                place = place["blocks"][each]["block"]
            place["blocks"][name] = block
        (folder / "schema.json").write_text(json.dumps(found))
        package.unlink()

    reader = (HERE / "provider_schema.py").read_text()
    return needs.cached(f"schema-{name}", fill, repr(provider), reader) / "schema.json"


class Terraform:
    """Terraform in one folder, with stub providers that run until the tests end: starting one takes seconds."""

    def __init__(self, folder: Path, scratch: Path) -> None:
        self.folder = folder
        configuration = scratch / "terraform.rc"
        configuration.write_text("")
        self.environment = {**os.environ, "TF_CLI_CONFIG_FILE": str(configuration), "CHECKPOINT_DISABLE": "1"}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command; stdout holds all that it said."""
        return subprocess.run(
            [needs.program("terraform"), *arguments],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def init(self) -> subprocess.CompletedProcess[str]:
        """Say where the providers are that the configuration asks for, and let Terraform look at it."""
        self.run("get", "-no-color")
        running = dict(_running(source) for source in self.providers())
        self.environment["TF_REATTACH_PROVIDERS"] = json.dumps(running)
        return self.run("init", "-backend=false", "-no-color", "-input=false")

    def providers(self) -> set[str]:
        """Sources of the providers that the configuration and its modules require."""
        listed = self.folder / ".terraform" / "modules" / "modules.json"
        modules = json.loads(listed.read_text())["Modules"] if listed.is_file() else [{"Dir": "."}]
        files = [file for module in modules for file in (self.folder / module["Dir"]).glob("*.tf")]
        return {source for file in files for source in re.findall(r'source += "([a-z]+/[a-z]+)"', file.read_text())}


@cache
def _running(source: str) -> tuple[str, dict[str, Any]]:
    """A provider that is started once: its name with the registry in front, and how Terraform reaches it."""
    name = source.rsplit("/", 1)[1]
    # Apart, since it needs an older protobuf than ONNX.
    python = needs.environment("terraform-protocol", "tf==1.2.0") / "python"
    command = [str(python), "-u", str(HERE / "provider_stub.py"), str(schema(name)), "--dev"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    atexit.register(process.kill)
    assert process.stdout
    said = next(line for line in process.stdout if "TF_REATTACH_PROVIDERS" in line)
    reached = json.loads(said[said.index("{") : said.rindex("}") + 1])
    with tempfile.TemporaryDirectory() as folder:
        required = f'terraform {{\nrequired_providers {{\n{name} = {{ source = "{source}" }}\n}}\n}}\n'
        Path(folder, "main.tf").write_text(required)
        here = subprocess.run([needs.program("terraform"), "providers"], cwd=folder, capture_output=True, text=True)
    (address,) = re.findall(r"provider\[(\S+)\]", here.stdout)
    return address, reached["stub"]
