output "url" {
  description = "Where images are pushed to: it is the answer `container_registry`."
  value       = azurerm_container_registry.this.login_server
}

output "id" {
  description = "The registry, as role assignments name it."
  value       = azurerm_container_registry.this.id
}
