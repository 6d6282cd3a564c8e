mock_provider "aws" {}

variables {
  name         = "a-project-dev"
  cluster_name = "main"
  subnet_ids   = ["subnet-0123abcd"]
}

run "there_is_no_node_while_nothing_trains" {
  command = plan

  variables {
    nodes         = 2
    gpus_per_node = 4
    machine       = "g6.12xlarge"
  }

  assert {
    condition     = aws_eks_node_group.this.scaling_config[0].min_size == 0 && aws_eks_node_group.this.scaling_config[0].desired_size == 0 && aws_eks_node_group.this.scaling_config[0].max_size == 2
    error_message = "nodes would cost while nothing trains"
  }

  assert {
    condition     = one(aws_eks_node_group.this.taint).key == "nvidia.com/gpu" && one(aws_eks_node_group.this.taint).effect == "NO_SCHEDULE"
    error_message = "anything could run on a node with GPUs"
  }

  assert {
    condition     = aws_launch_template.node.metadata_options[0].http_tokens == "required"
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

run "refuses_cluster_name" {
  command = plan

  variables {
    cluster_name = "a/b"
  }

  expect_failures = [var.cluster_name]
}

run "refuses_subnet_ids" {
  command = plan

  variables {
    subnet_ids = []
  }

  expect_failures = [var.subnet_ids]
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
