output "environments" {
  description = "Environments on GitHub, and whether a release waits there for the approver."
  value       = module.repository.environments
}
