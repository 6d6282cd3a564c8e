"""A plan of an environment, as `terraform test` makes it: what an operator writes, what cloud and cluster answer."""

import json
from typing import Any

from tools.terraform import Terraform

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

MEASURED = {
    "contract": {
        "promise": {
            "service_level": {"requests_per_second": 50},
            "resources": {"cpu_cores": 1, "memory_mib": 512},
        }
    },
    "resources": {"cpu_seconds_per_request": 0.002, "peak_memory_mib": 200},
}
"""The manifest, as if a model had been handed over."""


def words(output: str) -> str:
    """What Terraform said, without its frames and line breaks."""
    return " ".join(output.replace("│", " ").replace("╷", " ").replace("╵", " ").split())


def plan(
    environment: Terraform, cloud: str, *conditions: str, kubernetes: str = "1.34.2", **values: Any
) -> tuple[int, str]:
    """How `terraform test` ends with a plan of the environment in a cluster of this version, and what it says."""
    given = "\n".join(f"{name} = {json.dumps(value)}" for name, value in (COMMON | GIVEN[cloud] | values).items())
    asserted = "\n".join(f'assert {{\ncondition = {each}\nerror_message = "not so"\n}}' for each in conditions)
    run = f'run "plan" {{\ncommand = plan\n{asserted}\n}}\n'
    file = environment.folder / "plan.tftest.hcl"
    file.write_text(f"{MOCKS[cloud]}{CLUSTER_RUNS % kubernetes}variables {{\n{given}\n}}\n{run}")
    done = environment.run("test", "-no-color")
    file.unlink()
    return done.returncode, words(done.stdout)
