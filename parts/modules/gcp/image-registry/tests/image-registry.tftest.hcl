mock_provider "google" {}

variables {
  name        = "a-project-dev"
  gcp_project = "one-project"
  region      = "europe-west3"
  labels      = { "cost-center" = "0123" }
}

run "a_tag_never_moves" {
  command = plan

  variables {
    untagged_days = 1
  }

  assert {
    condition     = google_artifact_registry_repository.this.docker_config[0].immutable_tags
    error_message = "a tag could move"
  }

  assert {
    condition     = one(google_artifact_registry_repository.this.cleanup_policies).condition[0].older_than == "86400s"
    error_message = "untagged_days is not used"
  }

  assert {
    condition     = output.url == "europe-west3-docker.pkg.dev/one-project/a-project-dev"
    error_message = "the url is another"
  }
}

run "refuses_name" {
  command = plan

  variables {
    name = "A/B"
  }

  expect_failures = [var.name]
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

run "refuses_labels" {
  command = plan

  variables {
    labels = { team = "a" }
  }

  expect_failures = [var.labels]
}

run "refuses_untagged_days" {
  command = plan

  variables {
    untagged_days = 0
  }

  expect_failures = [var.untagged_days]
}
