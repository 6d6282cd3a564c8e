mock_provider "kubernetes" {
  mock_data "kubernetes_server_version" {
    defaults = { version = "1.34.2-eks-0123abc" }
  }
}

variables {
  name    = "a-project"
  labels  = { "cost-center" = "0123" }
  replica = { cpu_cores = 0.5, memory_mib = 256, most_memory_mib = 512 }
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
    condition     = kubernetes_resource_quota_v1.this.spec[0].hard["limits.memory"] == "3072Mi"
    error_message = "a replica could not grow to what its contract grants"
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

run "a_job_does_what_it_is_for_and_reads_no_secret" {
  command = plan

  variables {
    jobs = {
      plan   = { kind = "Group", name = "a-project-plan" }
      deploy = { kind = "User", name = "deploy@example.com" }
    }
  }

  assert {
    condition     = kubernetes_role_binding_v1.job["deploy"].role_ref[0].kind == "Role" && kubernetes_role_binding_v1.job["deploy"].role_ref[0].name == "deploy" && kubernetes_role_binding_v1.job["deploy"].subject[0].name == "deploy@example.com"
    error_message = "somebody else could deploy, or to another namespace"
  }

  assert {
    condition     = alltrue([for each in kubernetes_role_v1.job["plan"].rule : each.verbs == toset(["get"])])
    error_message = "plan could change something"
  }

  assert {
    condition     = !anytrue(flatten([for job in kubernetes_role_v1.job : [for each in job.rule : [for what in setunion(each.api_groups, each.resources, each.verbs) : strcontains(what, "*")]]]))
    error_message = "a right with a star: a job could do anything"
  }

  assert {
    condition     = !anytrue(flatten([for job in kubernetes_role_v1.job : [for each in job.rule : [for what in ["secrets", "pods/exec", "serviceaccounts/token"] : contains(each.resources, what)]]]))
    error_message = "a job could read secrets"
  }

  assert {
    condition     = !anytrue([for each in kubernetes_role_v1.job["deploy"].rule : contains(each.api_groups, "rbac.authorization.k8s.io")])
    error_message = "deploy could give itself rights"
  }
}

run "capacity_that_is_enough_is_fine" {
  command = plan

  variables {
    replicas = 1
    capacity = { cpu_cores = 1, memory_mib = 512 }
  }

  assert {
    condition     = length(kubernetes_role_binding_v1.job) == 0
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

run "refuses_a_cluster_that_is_too_old" {
  command = plan

  override_data {
    target = data.kubernetes_server_version.this
    values = { version = "1.30.9" }
  }

  expect_failures = [data.kubernetes_server_version.this]
}

run "refuses_a_cluster_that_is_newer_than_what_was_checked" {
  command = plan

  override_data {
    target = data.kubernetes_server_version.this
    values = { version = "1.38.0" }
  }

  expect_failures = [data.kubernetes_server_version.this]
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
    replica = { cpu_cores = 0, memory_mib = 1, most_memory_mib = 1 }
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

run "refuses_jobs" {
  command = plan

  variables {
    jobs = { release = { kind = "ServiceAccount", name = " " } }
  }

  expect_failures = [var.jobs]
}
