# What a job of a workflow may do in this namespace, and in no other: `plan` sees what this module makes, `deploy` writes
# what deploy/ has. Neither reads a secret. The clouds' own rights for namespaces know no custom resources.
locals {
  seen = {
    ""                          = ["limitranges", "namespaces", "resourcequotas"]
    "rbac.authorization.k8s.io" = ["rolebindings", "roles"]
  }
  watched = {
    ""            = ["events", "pods", "pods/log"]
    apps          = ["replicasets"]
    "argoproj.io" = ["analysisruns"]
  }
  written = {
    ""                      = ["configmaps", "serviceaccounts", "services"]
    apps                    = ["deployments"]
    "argoproj.io"           = ["analysistemplates", "rollouts"]
    autoscaling             = ["horizontalpodautoscalers"]
    batch                   = ["cronjobs", "jobs"]
    "external-secrets.io"   = ["externalsecrets", "secretstores"]
    "monitoring.coreos.com" = ["prometheusrules", "servicemonitors"]
    "networking.k8s.io"     = ["networkpolicies"]
    policy                  = ["poddisruptionbudgets"]
    "ray.io"                = ["rayjobs"]
    "security.istio.io"     = ["authorizationpolicies"]
  }

  look  = ["get", "list", "watch"]
  write = concat(local.look, ["create", "delete", "patch", "update"])
  rules = {
    plan = [for group, resources in local.seen : { group = group, resources = resources, verbs = ["get"] }]
    deploy = concat(
      [for group, resources in local.watched : { group = group, resources = resources, verbs = local.look }],
      [for group, resources in local.written : { group = group, resources = resources, verbs = local.write }],
    )
  }
}

resource "kubernetes_role_v1" "job" {
  for_each = var.jobs

  metadata {
    name      = each.key
    namespace = kubernetes_namespace_v1.this.metadata[0].name
  }

  dynamic "rule" {
    for_each = local.rules[each.key]
    content {
      api_groups = [rule.value.group]
      resources  = rule.value.resources
      verbs      = rule.value.verbs
    }
  }
}

resource "kubernetes_role_binding_v1" "job" {
  for_each = var.jobs

  metadata {
    name      = each.key
    namespace = kubernetes_namespace_v1.this.metadata[0].name
  }

  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "Role"
    name      = kubernetes_role_v1.job[each.key].metadata[0].name
  }

  subject {
    kind      = each.value.kind
    name      = each.value.name
    api_group = "rbac.authorization.k8s.io"
  }
}
