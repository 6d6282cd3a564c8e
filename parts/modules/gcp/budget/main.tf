# Who spends is told before FinOps has to ask: at each threshold, and as soon as the month is likely to exceed the amount.
resource "google_monitoring_notification_channel" "contact" {
  for_each     = toset(var.contacts)
  project      = var.gcp_project
  type         = "email"
  display_name = "${var.name}: the bill"
  labels       = { email_address = each.key }
}

resource "google_billing_budget" "this" {
  billing_account = var.billing_account
  display_name    = var.name

  budget_filter {
    projects        = ["projects/${var.project_number}"]
    labels          = { budget = var.name }
    calendar_period = "MONTH"
  }

  amount {
    specified_amount {
      currency_code = var.currency
      units         = tostring(floor(var.amount))
    }
  }

  dynamic "threshold_rules" {
    for_each = var.thresholds
    content {
      threshold_percent = threshold_rules.value / 100
      spend_basis       = "CURRENT_SPEND"
    }
  }

  threshold_rules {
    threshold_percent = 1
    spend_basis       = "FORECASTED_SPEND"
  }

  all_updates_rule {
    monitoring_notification_channels = [for each in google_monitoring_notification_channel.contact : each.id]
  }
}
