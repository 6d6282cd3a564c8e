output "url" {
  description = "Where `road` writes and reads models."
  value       = "abfs://${azurerm_storage_container.models.name}@${azurerm_storage_account.models.name}.dfs.core.windows.net"
}

output "container_id" {
  description = "The container, as role assignments name it."
  value       = azurerm_storage_container.models.id
}
