output "environments" {
  description = "Environments that wait for an approval."
  value       = module.repository.environments
}
