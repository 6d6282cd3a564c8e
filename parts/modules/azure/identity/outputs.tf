output "plan" {
  description = "Client id of jobs that plan: they look, and change nothing."
  value       = azurerm_user_assigned_identity.this["plan"].client_id
}

output "deploy" {
  description = "Client id of jobs that deploy to the environment."
  value       = azurerm_user_assigned_identity.this["deploy"].client_id
}

output "jobs" {
  description = "Who both are in the cluster."
  value       = { for job, identity in azurerm_user_assigned_identity.this : job => { kind = "User", name = identity.principal_id } }
}
