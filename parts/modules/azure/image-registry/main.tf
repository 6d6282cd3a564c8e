# Where serving images are kept: no password opens it, a copy lies in every zone, what nobody tagged is forgotten.
resource "azurerm_container_registry" "this" {
  name                          = var.name
  resource_group_name           = var.resource_group
  location                      = var.region
  sku                           = "Premium"
  admin_enabled                 = false
  anonymous_pull_enabled        = false
  public_network_access_enabled = var.public_network
  data_endpoint_enabled         = true
  zone_redundancy_enabled       = true
  retention_policy_in_days      = var.untagged_days
  tags                          = var.tags

  lifecycle {
    prevent_destroy = true
  }
}
