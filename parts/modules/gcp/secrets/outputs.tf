output "store" {
  description = "What External Secrets is told: the kind of store, and what the names in it start with."
  value       = { kind = "gcp", prefix = "${var.name}-" }
}

output "reader" {
  description = "Identity that reads the secrets."
  value       = local.reader
}
