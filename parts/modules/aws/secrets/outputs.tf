output "store" {
  description = "What External Secrets is told: the kind of store, and what the names in it start with."
  value       = { kind = "aws", prefix = "${var.name}/" }
}

output "reader" {
  description = "Role that reads the secrets."
  value       = aws_iam_role.reader.arn
}
