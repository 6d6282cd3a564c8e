output "namespace" {
  description = "Namespace that deploy/ goes to."
  value       = module.namespace.name
}
