output "url" {
  description = "Where `road` writes and reads models."
  value       = "s3://${aws_s3_bucket.models.id}"
}
