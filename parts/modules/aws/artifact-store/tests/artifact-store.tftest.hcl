mock_provider "aws" {}

variables {
  name = "a-project-dev-models-123456789012"
}

run "keeps_every_version_and_hides_it" {
  command = plan

  variables {
    noncurrent_days = 30
  }

  assert {
    condition     = aws_s3_bucket_versioning.models.versioning_configuration[0].status == "Enabled"
    error_message = "an overwritten model would be gone"
  }

  assert {
    condition     = alltrue([aws_s3_bucket_public_access_block.models.block_public_acls, aws_s3_bucket_public_access_block.models.block_public_policy, aws_s3_bucket_public_access_block.models.ignore_public_acls, aws_s3_bucket_public_access_block.models.restrict_public_buckets])
    error_message = "the bucket could be public"
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.models.rule[0].noncurrent_version_expiration[0].noncurrent_days == 30
    error_message = "noncurrent_days is not used"
  }
}

run "refuses_name" {
  command = plan

  variables {
    name = "Models!"
  }

  expect_failures = [var.name]
}

run "refuses_noncurrent_days" {
  command = plan

  variables {
    noncurrent_days = 0
  }

  expect_failures = [var.noncurrent_days]
}
