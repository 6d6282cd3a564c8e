mock_provider "google" {}

variables {
  name         = "a-project-dev"
  gcp_project  = "one-project"
  cluster_name = "main"
  location     = "europe-west3"
  labels       = { "cost-center" = "0123" }
}

run "there_is_no_node_while_nothing_trains" {
  command = plan

  variables {
    nodes         = 2
    gpus_per_node = 4
  }

  assert {
    condition     = google_container_node_pool.this.autoscaling[0].total_min_node_count == 0 && google_container_node_pool.this.initial_node_count == 0 && google_container_node_pool.this.autoscaling[0].total_max_node_count == 2
    error_message = "nodes would cost while nothing trains"
  }

  assert {
    condition     = google_container_node_pool.this.node_config[0].taint[0].key == "nvidia.com/gpu" && google_container_node_pool.this.node_config[0].taint[0].effect == "NO_SCHEDULE"
    error_message = "anything could run on a node with GPUs"
  }

  assert {
    condition     = google_container_node_pool.this.node_config[0].workload_metadata_config[0].mode == "GKE_METADATA"
    error_message = "a pod could take the credentials of its node"
  }

  assert {
    condition     = output.gpus == 8
    error_message = "2 nodes with 4 GPUs are 8"
  }
}

run "refuses_name" {
  command = plan

  variables {
    name = "A"
  }

  expect_failures = [var.name]
}

run "refuses_gcp_project" {
  command = plan

  variables {
    gcp_project = "One Project"
  }

  expect_failures = [var.gcp_project]
}

run "refuses_cluster_name" {
  command = plan

  variables {
    cluster_name = "a/b"
  }

  expect_failures = [var.cluster_name]
}

run "refuses_location" {
  command = plan

  variables {
    location = "Frankfurt"
  }

  expect_failures = [var.location]
}

run "refuses_labels" {
  command = plan

  variables {
    labels = { team = "a" }
  }

  expect_failures = [var.labels]
}

run "refuses_accelerator" {
  command = plan

  variables {
    accelerator = "l4"
  }

  expect_failures = [var.accelerator]
}

run "refuses_machine" {
  command = plan

  variables {
    machine = "big"
  }

  expect_failures = [var.machine]
}

run "refuses_gpus_per_node" {
  command = plan

  variables {
    gpus_per_node = 3
  }

  expect_failures = [var.gpus_per_node]
}

run "refuses_nodes" {
  command = plan

  variables {
    nodes = 0
  }

  expect_failures = [var.nodes]
}
