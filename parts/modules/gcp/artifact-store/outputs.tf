output "url" {
  description = "Where `road` writes and reads models."
  value       = google_storage_bucket.models.url
}

output "bucket" {
  description = "The bucket's name."
  value       = google_storage_bucket.models.name
}
