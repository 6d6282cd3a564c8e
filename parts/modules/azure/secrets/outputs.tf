output "store" {
  description = "What External Secrets is told: the kind of store, and where it is."
  value       = { kind = "azure", vault = azurerm_key_vault.this.vault_uri }
}

output "reader" {
  description = "Client id of the identity that reads the secrets; an annotation of the service account names it."
  value       = azurerm_user_assigned_identity.reader.client_id
}
