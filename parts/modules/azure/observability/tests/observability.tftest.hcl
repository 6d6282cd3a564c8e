mock_provider "azurerm" {}

variables {
  name           = "a-project-dev"
  resource_group = "a-project"
  region         = "germanywestcentral"
  tags           = { "cost-center" = "0123" }
}

run "keeps_logs_for_as_long_as_said_and_not_too_many" {
  command = plan

  variables {
    log_days      = 30
    log_gigabytes = 2
  }

  assert {
    condition     = azurerm_log_analytics_workspace.this.retention_in_days == 30 && azurerm_log_analytics_workspace.this.daily_quota_gb == 2
    error_message = "logs stay for another time, or without limit"
  }

  assert {
    condition     = !azurerm_log_analytics_workspace.this.local_authentication_enabled
    error_message = "a key would open it"
  }
}

run "refuses_name" {
  command = plan

  variables {
    name = "A"
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

run "refuses_log_days" {
  command = plan

  variables {
    log_days = 7
  }

  expect_failures = [var.log_days]
}

run "refuses_log_gigabytes" {
  command = plan

  variables {
    log_gigabytes = 0
  }

  expect_failures = [var.log_gigabytes]
}
