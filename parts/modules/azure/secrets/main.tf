# A vault for secrets, and the one reader of it: External Secrets, in the project's namespace and nowhere else. The names
# of secrets are not listed here: whoever may write to the vault puts in both name and value.
resource "azurerm_key_vault" "this" {
  name                          = var.name
  resource_group_name           = var.resource_group
  location                      = var.region
  tenant_id                     = var.tenant_id
  sku_name                      = "standard"
  rbac_authorization_enabled    = true
  purge_protection_enabled      = true
  soft_delete_retention_days    = 90
  public_network_access_enabled = var.public_network
  tags                          = var.tags

  network_acls {
    bypass                     = "None"
    default_action             = "Deny"
    virtual_network_subnet_ids = var.subnet_ids
  }
}

resource "azurerm_user_assigned_identity" "reader" {
  name                = "${var.name}-reader"
  resource_group_name = var.resource_group
  location            = var.region
  tags                = var.tags
}

resource "azurerm_federated_identity_credential" "reader" {
  name                = "external-secrets"
  resource_group_name = var.resource_group
  parent_id           = azurerm_user_assigned_identity.reader.id
  issuer              = var.cluster_issuer
  subject             = "system:serviceaccount:${var.namespace}:${var.service_account}"
  audience            = ["api://AzureADTokenExchange"]
}

resource "azurerm_role_assignment" "reader" {
  scope                = azurerm_key_vault.this.id
  role_definition_name = "Key Vault Secrets User"
  principal_id         = azurerm_user_assigned_identity.reader.principal_id
  principal_type       = "ServicePrincipal"
}
