output "name" {
  description = "The namespace's name, known once it exists."
  value       = kubernetes_namespace_v1.this.metadata[0].name
}

output "need" {
  description = "What all that may run in it takes: cores and MiB."
  value       = local.need
}
