mock_provider "azurerm" {}

variables {
  name              = "a-project-dev"
  amount            = 500
  contacts          = ["finops@example.com"]
  first_month       = "2026-12"
  resource_group_id = "/subscriptions/x/resourceGroups/a-project"
}

run "tells_before_it_is_spent" {
  command = plan

  variables {
    thresholds = [50, 90]
  }

  assert {
    condition     = length(azurerm_consumption_budget_resource_group.this.notification) == 3
    error_message = "somebody is told too late"
  }

  assert {
    condition     = azurerm_consumption_budget_resource_group.this.time_period[0].start_date == "2026-12-01T00:00:00Z"
    error_message = "the budget starts in another month"
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

run "refuses_first_month" {
  command = plan

  variables {
    first_month = "December"
  }

  expect_failures = [var.first_month]
}

run "refuses_resource_group_id" {
  command = plan

  variables {
    resource_group_id = "a-project"
  }

  expect_failures = [var.resource_group_id]
}
