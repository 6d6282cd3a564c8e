output "ruleset" {
  description = "The ruleset's number on GitHub."
  value       = github_repository_ruleset.main.ruleset_id
}

output "environments" {
  description = "Environments on GitHub, and whether a release waits there for the approver."
  value       = { for name, each in github_repository_environment.this : name => length(each.reviewers) > 0 }
}
