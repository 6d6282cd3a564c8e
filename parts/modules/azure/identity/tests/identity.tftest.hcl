mock_provider "azurerm" {}

variables {
  name               = "a-project-prod"
  repository         = "an-owner@1/a-project@2"
  environment        = "prod"
  resource_group     = "a-project"
  region             = "germanywestcentral"
  tags               = { "cost-center" = "0123" }
  resource_group_id  = "/subscriptions/x/resourceGroups/y"
  cluster_id         = "/subscriptions/x/resourceGroups/y/providers/Microsoft.ContainerService/managedClusters/main"
  namespace          = "a-project"
  artifact_store_id  = "/subscriptions/x/resourceGroups/y/providers/Microsoft.Storage/storageAccounts/a/blobServices/default/containers/models"
  registry_id        = "/subscriptions/x/resourceGroups/y/providers/Microsoft.ContainerRegistry/registries/a"
  state_container_id = "/subscriptions/x/resourceGroups/y/providers/Microsoft.Storage/storageAccounts/s/blobServices/default/containers/states"
}

run "deploy_is_bound_to_its_environment" {
  command = plan
  assert {
    condition     = azurerm_federated_identity_credential.job["environment"].subject == "repo:an-owner@1/a-project@2:environment:prod" && length([for each in local.subjects : each if each.role == "deploy"]) == 1
    error_message = "a job of another environment could deploy"
  }
}

run "plan_only_looks" {
  command = plan
  assert {
    condition     = toset([for each in local.rights : each.right if each.role == "plan"]) == toset(["Reader", "Storage Blob Data Reader", "Azure Kubernetes Service Cluster User Role", "Azure Kubernetes Service RBAC Reader"])
    error_message = "plan could change something"
  }

  assert {
    condition     = endswith(azurerm_role_assignment.this["see"].scope, "/managedClusters/main/namespaces/a-project")
    error_message = "plan could look at the namespaces of others"
  }
}

run "deploy_changes_no_rights_and_one_namespace_only" {
  command = plan
  assert {
    condition     = toset([for each in local.rights : each.right if each.role == "deploy"]) == toset(["AcrPush", "Storage Blob Data Contributor", "Azure Kubernetes Service Cluster User Role", "Azure Kubernetes Service RBAC Writer"])
    error_message = "deploy could do more"
  }

  assert {
    condition     = endswith(azurerm_role_assignment.this["write"].scope, "/managedClusters/main/namespaces/a-project")
    error_message = "deploy could write to the namespaces of others"
  }
}

run "refuses_name" {
  command = plan

  variables {
    name = "A"
  }

  expect_failures = [var.name]
}

run "refuses_repository" {
  command = plan

  variables {
    repository = "an-owner/*"
  }

  expect_failures = [var.repository]
}

run "refuses_environment" {
  command = plan

  variables {
    environment = "production"
  }

  expect_failures = [var.environment]
}

run "refuses_resource_group" {
  command = plan

  variables {
    resource_group = "/subscriptions/x"
  }

  expect_failures = [var.resource_group]
}

run "refuses_region" {
  command = plan

  variables {
    region = "Germany West"
  }

  expect_failures = [var.region]
}

run "refuses_tags" {
  command = plan

  variables {
    tags = { team = "a" }
  }

  expect_failures = [var.tags]
}

run "refuses_resource_group_id" {
  command = plan

  variables {
    resource_group_id = "y"
  }

  expect_failures = [var.resource_group_id]
}

run "refuses_cluster_id" {
  command = plan

  variables {
    cluster_id = "main"
  }

  expect_failures = [var.cluster_id]
}

run "refuses_namespace" {
  command = plan

  variables {
    namespace = "A"
  }

  expect_failures = [var.namespace]
}

run "refuses_artifact_store_id" {
  command = plan

  variables {
    artifact_store_id = "models"
  }

  expect_failures = [var.artifact_store_id]
}

run "refuses_registry_id" {
  command = plan

  variables {
    registry_id = "a"
  }

  expect_failures = [var.registry_id]
}

run "refuses_state_container_id" {
  command = plan

  variables {
    state_container_id = "states"
  }

  expect_failures = [var.state_container_id]
}
