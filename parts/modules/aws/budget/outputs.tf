output "name" {
  description = "What the budget is called where the bill is shown."
  value       = aws_budgets_budget.this.name
}
