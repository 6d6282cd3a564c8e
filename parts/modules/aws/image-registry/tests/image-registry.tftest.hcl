mock_provider "aws" {}

variables {
  name = "a-project-dev"
}

run "a_tag_never_moves_and_a_push_is_scanned" {
  command = plan

  variables {
    untagged_days = 3
  }

  assert {
    condition     = aws_ecr_repository.this.image_tag_mutability == "IMMUTABLE"
    error_message = "a tag could move"
  }

  assert {
    condition     = aws_ecr_repository.this.image_scanning_configuration[0].scan_on_push
    error_message = "nobody would look for known holes"
  }

  assert {
    condition     = jsondecode(aws_ecr_lifecycle_policy.this.policy).rules[0].selection.countNumber == 3
    error_message = "untagged_days is not used"
  }
}

run "refuses_name" {
  command = plan

  variables {
    name = "A/B"
  }

  expect_failures = [var.name]
}

run "refuses_untagged_days" {
  command = plan

  variables {
    untagged_days = 0
  }

  expect_failures = [var.untagged_days]
}
