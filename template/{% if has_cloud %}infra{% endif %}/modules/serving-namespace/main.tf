# A project's place in the cluster: nothing privileged runs in it, and it cannot use more than its model was measured to
# take.
locals {
  # A canary stands beside the replicas; a training job takes a GPU, and 8 cores and 32 GiB with it.
  servers = 2 * var.replicas
  need = {
    cpu_cores  = local.servers * var.replica.cpu_cores + var.gpus * 8
    memory_mib = local.servers * var.replica.memory_mib + var.gpus * 32768
  }

  # Minor versions that deploy/ is checked against.
  kubernetes = { oldest = 31, newest = 37 }
}

data "kubernetes_server_version" "this" {
  lifecycle {
    postcondition {
      condition     = try(contains(range(local.kubernetes.oldest, local.kubernetes.newest + 1), tonumber(regex("^v?1[.]([0-9]+)", self.version)[0])), false)
      error_message = "The cluster runs Kubernetes ${self.version}; deploy/ is checked against 1.${local.kubernetes.oldest} to 1.${local.kubernetes.newest}. Upgrade a cluster that is older; for a newer one, bring a newer template with `copier update`."
    }
  }
}

resource "kubernetes_namespace_v1" "this" {
  metadata {
    name        = var.name
    annotations = var.annotations
    labels = merge(var.labels, {
      "pod-security.kubernetes.io/enforce" = "restricted"
      "pod-security.kubernetes.io/audit"   = "restricted"
      "pod-security.kubernetes.io/warn"    = "restricted"
    })
  }
}

resource "kubernetes_resource_quota_v1" "this" {
  metadata {
    name      = "project"
    namespace = kubernetes_namespace_v1.this.metadata[0].name
  }

  spec {
    hard = {
      "requests.cpu"            = "${ceil(local.need.cpu_cores * 1000)}m"
      "requests.memory"         = "${ceil(local.need.memory_mib)}Mi"
      "limits.memory"           = "${ceil(local.servers * var.replica.most_memory_mib + var.gpus * 32768)}Mi"
      "pods"                    = tostring(local.servers + var.gpus)
      "requests.nvidia.com/gpu" = tostring(var.gpus)
    }
  }

  lifecycle {
    precondition {
      condition     = try(local.need.cpu_cores <= var.capacity.cpu_cores, var.capacity == null)
      error_message = "capacity gives the namespace ${try(var.capacity.cpu_cores, 0)} cores; ${var.replicas} replicas, their canary and ${var.gpus} GPUs take ${local.need.cpu_cores}, as measured in handoff/manifest.json. Raise capacity or lower replicas in terraform.tfvars."
    }
    precondition {
      condition     = try(local.need.memory_mib <= var.capacity.memory_mib, var.capacity == null)
      error_message = "capacity gives the namespace ${try(var.capacity.memory_mib, 0)} MiB; ${var.replicas} replicas, their canary and ${var.gpus} GPUs take ${local.need.memory_mib}, as measured in handoff/manifest.json. Raise capacity or lower replicas in terraform.tfvars."
    }
  }
}

# What a container gets that does not ask; the quota refuses one that neither asks nor gets.
resource "kubernetes_limit_range_v1" "this" {
  metadata {
    name      = "defaults"
    namespace = kubernetes_namespace_v1.this.metadata[0].name
  }

  spec {
    limit {
      type            = "Container"
      default_request = { cpu = "100m", memory = "256Mi" }
      default         = { memory = "512Mi" }
    }
  }
}
