output "environment" {
  description = "The environment's name, on GitHub too."
  value       = var.environment
}

output "slug" {
  description = "The project's name in places that allow letters, digits and hyphens; the namespace's name."
  value       = local.slug
}

output "name" {
  description = "The project's name with the environment's."
  value       = local.name
}

output "short_name" {
  description = "The same in at most 22 characters."
  value       = local.short
}

output "annotations" {
  description = "What people read about the project: title, description, repository."
  value = {
    "paved-road/title"       = local.title
    "paved-road/description" = local.description
    "paved-road/repository"  = "https://github.com/${local.organization}/${local.slug}"
  }
}

output "repository" {
  description = "The repository on GitHub, as its tokens name it."
  value       = "${local.organization}/${local.slug}"
}

output "organization" {
  description = "Who owns the repository on GitHub."
  value       = local.organization
}

output "region" {
  description = "Region of the cloud in which everything is."
  value       = local.region
}

output "tags" {
  description = "On everything that costs money: project, environment, cost centre."
  value       = local.tags
}

output "cost_contacts" {
  description = "Who is told of the bill."
  value       = local.addresses

  precondition {
    condition     = local.finops != null
    error_message = "raci.yml has no role finops, so nobody would hear of the bill; add the role, or bring the file back."
  }
  precondition {
    condition     = length(local.addresses) > 0
    error_message = "raci.yml: the role finops has the contact ${try(local.finops.contact, "")}, which is no e-mail address; write one there, or set cost_contacts in infra/environments/${var.environment}/terraform.tfvars."
  }
}

output "secrets" {
  description = "Names of the secrets that deploy/ reads here."
  value       = toset(local.read[*].name)

  precondition {
    condition     = length(local.placeless) == 0
    error_message = "deploy/ reads secrets that have no place (${join(", ", local.placeless)}); add each name to secrets in infra/environments/${var.environment}/terraform.tfvars, and put in its value after the apply."
  }
}

output "replica" {
  description = "What one replica of the server takes: cores and MiB, with room, and the MiB that its contract grants; null where nothing is served."
  value       = var.serving ? local.replica : null

  precondition {
    condition     = !var.serving || fileexists("${var.root}/handoff/manifest.json")
    error_message = "handoff/manifest.json: there is none yet, so nobody knows what the model takes; run `road train` and `road handoff build` and merge the handoff, or set serving = false in infra/environments/${var.environment}/terraform.tfvars until then."
  }
  precondition {
    condition     = !var.serving || !fileexists("${var.root}/handoff/manifest.json") || local.manifest != null
    error_message = "handoff/manifest.json is not JSON; bring it back from git, or run `road handoff build`."
  }
  precondition {
    condition     = !var.serving || local.manifest == null || local.measured != null
    error_message = "handoff/manifest.json has no resource profile (resources, contract.promise.service_level); run `road handoff build`, which measures it."
  }
  precondition {
    condition     = !var.serving || local.measured == null || try(local.measured.memory_mib <= local.allowed.memory_mib, false)
    error_message = "contracts/model.yml allows a replica ${try(local.allowed.memory_mib, "no")} MiB (resources.memory_mib), handoff/manifest.json measured ${try(ceil(local.measured.memory_mib), 0)}; raise the budget in the contract, or hand over a smaller model."
  }
  precondition {
    condition     = !var.serving || local.measured == null || try(local.measured.cpu_cores <= local.allowed.cpu_cores, false)
    error_message = "contracts/model.yml allows a replica ${try(local.allowed.cpu_cores, "no")} cores (resources.cpu_cores), handoff/manifest.json measured ${try(ceil(local.measured.cpu_cores * 100) / 100, 0)} at the promised rate; raise the budget in the contract, or hand over a faster model."
  }
}
