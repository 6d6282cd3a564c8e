output "cost" {
  description = "What everything that is served costs a month at these prices, with every replica running; 0 while nobody knows."
  value       = local.cost
}
