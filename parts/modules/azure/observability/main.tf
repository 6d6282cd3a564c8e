# Where metrics and logs of the service are kept.
resource "azurerm_monitor_workspace" "this" {
  name                          = var.name
  resource_group_name           = var.resource_group
  location                      = var.region
  public_network_access_enabled = var.public_network
  tags                          = var.tags
}

resource "azurerm_log_analytics_workspace" "this" {
  name                         = var.name
  resource_group_name          = var.resource_group
  location                     = var.region
  sku                          = "PerGB2018"
  retention_in_days            = var.log_days
  daily_quota_gb               = var.log_gigabytes
  local_authentication_enabled = false
  tags                         = var.tags
}
