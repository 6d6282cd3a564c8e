mock_provider "aws" {}

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
