# Nodes with GPUs, for training only: the taint keeps everything else away, and while nothing trains there is no node.
resource "google_service_account" "node" {
  project      = var.gcp_project
  account_id   = "${var.name}-gpu"
  display_name = "Nodes with GPUs of ${var.name}"
}

resource "google_project_iam_member" "node" {
  for_each = toset(["roles/container.defaultNodeServiceAccount", "roles/artifactregistry.reader"])
  project  = var.gcp_project
  role     = each.key
  member   = "serviceAccount:${google_service_account.node.email}"
}

resource "google_container_node_pool" "this" {
  name               = "${var.name}-gpu"
  project            = var.gcp_project
  cluster            = var.cluster_name
  location           = var.location
  initial_node_count = 0

  autoscaling {
    total_min_node_count = 0
    total_max_node_count = var.nodes
    location_policy      = "ANY"
  }

  management {
    auto_repair  = true
    auto_upgrade = true
  }

  node_config {
    machine_type    = var.machine
    image_type      = "COS_CONTAINERD"
    disk_size_gb    = 200
    service_account = google_service_account.node.email
    oauth_scopes    = ["https://www.googleapis.com/auth/cloud-platform"]
    labels          = { "paved-road/training" = var.name }
    resource_labels = var.labels
    metadata        = { disable-legacy-endpoints = "true" }

    guest_accelerator {
      type  = var.accelerator
      count = var.gpus_per_node

      gpu_driver_installation_config {
        gpu_driver_version = "DEFAULT"
      }
    }

    taint {
      key    = "nvidia.com/gpu"
      value  = "present"
      effect = "NO_SCHEDULE"
    }

    shielded_instance_config {
      enable_secure_boot          = true
      enable_integrity_monitoring = true
    }

    workload_metadata_config {
      mode = "GKE_METADATA"
    }
  }

  lifecycle {
    ignore_changes = [initial_node_count]
  }
}
