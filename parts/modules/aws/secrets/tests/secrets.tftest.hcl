mock_provider "aws" {
  mock_resource "aws_kms_key" {
    defaults        = { arn = "arn:aws:kms:eu-central-1:123456789012:key/a" }
    override_during = plan
  }
  mock_resource "aws_secretsmanager_secret" {
    defaults        = { arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:a-project-dev/database-password" }
    override_during = plan
  }
}

variables {
  name         = "a-project-dev"
  account_id   = "123456789012"
  names        = ["database-password"]
  cluster_name = "main"
  namespace    = "a-project"
}

run "one_reader_in_one_namespace" {
  command = plan
  assert {
    condition     = aws_secretsmanager_secret.this["database-password"].name == "a-project-dev/database-password"
    error_message = "the secret has another name"
  }

  assert {
    condition     = aws_eks_pod_identity_association.reader.namespace == "a-project" && aws_eks_pod_identity_association.reader.service_account == "external-secrets"
    error_message = "somebody else reads"
  }

  assert {
    condition     = jsondecode(aws_iam_role.reader.assume_role_policy).Statement[0].Principal.Service == "pods.eks.amazonaws.com"
    error_message = "somebody else may take the role"
  }

  assert {
    condition     = aws_kms_key.this.enable_key_rotation
    error_message = "the key stays the same for ever"
  }
}

run "the_reader_reads_these_secrets_and_does_nothing_else" {
  command = plan
  assert {
    condition     = toset(flatten([for each in jsondecode(aws_iam_role_policy.reader.policy).Statement : flatten([each.Action])])) == toset(["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret", "kms:Decrypt"])
    error_message = "somebody could do more than read these secrets"
  }

  assert {
    condition     = toset(flatten([for each in jsondecode(aws_iam_role_policy.reader.policy).Statement : flatten([each.Resource])])) == toset([aws_kms_key.this.arn, aws_secretsmanager_secret.this["database-password"].arn])
    error_message = "somebody could read the secrets of others"
  }
}

run "refuses_name" {
  command = plan

  variables {
    name = "A"
  }

  expect_failures = [var.name]
}

run "refuses_account_id" {
  command = plan

  variables {
    account_id = "12"
  }

  expect_failures = [var.account_id]
}

run "refuses_names" {
  command = plan

  variables {
    names = ["a b"]
  }

  expect_failures = [var.names]
}

run "refuses_cluster_name" {
  command = plan

  variables {
    cluster_name = "a/b"
  }

  expect_failures = [var.cluster_name]
}

run "refuses_namespace" {
  command = plan

  variables {
    namespace = "A"
  }

  expect_failures = [var.namespace]
}

run "refuses_service_account" {
  command = plan

  variables {
    service_account = "A"
  }

  expect_failures = [var.service_account]
}
