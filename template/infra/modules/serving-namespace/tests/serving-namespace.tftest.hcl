mock_provider "kubernetes" {}

variables {
  name    = "a-project"
  labels  = { "cost-center" = "0123" }
  replica = { cpu_cores = 0.5, memory_mib = 256 }
}

run "nothing_privileged_runs_in_it" {
  command = plan
  assert {
    condition     = alltrue([for mode in ["enforce", "audit", "warn"] : kubernetes_namespace_v1.this.metadata[0].labels["pod-security.kubernetes.io/${mode}"] == "restricted"])
    error_message = "privileged pods could run"
  }
}

run "the_quota_is_what_was_measured_for_all_replicas_and_a_canary" {
  command = plan

  variables {
    replicas = 3
  }

  assert {
    condition     = kubernetes_resource_quota_v1.this.spec[0].hard["requests.cpu"] == "3000m" && kubernetes_resource_quota_v1.this.spec[0].hard["requests.memory"] == "1536Mi"
    error_message = "6 times half a core and 256 MiB are 3 cores and 1536 MiB"
  }

  assert {
    condition     = kubernetes_resource_quota_v1.this.spec[0].hard["pods"] == "6" && kubernetes_resource_quota_v1.this.spec[0].hard["requests.nvidia.com/gpu"] == "0"
    error_message = "pods or GPUs have no limit"
  }
}

run "a_gpu_brings_room_for_a_training_job" {
  command = plan

  variables {
    replicas = 1
    gpus     = 2
  }

  assert {
    condition     = kubernetes_resource_quota_v1.this.spec[0].hard["requests.nvidia.com/gpu"] == "2" && kubernetes_resource_quota_v1.this.spec[0].hard["requests.cpu"] == "17000m"
    error_message = "a training job would find no room"
  }
}

run "deploying_is_writing_to_this_namespace_only" {
  command = plan

  variables {
    deployers = ["deploy@example.com"]
  }

  assert {
    condition     = kubernetes_role_binding_v1.deployer[0].role_ref[0].name == "edit" && kubernetes_role_binding_v1.deployer[0].subject[0].name == "deploy@example.com"
    error_message = "somebody else could deploy"
  }
}

run "capacity_that_is_enough_is_fine" {
  command = plan

  variables {
    replicas = 1
    capacity = { cpu_cores = 1, memory_mib = 512 }
  }

  assert {
    condition     = length(kubernetes_role_binding_v1.deployer) == 0
    error_message = "nobody was named"
  }
}

run "refuses_annotations" {
  command = plan

  variables {
    annotations = { a = join("", [for each in range(1000) : format("%0300d", each)]) }
  }

  expect_failures = [var.annotations]
}

run "refuses_fewer_cores_than_were_measured" {
  command = plan

  variables {
    replicas = 1
    capacity = { cpu_cores = 0.9, memory_mib = 512 }
  }

  expect_failures = [kubernetes_resource_quota_v1.this]
}

run "refuses_less_memory_than_was_measured" {
  command = plan

  variables {
    replicas = 1
    capacity = { cpu_cores = 1, memory_mib = 511 }
  }

  expect_failures = [kubernetes_resource_quota_v1.this]
}

run "refuses_name" {
  command = plan

  variables {
    name = "A"
  }

  expect_failures = [var.name]
}

run "refuses_labels" {
  command = plan

  variables {
    labels = { team = "a" }
  }

  expect_failures = [var.labels]
}

run "refuses_replica" {
  command = plan

  variables {
    replica = { cpu_cores = 0, memory_mib = 1 }
  }

  expect_failures = [var.replica]
}

run "refuses_replicas" {
  command = plan

  variables {
    replicas = 0
  }

  expect_failures = [var.replicas]
}

run "refuses_capacity" {
  command = plan

  variables {
    capacity = { cpu_cores = 0, memory_mib = 1 }
  }

  expect_failures = [var.capacity]
}

run "refuses_gpus" {
  command = plan

  variables {
    gpus = -1
  }

  expect_failures = [var.gpus]
}

run "refuses_deployers" {
  command = plan

  variables {
    deployers = [" "]
  }

  expect_failures = [var.deployers]
}
