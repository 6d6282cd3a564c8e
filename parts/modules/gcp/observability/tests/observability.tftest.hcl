mock_provider "google" {}

variables {
  name        = "a-project-dev"
  gcp_project = "one-project"
  region      = "europe-west3"
  namespace   = "a-project"
}

run "keeps_the_logs_of_one_namespace" {
  command = plan

  variables {
    log_days = 30
  }

  assert {
    condition     = google_logging_project_bucket_config.this.retention_days == 30
    error_message = "logs stay for another time"
  }

  assert {
    condition     = strcontains(google_logging_project_sink.this.filter, "namespace_name=\"a-project\"")
    error_message = "logs of others are kept too"
  }
}

run "refuses_name" {
  command = plan

  variables {
    name = "A"
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

run "refuses_namespace" {
  command = plan

  variables {
    namespace = "A"
  }

  expect_failures = [var.namespace]
}

run "refuses_log_days" {
  command = plan

  variables {
    log_days = 0
  }

  expect_failures = [var.log_days]
}
