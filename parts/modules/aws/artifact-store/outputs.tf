output "url" {
  description = "Where `road` writes and reads models."
  value       = "s3://${aws_s3_bucket.models.id}"
}

output "arn" {
  description = "The bucket, as policies name it."
  value       = aws_s3_bucket.models.arn
}
