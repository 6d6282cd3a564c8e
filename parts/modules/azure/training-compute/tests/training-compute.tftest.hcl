mock_provider "azurerm" {}

variables {
  name       = "a-project-dev"
  cluster_id = "/subscriptions/x/resourceGroups/y/providers/Microsoft.ContainerService/managedClusters/main"
  tags       = { "cost-center" = "0123" }
}

run "there_is_no_node_while_nothing_trains" {
  command = plan

  variables {
    nodes         = 2
    gpus_per_node = 4
  }

  assert {
    condition     = azurerm_kubernetes_cluster_node_pool.this.min_count == 0 && azurerm_kubernetes_cluster_node_pool.this.max_count == 2
    error_message = "nodes would cost while nothing trains"
  }

  assert {
    condition     = contains(azurerm_kubernetes_cluster_node_pool.this.node_taints, "nvidia.com/gpu=present:NoSchedule")
    error_message = "anything could run on a node with GPUs"
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

run "refuses_cluster_id" {
  command = plan

  variables {
    cluster_id = "main"
  }

  expect_failures = [var.cluster_id]
}

run "refuses_subnet_id" {
  command = plan

  variables {
    subnet_id = "main"
  }

  expect_failures = [var.subnet_id]
}

run "refuses_tags" {
  command = plan

  variables {
    tags = { team = "a" }
  }

  expect_failures = [var.tags]
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
