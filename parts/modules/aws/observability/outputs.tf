output "metrics" {
  description = "Where Prometheus writes to."
  value       = "${aws_prometheus_workspace.this.prometheus_endpoint}api/v1/remote_write"
}

output "logs" {
  description = "Where the logs of the server go."
  value       = aws_cloudwatch_log_group.this["serving"].name
}
