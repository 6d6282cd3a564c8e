# A project's place in the cluster: nothing privileged runs in it, and it cannot use more than its share.
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
      "requests.cpu"            = var.quota.cpu
      "requests.memory"         = var.quota.memory
      "limits.memory"           = var.quota.memory
      "pods"                    = tostring(var.quota.pods)
      "requests.nvidia.com/gpu" = tostring(var.quota.gpus)
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
