# Places for secrets, and the one reader of them: External Secrets, in the project's namespace and nowhere else.
locals {
  reader = "principal://iam.googleapis.com/projects/${var.project_number}/locations/global/workloadIdentityPools/${var.gcp_project}.svc.id.goog/subject/ns/${var.namespace}/sa/${var.service_account}"
}

resource "google_secret_manager_secret" "this" {
  for_each            = var.names
  project             = var.gcp_project
  secret_id           = "${var.name}-${each.key}"
  labels              = var.labels
  deletion_protection = true
  version_destroy_ttl = "${30 * 86400}s"

  replication {
    user_managed {
      replicas {
        location = var.region
      }
    }
  }
}

resource "google_secret_manager_secret_iam_member" "reader" {
  for_each  = google_secret_manager_secret.this
  project   = var.gcp_project
  secret_id = each.value.secret_id
  role      = "roles/secretmanager.secretAccessor"
  member    = local.reader
}
