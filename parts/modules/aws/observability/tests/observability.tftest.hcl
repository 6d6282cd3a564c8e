mock_provider "aws" {}

variables {
  name       = "a-project-dev"
  account_id = "123456789012"
  region     = "eu-central-1"
}

run "keeps_metrics_and_logs_for_as_long_as_said" {
  command = plan

  variables {
    log_days    = 731
    metric_days = 30
  }

  assert {
    condition     = alltrue([for each in aws_cloudwatch_log_group.this : each.retention_in_days == 731])
    error_message = "logs stay for another time"
  }

  assert {
    condition     = aws_prometheus_workspace_configuration.this.retention_period_in_days == 30
    error_message = "metrics stay for another time"
  }

  assert {
    condition     = output.logs == "/a-project-dev/serving"
    error_message = "logs go elsewhere"
  }
}

run "refuses_name" {
  command = plan

  variables {
    name = "A"
  }

  expect_failures = [var.name]
}

run "refuses_account_id" {
  command = plan

  variables {
    account_id = "12"
  }

  expect_failures = [var.account_id]
}

run "refuses_region" {
  command = plan

  variables {
    region = "Frankfurt"
  }

  expect_failures = [var.region]
}

run "refuses_log_days" {
  command = plan

  variables {
    log_days = 7
  }

  expect_failures = [var.log_days]
}

run "refuses_metric_days" {
  command = plan

  variables {
    metric_days = 7
  }

  expect_failures = [var.metric_days]
}
