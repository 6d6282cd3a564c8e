output "url" {
  description = "Where images are pushed to: it is the answer `container_registry`."
  value       = "${var.region}-docker.pkg.dev/${var.gcp_project}/${google_artifact_registry_repository.this.repository_id}"
}

output "repository" {
  description = "The repository's name."
  value       = google_artifact_registry_repository.this.repository_id
}
