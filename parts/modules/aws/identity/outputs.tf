output "plan" {
  description = "Role of jobs that plan: it looks, and changes nothing."
  value       = aws_iam_role.this["plan"].arn
}

output "deploy" {
  description = "Role of jobs that deploy to the environment."
  value       = aws_iam_role.this["deploy"].arn
}

output "jobs" {
  description = "Who both are in the cluster."
  value       = { for job in keys(local.subjects) : job => { kind = "Group", name = "${var.name}-${job}" } }
}
