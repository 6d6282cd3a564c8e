output "name" {
  description = "What the budget is called where the bill is shown."
  value       = azurerm_consumption_budget_resource_group.this.name
}
