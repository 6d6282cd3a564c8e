mock_provider "azurerm" {}

variables {
  name           = "aproject12345678"
  resource_group = "a-project"
  region         = "germanywestcentral"
  tags           = { "cost-center" = "0123" }
}

run "no_password_opens_it" {
  command = plan
  assert {
    condition     = !azurerm_container_registry.this.admin_enabled && !azurerm_container_registry.this.anonymous_pull_enabled
    error_message = "a password, or nothing, would open it"
  }

  assert {
    condition     = azurerm_container_registry.this.public_network_access_enabled
    error_message = "runners of GitHub could not push"
  }
}

run "runners_of_your_own_need_no_public_address" {
  command = plan

  variables {
    public_network = false
  }

  assert {
    condition     = !azurerm_container_registry.this.public_network_access_enabled
    error_message = "it has a public address"
  }
}

run "refuses_name" {
  command = plan

  variables {
    name = "a-b"
  }

  expect_failures = [var.name]
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

run "refuses_untagged_days" {
  command = plan

  variables {
    untagged_days = 0
  }

  expect_failures = [var.untagged_days]
}
