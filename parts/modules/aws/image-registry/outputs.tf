output "url" {
  description = "Where images are pushed to: the part before the slash is the answer `container_registry`."
  value       = aws_ecr_repository.this.repository_url
}

output "arn" {
  description = "The repository, as policies name it."
  value       = aws_ecr_repository.this.arn
}
