output "gpus" {
  description = "The most GPUs at once; the quota of the namespace follows it."
  value       = var.nodes * var.gpus_per_node
}

output "selector" {
  description = "What a training pod selects a node by, besides tolerating the taint nvidia.com/gpu."
  value       = { "paved-road/training" = var.name }
}
