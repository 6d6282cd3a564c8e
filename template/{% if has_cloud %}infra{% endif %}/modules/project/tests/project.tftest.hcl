variables {
  root        = "./tests/measured"
  environment = "prod"
}

run "a_replica_takes_half_as_much_again_as_was_measured" {
  command = plan

  assert {
    condition     = output.replica == { cpu_cores = 0.5, memory_mib = 300, most_memory_mib = 512 }
    error_message = "200 MiB and a half are 300; fewer than half a core is not asked for"
  }
  assert {
    condition     = join(" ", output.cost_contacts) == "finops@example.com"
    error_message = "FinOps is not told"
  }
  assert {
    condition     = output.name == "${output.slug}-prod" && output.tags["environment"] == "prod" && length(output.short_name) <= 22
    error_message = "the names are others"
  }
}

run "nothing_is_measured_where_nothing_is_served" {
  command = plan

  variables {
    root          = "./tests/unread"
    serving       = false
    cost_contacts = ["finops@example.com"]
  }

  assert {
    condition     = output.replica == null && join(" ", output.cost_contacts) == "finops@example.com"
    error_message = "a replica out of nowhere, or FinOps is not told"
  }
}

run "knows_the_secrets_that_deploy_reads_in_this_environment" {
  command = plan

  variables {
    secrets = ["database-password", "features", "another"]
  }

  assert {
    condition     = output.secrets == toset(["database-password", "features"])
    error_message = "it reads others"
  }
}

run "refuses_a_secret_that_has_no_place" {
  command = plan

  variables {
    secrets = ["features"]
  }

  expect_failures = [output.secrets]
}

run "refuses_a_repository_without_a_manifest" {
  command = plan

  variables {
    root          = "./tests/unread"
    cost_contacts = ["finops@example.com"]
  }

  expect_failures = [output.replica]
}

run "refuses_a_manifest_that_is_no_json" {
  command = plan

  variables {
    root = "./tests/garbled"
  }

  expect_failures = [output.replica]
}

run "refuses_a_manifest_without_a_profile" {
  command = plan

  variables {
    root = "./tests/unmeasured"
  }

  expect_failures = [output.replica]
}

run "refuses_a_budget_below_what_was_measured" {
  command = plan

  variables {
    root = "./tests/over-budget"
  }

  expect_failures = [output.replica]
}

run "refuses_a_contact_of_finops_that_nobody_can_write_to" {
  command = plan

  variables {
    root    = "./tests/unread"
    serving = false
  }

  expect_failures = [output.cost_contacts]
}

run "refuses_root" {
  command = plan

  variables {
    root = "./tests"
  }

  expect_failures = [var.root]
}

run "refuses_environment" {
  command = plan

  variables {
    environment = "production"
  }

  expect_failures = [var.environment]
}

run "refuses_secrets" {
  command = plan

  variables {
    secrets = [""]
  }

  expect_failures = [var.secrets]
}

run "refuses_cost_contacts" {
  command = plan

  variables {
    cost_contacts = ["finops"]
  }

  expect_failures = [var.cost_contacts]
}
