# Who spends is told before FinOps has to ask: at each threshold, and as soon as the month is likely to exceed the amount.
locals {
  # What was measured, at FinOps' prices; 0 while either is unknown.
  cost = try(ceil(var.need.cpu_cores * var.prices.core + var.need.memory_mib / 1024 * var.prices.gib), 0)
}

resource "azurerm_consumption_budget_resource_group" "this" {
  name              = var.name
  resource_group_id = var.resource_group_id
  amount            = var.amount
  time_grain        = "Monthly"

  time_period {
    start_date = "${var.first_month}-01T00:00:00Z"
  }

  dynamic "notification" {
    for_each = var.thresholds
    content {
      operator       = "GreaterThan"
      threshold      = notification.value
      threshold_type = "Actual"
      contact_emails = var.contacts
    }
  }

  notification {
    operator       = "GreaterThan"
    threshold      = 100
    threshold_type = "Forecasted"
    contact_emails = var.contacts
  }

  lifecycle {
    precondition {
      condition     = var.amount >= local.cost
      error_message = "monthly_budget is ${var.amount}; what handoff/manifest.json measured costs ${local.cost} at these prices, with every replica running. Raise monthly_budget or lower replicas in terraform.tfvars, and tell FinOps."
    }
  }
}
