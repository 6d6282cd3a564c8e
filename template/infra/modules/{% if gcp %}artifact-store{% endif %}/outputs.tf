output "url" {
  description = "Where `road` writes and reads models."
  value       = google_storage_bucket.models.url
}
