output "name" {
  description = "What the budget is called where the bill is shown."
  value       = google_billing_budget.this.display_name
}
