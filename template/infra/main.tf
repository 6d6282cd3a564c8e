module "namespace" {
  source = "./modules/namespace"

  name   = local.project
  labels = local.tags
  annotations = {
    "paved-road/title"       = local.title
    "paved-road/description" = local.description
    "paved-road/repository"  = local.repository
  }

  # Without `gpu`, the project may use none.
  quota = merge(var.quota, { gpus = local.gpu ? var.quota.gpus : 0 })
}
