output "monthly" {
  description = "What everything that is served costs a month at these prices, with every replica running; 0 while nobody knows."
  value       = local.cost
}

output "amount" {
  description = "What the environment may cost a month, once it is known to be enough."
  value       = var.amount

  precondition {
    condition     = var.amount >= local.cost
    error_message = "monthly_budget is ${var.amount}; what handoff/manifest.json measured costs ${local.cost} at these prices, with every replica running. Raise monthly_budget or lower replicas in terraform.tfvars, and tell FinOps."
  }
}
