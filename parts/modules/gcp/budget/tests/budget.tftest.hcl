mock_provider "google" {}

variables {
  name            = "a-project-dev"
  amount          = 500
  contacts        = ["finops@example.com"]
  currency        = "EUR"
  billing_account = "012345-6789AB-CDEF01"
  gcp_project     = "one-project"
  project_number  = "42"
}

run "tells_before_it_is_spent" {
  command = plan

  variables {
    thresholds = [50, 90]
  }

  assert {
    condition     = length(google_billing_budget.this.threshold_rules) == 3 && google_billing_budget.this.threshold_rules[2].spend_basis == "FORECASTED_SPEND"
    error_message = "somebody is told too late"
  }

  assert {
    condition     = google_billing_budget.this.budget_filter[0].labels["budget"] == "a-project-dev"
    error_message = "the bill of others is counted too"
  }
}

run "refuses_name" {
  command = plan

  variables {
    name = "A"
  }

  expect_failures = [var.name]
}

run "refuses_amount" {
  command = plan

  variables {
    amount = 0
  }

  expect_failures = [var.amount]
}

run "refuses_contacts" {
  command = plan

  variables {
    contacts = ["finops"]
  }

  expect_failures = [var.contacts]
}

run "refuses_thresholds" {
  command = plan

  variables {
    thresholds = []
  }

  expect_failures = [var.thresholds]
}

run "refuses_currency" {
  command = plan

  variables {
    currency = "euro"
  }

  expect_failures = [var.currency]
}

run "refuses_billing_account" {
  command = plan

  variables {
    billing_account = "mine"
  }

  expect_failures = [var.billing_account]
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
