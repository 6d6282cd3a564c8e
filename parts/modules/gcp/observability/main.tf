# Where the logs of the service are kept. Metrics need nothing here: Google's Managed Prometheus keeps them for two years,
# in the project's own store.
resource "google_logging_project_bucket_config" "this" {
  project        = var.gcp_project
  location       = var.region
  bucket_id      = var.name
  description    = "Logs of ${var.name}."
  retention_days = var.log_days
}

resource "google_logging_project_sink" "this" {
  name                   = var.name
  project                = var.gcp_project
  destination            = "logging.googleapis.com/${google_logging_project_bucket_config.this.id}"
  filter                 = "resource.type=\"k8s_container\" AND resource.labels.namespace_name=\"${var.namespace}\""
  unique_writer_identity = true
}
