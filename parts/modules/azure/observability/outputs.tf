output "metrics" {
  description = "Where metrics are read with PromQL."
  value       = azurerm_monitor_workspace.this.query_endpoint
}

output "logs" {
  description = "Where the logs of the cluster go."
  value       = azurerm_log_analytics_workspace.this.id
}
