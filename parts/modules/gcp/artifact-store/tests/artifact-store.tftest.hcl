mock_provider "google" {}

variables {
  name   = "a-project-dev-models-one"
  region = "europe-west3"
  labels = { "cost-center" = "0123" }
}

run "keeps_every_version_and_hides_it" {
  command = plan

  variables {
    noncurrent_days = 30
  }

  assert {
    condition     = google_storage_bucket.models.versioning[0].enabled
    error_message = "an overwritten model would be gone"
  }

  assert {
    condition     = google_storage_bucket.models.public_access_prevention == "enforced" && google_storage_bucket.models.uniform_bucket_level_access
    error_message = "the bucket could be public"
  }

  assert {
    condition     = google_storage_bucket.models.labels["cost-center"] == "0123"
    error_message = "nobody would find who pays"
  }
}

run "refuses_name" {
  command = plan

  variables {
    name = "Models!"
  }

  expect_failures = [var.name]
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

run "refuses_noncurrent_days" {
  command = plan

  variables {
    noncurrent_days = 0
  }

  expect_failures = [var.noncurrent_days]
}
