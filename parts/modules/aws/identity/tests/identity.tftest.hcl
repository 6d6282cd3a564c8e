mock_provider "aws" {}

variables {
  name               = "a-project-prod"
  repository         = "an-owner@1/a-project@2"
  environment        = "prod"
  account_id         = "123456789012"
  cluster_name       = "main"
  artifact_store_arn = "arn:aws:s3:::models"
  registry_arn       = "arn:aws:ecr:eu-central-1:123456789012:repository/a-project"
  create_provider    = false
  state_bucket       = "states"
  state_key          = "a-project/prod.tfstate"
}

run "deploy_is_bound_to_its_environment_and_plan_is_not_in_it" {
  command = plan
  assert {
    condition     = jsondecode(aws_iam_role.this["deploy"].assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"] == ["repo:an-owner@1/a-project@2:environment:prod"]
    error_message = "a job of another environment could deploy"
  }

  assert {
    condition     = !anytrue([for each in jsondecode(aws_iam_role.this["plan"].assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"] : strcontains(each, "environment") || strcontains(each, "*")])
    error_message = "anybody could plan"
  }

  assert {
    condition     = jsondecode(aws_iam_role.this["deploy"].assume_role_policy).Statement[0].Principal.Federated == "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
    error_message = "somebody else than GitHub vouches"
  }
}

run "plan_only_looks" {
  command = plan
  assert {
    condition     = alltrue(flatten([for each in jsondecode(aws_iam_role_policy.plan.policy).Statement : [for action in flatten([each.Action]) : can(regex("^[a-z0-9]+:(Get|List|Describe|View)", action))]]))
    error_message = "plan could change something"
  }

  assert {
    condition     = contains(flatten([for each in jsondecode(aws_iam_role_policy.plan.policy).Statement : each.Resource]), "arn:aws:s3:::states/a-project/prod.tfstate") && !contains(flatten([for each in jsondecode(aws_iam_role_policy.plan.policy).Statement : each.Resource]), "arn:aws:s3:::states/*")
    error_message = "plan could read the states of others"
  }
}

run "deploy_changes_no_rights_and_deletes_nothing" {
  command = plan
  assert {
    condition     = !anytrue(flatten([for each in jsondecode(aws_iam_role_policy.deploy.policy).Statement : [for action in flatten([each.Action]) : can(regex("^iam:|Delete", action))]]))
    error_message = "deploy could give itself rights, or delete"
  }

  assert {
    condition     = { for job, each in aws_eks_access_entry.this : job => each.kubernetes_groups } == { for job, each in output.jobs : job => toset([each.name]) }
    error_message = "in the cluster a job is somebody else"
  }
}

run "no_job_may_do_whatever_it_likes" {
  command = plan
  assert {
    condition     = !anytrue(flatten([for policy in [aws_iam_role_policy.plan.policy, aws_iam_role_policy.deploy.policy] : [for each in jsondecode(policy).Statement : [for action in flatten([each.Action]) : strcontains(action, "*")]]]))
    error_message = "an action with a star: a job could do anything"
  }

  assert {
    condition     = [for each in jsondecode(aws_iam_role_policy.deploy.policy).Statement : each.Sid if contains(flatten([each.Resource]), "*")] == ["LogInToTheRegistry"]
    error_message = "deploy could reach what is not the project's"
  }
}

run "refuses_name" {
  command = plan

  variables {
    name = "A"
  }

  expect_failures = [var.name]
}

run "refuses_repository" {
  command = plan

  variables {
    repository = "an-owner/*"
  }

  expect_failures = [var.repository]
}

run "refuses_environment" {
  command = plan

  variables {
    environment = "production"
  }

  expect_failures = [var.environment]
}

run "refuses_account_id" {
  command = plan

  variables {
    account_id = "12"
  }

  expect_failures = [var.account_id]
}

run "refuses_cluster_name" {
  command = plan

  variables {
    cluster_name = "a/b"
  }

  expect_failures = [var.cluster_name]
}

run "refuses_artifact_store_arn" {
  command = plan

  variables {
    artifact_store_arn = "models"
  }

  expect_failures = [var.artifact_store_arn]
}

run "refuses_registry_arn" {
  command = plan

  variables {
    registry_arn = "a-project"
  }

  expect_failures = [var.registry_arn]
}

run "refuses_state_bucket" {
  command = plan

  variables {
    state_bucket = "a"
  }

  expect_failures = [var.state_bucket]
}

run "refuses_state_key" {
  command = plan

  variables {
    state_key = "*"
  }

  expect_failures = [var.state_key]
}

run "refuses_permissions_boundary" {
  command = plan

  variables {
    permissions_boundary = "none"
  }

  expect_failures = [var.permissions_boundary]
}
