mock_provider "google" {}

variables {
  name           = "a-project-dev"
  gcp_project    = "one-project"
  project_number = "42"
  region         = "europe-west3"
  labels         = { "cost-center" = "0123" }
  names          = ["database-password"]
  namespace      = "a-project"
}

run "one_reader_in_one_namespace" {
  command = plan
  assert {
    condition     = google_secret_manager_secret.this["database-password"].secret_id == "a-project-dev-database-password"
    error_message = "the secret has another name"
  }

  assert {
    condition     = google_secret_manager_secret_iam_member.reader["database-password"].role == "roles/secretmanager.secretAccessor"
    error_message = "the reader may do something else"
  }

  assert {
    condition     = endswith(output.reader, "workloadIdentityPools/one-project.svc.id.goog/subject/ns/a-project/sa/external-secrets")
    error_message = "somebody else reads"
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

run "refuses_project_number" {
  command = plan

  variables {
    project_number = "one"
  }

  expect_failures = [var.project_number]
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

run "refuses_names" {
  command = plan

  variables {
    names = ["a b"]
  }

  expect_failures = [var.names]
}

run "refuses_namespace" {
  command = plan

  variables {
    namespace = "A"
  }

  expect_failures = [var.namespace]
}

run "refuses_service_account" {
  command = plan

  variables {
    service_account = "A"
  }

  expect_failures = [var.service_account]
}
