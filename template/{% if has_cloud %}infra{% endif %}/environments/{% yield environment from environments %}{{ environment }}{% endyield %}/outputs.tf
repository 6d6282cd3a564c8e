output "namespace" {
  description = "Namespace that deploy/ goes to; none while nothing is served."
  value       = one(module.serving_namespace[*].name)
}

output "monthly_cost" {
  description = "What all that may be served costs a month, at the prices of FinOps; 0 while nobody knows."
  value       = module.cost.monthly
}

output "artifact_store" {
  description = "Value of `artifact_store` in pyproject.toml's [tool.paved-road]."
  value       = module.artifact_store.url
}

output "registry" {
  description = "Where serving images are pushed to."
  value       = module.image_registry.url
}

output "secrets" {
  description = "What External Secrets is told."
  value       = module.secrets.store
}

output "plan_identity" {
  description = "What jobs that plan log in as."
  value       = module.identity.plan
}

output "deploy_identity" {
  description = "What jobs that deploy to this environment log in as."
  value       = module.identity.deploy
}

output "metrics" {
  description = "Where metrics are read or written."
  value       = module.observability.metrics
}

output "logs" {
  description = "Where logs are."
  value       = module.observability.logs
}
