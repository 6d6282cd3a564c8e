mock_provider "google" {}

variables {
  name           = "a-project-prod"
  repository     = "an-owner@1/a-project@2"
  environment    = "prod"
  gcp_project    = "one-project"
  region         = "europe-west3"
  artifact_store = "models"
  registry       = "a-project"
  state_bucket   = "states"
  state_prefix   = "a-project/prod"
}

run "deploy_is_bound_to_its_environment" {
  command = plan
  assert {
    condition     = toset(split(" || ", google_iam_workload_identity_pool_provider.github.attribute_condition)) == toset([for each in ["environment:prod", "pull_request", "ref:refs/heads/main"] : "assertion.sub == 'repo:an-owner@1/a-project@2:${each}'"])
    error_message = "another repository would be let in"
  }

  assert {
    condition     = local.subjects.environment == { role = "deploy", subject = "repo:an-owner@1/a-project@2:environment:prod" } && length([for each in local.subjects : each if each.role == "deploy"]) == 1
    error_message = "a job of another environment could deploy"
  }
}

run "plan_only_looks" {
  command = plan
  assert {
    condition     = alltrue([for each in google_project_iam_custom_role.plan.permissions : can(regex("[.](get|getIamPolicy|list)$", each))])
    error_message = "plan could change something"
  }

  assert {
    condition     = google_storage_bucket_iam_member.state[0].role == "roles/storage.objectViewer" && strcontains(google_storage_bucket_iam_member.state[0].condition[0].expression, "/objects/a-project/prod")
    error_message = "plan could read the states of others"
  }
}

run "deploy_changes_no_rights_and_deletes_nothing" {
  command = plan
  assert {
    condition     = google_project_iam_member.deploy.role == "roles/container.clusterViewer"
    error_message = "deploy could do more in the project"
  }

  assert {
    condition     = toset([for each in google_storage_bucket_iam_member.deploy : each.role]) == toset(["roles/storage.objectViewer", "roles/storage.objectCreator"])
    error_message = "deploy could delete models"
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

run "refuses_gcp_project" {
  command = plan

  variables {
    gcp_project = "One Project"
  }

  expect_failures = [var.gcp_project]
}

run "refuses_region" {
  command = plan

  variables {
    region = "Frankfurt"
  }

  expect_failures = [var.region]
}

run "refuses_artifact_store" {
  command = plan

  variables {
    artifact_store = "gs://models"
  }

  expect_failures = [var.artifact_store]
}

run "refuses_registry" {
  command = plan

  variables {
    registry = "host/a"
  }

  expect_failures = [var.registry]
}

run "refuses_state_bucket" {
  command = plan

  variables {
    state_bucket = "a"
  }

  expect_failures = [var.state_bucket]
}

run "refuses_state_prefix" {
  command = plan

  variables {
    state_prefix = ""
  }

  expect_failures = [var.state_prefix]
}
