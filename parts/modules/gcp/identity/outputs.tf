output "provider" {
  description = "What a workflow names to log in."
  value       = google_iam_workload_identity_pool_provider.github.name
}

output "plan" {
  description = "Service account of jobs that plan: it looks, and changes nothing."
  value       = google_service_account.this["plan"].email
}

output "deploy" {
  description = "Service account of jobs that deploy to the environment."
  value       = google_service_account.this["deploy"].email
}

output "jobs" {
  description = "Who both are in the cluster."
  value       = { for job, account in google_service_account.this : job => { kind = "User", name = account.email } }
}
