# Who may do what from a workflow, without a key that could leak: GitHub vouches for the job, AWS believes it for an hour.
# `plan` looks and changes nothing; `deploy` is only for jobs of one environment, which a person lets through.
locals {
  issuer   = "token.actions.githubusercontent.com"
  provider = var.create_provider ? aws_iam_openid_connect_provider.github[0].arn : "arn:aws:iam::${var.account_id}:oidc-provider/${local.issuer}"

  subjects = {
    plan   = ["repo:${var.repository}:pull_request", "repo:${var.repository}:ref:refs/heads/main"]
    deploy = ["repo:${var.repository}:environment:${var.environment}"]
  }
}

# One an account: where another project has made it, it is only used.
resource "aws_iam_openid_connect_provider" "github" {
  count          = var.create_provider ? 1 : 0
  url            = "https://${local.issuer}"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_role" "this" {
  for_each             = local.subjects
  name                 = "${var.name}-${each.key}"
  description          = "Jobs of ${var.repository} that ${each.key}"
  max_session_duration = 3600
  permissions_boundary = var.permissions_boundary
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = local.provider }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "${local.issuer}:aud" = "sts.amazonaws.com"
          "${local.issuer}:sub" = each.value
        }
      }
    }]
  })
}

resource "aws_iam_role_policy" "plan" {
  name = "look"
  role = aws_iam_role.this["plan"].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([
      {
        Sid    = "WhatTerraformCompares"
        Effect = "Allow"
        Action = [
          "budgets:ListTagsForResource", "budgets:ViewBudget", "ec2:DescribeLaunchTemplateVersions",
          "ec2:DescribeLaunchTemplates", "ecr:DescribeRepositories", "ecr:GetLifecyclePolicy", "ecr:ListTagsForResource",
          "eks:DescribeAccessEntry", "eks:DescribeCluster", "eks:DescribeNodegroup", "eks:DescribePodIdentityAssociation",
          "eks:ListAssociatedAccessPolicies", "iam:GetOpenIDConnectProvider", "iam:GetRole", "iam:GetRolePolicy",
          "iam:ListAttachedRolePolicies", "iam:ListRolePolicies", "kms:DescribeKey", "kms:GetKeyPolicy",
          "kms:GetKeyRotationStatus", "kms:ListResourceTags", "logs:DescribeLogGroups", "logs:ListTagsForResource",
          "secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy", "aps:DescribeLoggingConfiguration",
          "aps:DescribeWorkspace", "aps:DescribeWorkspaceConfiguration",
        ]
        Resource = "*"
      },
      {
        Sid    = "HowTheBucketIsSetUp"
        Effect = "Allow"
        Action = [
          "s3:GetAccelerateConfiguration", "s3:GetBucketAcl", "s3:GetBucketCORS", "s3:GetBucketLogging",
          "s3:GetBucketObjectLockConfiguration", "s3:GetBucketOwnershipControls", "s3:GetBucketPolicy",
          "s3:GetBucketPublicAccessBlock", "s3:GetBucketRequestPayment", "s3:GetBucketTagging",
          "s3:GetBucketVersioning", "s3:GetBucketWebsite", "s3:GetEncryptionConfiguration",
          "s3:GetLifecycleConfiguration", "s3:GetReplicationConfiguration", "s3:ListBucket",
        ]
        Resource = var.artifact_store_arn
      },
      ], var.state_bucket == null ? [] : [
      {
        Sid      = "TheState"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:ListBucket"]
        Resource = ["arn:aws:s3:::${var.state_bucket}", "arn:aws:s3:::${var.state_bucket}/${var.state_key}"]
      },
    ])
  })
}

resource "aws_iam_role_policy" "deploy" {
  name = "deliver"
  role = aws_iam_role.this["deploy"].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "LogInToTheRegistry"
        Effect   = "Allow"
        Action   = "ecr:GetAuthorizationToken"
        Resource = "*"
      },
      {
        Sid    = "PushAndPullImages"
        Effect = "Allow"
        Action = [
          "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload", "ecr:DescribeImages",
          "ecr:DescribeImageScanFindings", "ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload", "ecr:PutImage",
          "ecr:UploadLayerPart",
        ]
        Resource = var.registry_arn
      },
      {
        Sid      = "KeepAndFetchModels"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:ListBucket", "s3:PutObject"]
        Resource = [var.artifact_store_arn, "${var.artifact_store_arn}/*"]
      },
      {
        Sid      = "FindTheCluster"
        Effect   = "Allow"
        Action   = "eks:DescribeCluster"
        Resource = "arn:aws:eks:*:${var.account_id}:cluster/${var.cluster_name}"
      },
    ]
  })
}

# In the cluster a job is a group, and the module serving-namespace says what that may do.
resource "aws_eks_access_entry" "this" {
  for_each          = aws_iam_role.this
  cluster_name      = var.cluster_name
  principal_arn     = each.value.arn
  kubernetes_groups = ["${var.name}-${each.key}"]
}
