"""Terraform without its registry: a mirror of stub providers that know the real schemas."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
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
        "@cdktf/provider-kubernetes@12.1.1", "2.38.0", ("namespace-v1", "resource-quota-v1", "limit-range-v1")
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
        ),
    ),
    "google": Provider("@cdktf/provider-google@16.12.1", "6.50.0", ("storage-bucket",)),
    "azurerm": Provider(
        "@cdktf/provider-azurerm@14.23.1",
        "4.55.0",
        ("resource-group", "storage-account", "storage-container", "storage-management-policy"),
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
    """Terraform in one folder, with stub providers kept in `scratch`."""

    def __init__(self, folder: Path, scratch: Path) -> None:
        self.folder = folder
        self.mirror = scratch / "providers"
        configuration = scratch / "terraform.rc"
        configuration.write_text(f'provider_installation {{\n  filesystem_mirror {{ path = "{self.mirror}" }}\n}}\n')
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
        """Lay out the providers that the configuration asks for, and let Terraform install them."""
        python = _protocol_python()
        self.run("get", "-no-color")
        # Terraform names a provider by its registry, and looks for it in the mirror under that name.
        for address in set(re.findall(r"provider\[(\S+)\]", self.run("providers").stdout)):
            name = address.rsplit("/", 1)[1]
            home = self.mirror / address / PROVIDERS[name].version / _platform()
            if not home.is_dir():
                home.mkdir(parents=True)
                (home / "schema.json").write_bytes(schema(name).read_bytes())
                stub = home / f"terraform-provider-{name}_v{PROVIDERS[name].version}"
                stub.write_text(f"#!{python}\n{(HERE / 'provider_stub.py').read_text()}")
                stub.chmod(0o755)
        return self.run("init", "-backend=false", "-no-color", "-input=false")


def _protocol_python() -> Path:
    """A Python with the package that speaks Terraform's protocol; apart, since it needs an older protobuf than ONNX."""
    packages = ["tf==1.2.0"]
    named = needs.cached("terraform-protocol", lambda folder: None, sys.executable, *packages)
    home = named / "venv"  # made where it stays: an environment cannot be moved
    python = home / "bin" / "python"
    if not (home / "ready").is_file():
        uv = needs.program("uv")
        for command in (
            ["venv", "--quiet", "--allow-existing", "--python", sys.executable, str(home)],
            ["pip", "install", "--quiet", "--python", str(python), *packages],
        ):
            done = subprocess.run([uv, *command], capture_output=True, text=True)
            if done.returncode:
                needs.missing(f"uv {command[0]} ({done.stderr.strip()[-200:]})")
        (home / "ready").touch()
    return python


def _platform() -> str:
    version = subprocess.run([needs.program("terraform"), "version"], capture_output=True, text=True, check=True)
    match = re.search(r"^on (\w+)$", version.stdout, re.MULTILINE)
    assert match, version.stdout
    return match.group(1)
