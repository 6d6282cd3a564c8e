# The platform's: replaced by `copier update`. What is the same on every cloud; cloud.tf has the rest.
module "project" {
  source = "../../modules/project"

  root          = "${path.root}/../../.."
  environment   = local.environment
  serving       = var.serving
  cost_contacts = var.cost_contacts
  secrets       = local.secrets
}

module "serving_namespace" {
  source = "../../modules/serving-namespace"
  count  = var.serving ? 1 : 0

  name        = module.project.slug
  labels      = module.project.tags
  annotations = module.project.annotations
  replica     = module.project.replica
  replicas    = var.replicas
  capacity    = var.capacity
  gpus        = local.gpus
  jobs        = module.identity.jobs
}

module "cost" {
  source = "../../modules/cost"

  amount = var.monthly_budget
  need   = one(module.serving_namespace[*].need)
  prices = var.prices
}

locals {
  # The repository, as the subject of GitHub's tokens names it.
  subject = var.github_ids == null ? module.project.repository : format("%s@%d/%s@%d", module.project.organization, var.github_ids.owner, module.project.slug, var.github_ids.repository)
}
