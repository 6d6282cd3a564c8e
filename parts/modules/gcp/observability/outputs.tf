output "metrics" {
  description = "Where metrics are read with PromQL."
  value       = "https://monitoring.googleapis.com/v1/projects/${var.gcp_project}/location/global/prometheus"
}

output "logs" {
  description = "Where the logs of the namespace go."
  value       = google_logging_project_bucket_config.this.id
}
