# What the repository says of itself: the answers it was generated with, who owns it, and what its model was measured to
# take. Everything else in infra/ gets it from here, so that no figure is written twice.
locals {
  name = "${local.slug}-${var.environment}"

  # For what allows few characters: still unlike any other name.
  short = length(local.name) <= 22 ? local.name : "${trimsuffix(substr(local.name, 0, 15), "-")}-${substr(sha256(local.name), 0, 6)}"

  # On everything that costs money; a budget finds its bill by the last but one.
  tags = {
    project     = local.slug
    environment = var.environment
    cost-center = local.cost_center
    budget      = local.name
    managed-by  = "terraform"
  }
}

# Who owns it: raci.yml
locals {
  raci   = try(yamldecode(file("${var.root}/raci.yml")), null)
  finops = try(local.raci.roles.finops, null)

  # Where the bill's warnings go: to whom the environment names, or else to FinOps.
  addresses = length(var.cost_contacts) > 0 ? var.cost_contacts : [for each in [try(local.finops.contact, "")] : each if can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", each))]
}

# What it takes: handoff/manifest.json
locals {
  manifest = try(jsondecode(file("${var.root}/handoff/manifest.json")), null)
  promise  = try(local.manifest.contract.promise, null)
  measured = try({
    cpu_cores  = local.manifest.resources.cpu_seconds_per_request * local.promise.service_level.requests_per_second
    memory_mib = local.manifest.resources.peak_memory_mib
  }, null)
  allowed = try({
    cpu_cores  = local.promise.resources.cpu_cores
    memory_mib = local.promise.resources.memory_mib
  }, null)

  # Half as much again as was measured, and never less than deploy/sized asks for; it may grow to what the contract grants.
  memory_mib = max(ceil(try(local.measured.memory_mib, 0) * 1.5), 256)
  replica = local.measured == null ? null : {
    cpu_cores       = max(ceil(local.measured.cpu_cores * 1.5 * 10) / 10, 0.5)
    memory_mib      = local.memory_mib
    most_memory_mib = max(local.memory_mib, ceil(try(local.allowed.memory_mib, 0)))
  }
}
