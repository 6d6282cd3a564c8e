# Who may do what from a workflow, without a key that could leak: GitHub vouches for the job, Azure believes it for an
# hour. `plan` looks and changes nothing; `deploy` is only for jobs of one environment, which a person lets through.
locals {
  namespace = "${var.cluster_id}/namespaces/${var.namespace}"
  subjects = {
    pull-request = { role = "plan", subject = "repo:${var.repository}:pull_request" }
    main         = { role = "plan", subject = "repo:${var.repository}:ref:refs/heads/main" }
    environment  = { role = "deploy", subject = "repo:${var.repository}:environment:${var.environment}" }
  }
  rights = merge({
    look   = { role = "plan", scope = var.resource_group_id, right = "Reader" }
    images = { role = "deploy", scope = var.registry_id, right = "AcrPush" }
    models = { role = "deploy", scope = var.artifact_store_id, right = "Storage Blob Data Contributor" }

    # Both find the cluster. In it, the module serving-namespace says what a job may do; a cluster with Azure RBAC asks
    # Azure as well.
    find  = { role = "plan", scope = var.cluster_id, right = "Azure Kubernetes Service Cluster User Role" }
    enter = { role = "deploy", scope = var.cluster_id, right = "Azure Kubernetes Service Cluster User Role" }
    see   = { role = "plan", scope = local.namespace, right = "Azure Kubernetes Service RBAC Reader" }
    write = { role = "deploy", scope = local.namespace, right = "Azure Kubernetes Service RBAC Writer" }
    }, var.state_container_id == null ? {} : {
    state = { role = "plan", scope = var.state_container_id, right = "Storage Blob Data Reader" }
  })
}

resource "azurerm_user_assigned_identity" "this" {
  for_each            = toset(["plan", "deploy"])
  name                = "${var.name}-${each.key}"
  resource_group_name = var.resource_group
  location            = var.region
  tags                = var.tags
}

resource "azurerm_federated_identity_credential" "job" {
  for_each            = local.subjects
  name                = each.key
  resource_group_name = var.resource_group
  parent_id           = azurerm_user_assigned_identity.this[each.value.role].id
  issuer              = "https://token.actions.githubusercontent.com"
  subject             = each.value.subject
  audience            = ["api://AzureADTokenExchange"]
}

resource "azurerm_role_assignment" "this" {
  for_each             = local.rights
  scope                = each.value.scope
  role_definition_name = each.value.right
  principal_id         = azurerm_user_assigned_identity.this[each.value.role].principal_id
  principal_type       = "ServicePrincipal"
}
