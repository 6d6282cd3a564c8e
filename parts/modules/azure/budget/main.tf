# Who spends is told before FinOps has to ask: at each threshold, and as soon as the month is likely to exceed the amount.
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
}
