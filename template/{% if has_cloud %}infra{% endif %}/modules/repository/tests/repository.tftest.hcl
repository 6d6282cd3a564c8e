mock_provider "github" {
  mock_data "github_team" {
    defaults = { id = "42" }
  }
  mock_data "github_user" {
    defaults = { id = "7" }
  }
}

variables {
  name = "a-project"
  ownership = {
    teams     = { science = "push", operations = "push", finops = "pull" }
    reviewers = [{ team = "science", paths = ["/handoff/"] }, { team = "operations", paths = ["/handoff/"] }]
    approver  = "@an-owner/operations"
  }
  review = {
    required_approving_review_count   = 1
    dismiss_stale_reviews_on_push     = true
    require_code_owner_review         = true
    require_last_push_approval        = true
    required_review_thread_resolution = true
  }
  required_checks = ["pass"]
  environments    = { dev = false, staging = true, prod = true }
}

run "a_release_waits_for_the_team_that_answers_for_it_but_not_in_dev" {
  command = plan

  assert {
    condition     = output.environments == { dev = false, staging = true, prod = true }
    error_message = "a release waits elsewhere"
  }

  assert {
    condition     = alltrue([for each in ["staging", "prod"] : jsonencode(github_repository_environment.this[each].reviewers[0].teams) == "[42]" && jsonencode(github_repository_environment.this[each].reviewers[0].users) == "[]"])
    error_message = "somebody else lets a release go"
  }

  assert {
    condition     = alltrue([for each in ["staging", "prod"] : github_repository_environment.this[each].prevent_self_review && !github_repository_environment.this[each].can_admins_bypass])
    error_message = "who started a release could let it go"
  }
}

run "a_team_that_holds_no_letter_may_let_a_release_go" {
  command = plan

  variables {
    ownership = { teams = {}, reviewers = [], approver = "@an-owner/elsewhere" }
  }

  assert {
    condition     = jsonencode(github_repository_environment.this["prod"].reviewers[0].teams) == "[42]"
    error_message = "nobody lets a release go"
  }
}

run "a_person_may_let_a_release_go" {
  command = plan

  variables {
    ownership = { teams = {}, reviewers = [], approver = "@grace" }
  }

  assert {
    condition     = jsonencode(github_repository_environment.this["prod"].reviewers[0].users) == "[7]" && jsonencode(github_repository_environment.this["prod"].reviewers[0].teams) == "[]"
    error_message = "somebody else lets a release go"
  }
}

run "every_environment_is_deployed_from_one_branch" {
  command = plan

  assert {
    condition     = { for name, each in github_repository_environment_deployment_policy.main : name => each.branch_pattern } == { dev = "main", staging = "main", prod = "main" }
    error_message = "another branch could be deployed"
  }

  assert {
    condition     = alltrue([for each in github_repository_environment.this : each.deployment_branch_policy[0].custom_branch_policies && !each.deployment_branch_policy[0].protected_branches])
    error_message = "another branch could be deployed"
  }
}

run "each_side_of_a_handoff_approves_by_itself" {
  command = plan

  assert {
    condition     = [for each in github_repository_ruleset.main.rules[0].pull_request[0].required_reviewers : join(" ", each.file_patterns) if each.minimum_approvals == 1 && each.reviewer[0].id == 42] == ["/handoff/", "/handoff/"]
    error_message = "one side could hand over to itself"
  }

  assert {
    condition     = { for team, each in github_team_repository.this : team => each.permission } == { science = "push", operations = "push", finops = "pull" }
    error_message = "a team may do something else"
  }
}

run "refuses_name" {
  command = plan

  variables {
    name = "an-owner/a-project"
  }

  expect_failures = [var.name]
}

run "refuses_ownership" {
  command = plan

  variables {
    ownership = {
      teams     = { science = "admin" }
      reviewers = [for each in range(16) : { team = "science", paths = ["/x"] }]
      approver  = "@grace"
    }
  }

  expect_failures = [var.ownership]
}

run "refuses_review" {
  command = plan

  variables {
    review = {
      required_approving_review_count   = 11
      dismiss_stale_reviews_on_push     = true
      require_code_owner_review         = true
      require_last_push_approval        = true
      required_review_thread_resolution = true
    }
  }

  expect_failures = [var.review]
}

run "refuses_required_checks" {
  command = plan

  variables {
    required_checks = []
  }

  expect_failures = [var.required_checks]
}

run "refuses_enforcement" {
  command = plan

  variables {
    enforcement = "on"
  }

  expect_failures = [var.enforcement]
}

run "refuses_environments" {
  command = plan

  variables {
    environments = { production = true, prod = false }
  }

  expect_failures = [var.environments]
}

run "refuses_branch" {
  command = plan

  variables {
    branch = "release/*"
  }

  expect_failures = [var.branch]
}
