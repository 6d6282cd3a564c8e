# Who spends is told before FinOps has to ask: at each threshold, and as soon as the month is likely to exceed the amount.
locals {
  # What was measured, at FinOps' prices; 0 while either is unknown.
  cost = try(ceil(var.need.cpu_cores * var.prices.core + var.need.memory_mib / 1024 * var.prices.gib), 0)
}

resource "aws_budgets_budget" "this" {
  name         = var.name
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = tostring(var.amount)
  limit_unit   = "USD"

  cost_filter {
    name   = "TagKeyValue"
    values = [format("user:budget$%s", var.name)] # switched on as a cost allocation tag
  }

  dynamic "notification" {
    for_each = var.thresholds
    content {
      comparison_operator        = "GREATER_THAN"
      notification_type          = "ACTUAL"
      threshold                  = notification.value
      threshold_type             = "PERCENTAGE"
      subscriber_email_addresses = var.contacts
    }
  }

  notification {
    comparison_operator        = "GREATER_THAN"
    notification_type          = "FORECASTED"
    threshold                  = 100
    threshold_type             = "PERCENTAGE"
    subscriber_email_addresses = var.contacts
  }

  lifecycle {
    precondition {
      condition     = var.amount >= local.cost
      error_message = "monthly_budget is ${var.amount}; what handoff/manifest.json measured costs ${local.cost} at these prices, with every replica running. Raise monthly_budget or lower replicas in terraform.tfvars, and tell FinOps."
    }
  }
}
