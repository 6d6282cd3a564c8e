output "ruleset" {
  description = "The ruleset's number on GitHub."
  value       = github_repository_ruleset.main.ruleset_id
}

output "environments" {
  description = "Environments that wait for an approval."
  value       = keys(github_repository_environment.this)
}
