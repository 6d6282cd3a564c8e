mock_provider "aws" {}

variables {
  name     = "a-project-dev"
  amount   = 500
  contacts = ["finops@example.com"]
}

run "tells_before_it_is_spent" {
  command = plan

  variables {
    thresholds = [50, 90]
  }

  assert {
    condition     = length([for each in aws_budgets_budget.this.notification : each if each.notification_type == "ACTUAL"]) == 2 && length([for each in aws_budgets_budget.this.notification : each if each.notification_type == "FORECASTED"]) == 1
    error_message = "somebody is told too late"
  }

  assert {
    condition     = one(aws_budgets_budget.this.cost_filter).values[0] == "user:budget$a-project-dev"
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
