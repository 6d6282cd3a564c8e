# Who may do what from a workflow, without a key that could leak: GitHub vouches for the job, Google believes it for an
# hour. `plan` looks and changes nothing; `deploy` is only for jobs of one environment, which a person lets through.
locals {
  # Google knows a job by one subject; `plan` has two.
  pool = "principal://iam.googleapis.com/${google_iam_workload_identity_pool.github.name}/subject"
  subjects = {
    "pull request" = { role = "plan", subject = "repo:${var.repository}:pull_request" }
    main           = { role = "plan", subject = "repo:${var.repository}:ref:refs/heads/main" }
    environment    = { role = "deploy", subject = "repo:${var.repository}:environment:${var.environment}" }
  }
  accounts = { for role, account in google_service_account.this : role => "serviceAccount:${account.email}" }
}

resource "google_iam_workload_identity_pool" "github" {
  project                   = var.gcp_project
  workload_identity_pool_id = "github-${var.name}"
  description               = "Jobs of ${var.repository}."
}

resource "google_iam_workload_identity_pool_provider" "github" {
  project                            = var.gcp_project
  workload_identity_pool_id          = google_iam_workload_identity_pool.github.workload_identity_pool_id
  workload_identity_pool_provider_id = "github"
  attribute_mapping = {
    "google.subject"       = "assertion.sub"
    "attribute.repository" = "assertion.repository"
  }
  attribute_condition = join(" || ", [for each in local.subjects : "assertion.sub == '${each.subject}'"])

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

resource "google_service_account" "this" {
  for_each     = toset(["plan", "deploy"])
  project      = var.gcp_project
  account_id   = "${var.name}-${each.key}"
  display_name = "Jobs of ${var.repository} that ${each.key}"
}

resource "google_service_account_iam_member" "job" {
  for_each           = local.subjects
  service_account_id = google_service_account.this[each.value.role].name
  role               = "roles/iam.workloadIdentityUser"
  member             = "${local.pool}/${each.value.subject}"
}

resource "google_project_iam_custom_role" "plan" {
  project = var.gcp_project
  role_id = "${replace(var.name, "-", "_")}_plan"
  title   = "What Terraform compares, for ${var.name}"
  permissions = [
    "artifactregistry.repositories.get", "artifactregistry.repositories.getIamPolicy", "container.clusters.get",
    "iam.roles.get", "iam.serviceAccounts.get", "iam.serviceAccounts.getIamPolicy",
    "iam.workloadIdentityPoolProviders.get", "iam.workloadIdentityPools.get", "logging.buckets.get", "logging.sinks.get",
    "monitoring.notificationChannels.get", "resourcemanager.projects.get", "resourcemanager.projects.getIamPolicy",
    "secretmanager.secrets.get", "secretmanager.secrets.getIamPolicy", "storage.buckets.get",
    "storage.buckets.getIamPolicy",
  ]
}

resource "google_project_iam_member" "plan" {
  project = var.gcp_project
  role    = google_project_iam_custom_role.plan.id
  member  = local.accounts["plan"]
}

resource "google_storage_bucket_iam_member" "state" {
  count  = var.state_bucket == null ? 0 : 1
  bucket = var.state_bucket
  role   = "roles/storage.objectViewer"
  member = local.accounts["plan"]

  condition {
    title      = "this-state"
    expression = "resource.type != 'storage.googleapis.com/Object' || resource.name.startsWith('projects/_/buckets/${var.state_bucket}/objects/${var.state_prefix}')"
  }
}

resource "google_artifact_registry_repository_iam_member" "deploy" {
  project    = var.gcp_project
  location   = var.region
  repository = var.registry
  role       = "roles/artifactregistry.writer"
  member     = local.accounts["deploy"]
}

resource "google_storage_bucket_iam_member" "deploy" {
  for_each = toset(["roles/storage.objectViewer", "roles/storage.objectCreator"])
  bucket   = var.artifact_store
  role     = each.key
  member   = local.accounts["deploy"]
}

# It finds the cluster; in it, the module serving-namespace says what a job may do.
resource "google_project_iam_member" "deploy" {
  project = var.gcp_project
  role    = "roles/container.clusterViewer"
  member  = local.accounts["deploy"]
}
