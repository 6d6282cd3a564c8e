# What a month costs: all that may be served, as it was measured, at the prices of FinOps. It creates nothing.
locals {
  # 0 while either is unknown.
  cost = try(ceil(var.need.cpu_cores * var.prices.core + var.need.memory_mib / 1024 * var.prices.gib), 0)
}
