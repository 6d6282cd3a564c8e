variable "name" {
  description = "The project's name with the environment's."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,54}[a-z0-9]$", var.name))
    error_message = "name is ${var.name}; write 3 to 56 lower-case letters, digits and hyphens, a letter first."
  }
}

variable "repository" {
  description = "Repository whose jobs are let in, as the subject of GitHub's tokens names it: owner@1/name@2, or owner/name if it is older than July 2026."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9-]+(@[0-9]+)?/[A-Za-z0-9._-]+(@[0-9]+)?$", var.repository))
    error_message = "repository is ${var.repository}; write owner@1/name@2 with the numbers of both, and no star."
  }
}

variable "environment" {
  description = "Environment on GitHub whose jobs may deploy."
  type        = string

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "There is no environment ${var.environment}; write dev, staging or prod."
  }
}

variable "account_id" {
  description = "Number of the AWS account."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id is ${var.account_id}; write the 12 digits of an AWS account."
  }
}

variable "cluster_name" {
  description = "Name of the Kubernetes cluster."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$", var.cluster_name))
    error_message = "cluster_name is ${var.cluster_name}; write the name of the cluster, without its region or path."
  }
}

variable "artifact_store_arn" {
  description = "Bucket that keeps models."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:s3:", var.artifact_store_arn))
    error_message = "artifact_store_arn is ${var.artifact_store_arn}; write an ARN that starts with arn:aws:s3:."
  }
}

variable "registry_arn" {
  description = "Repository of serving images."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:ecr:", var.registry_arn))
    error_message = "registry_arn is ${var.registry_arn}; write an ARN that starts with arn:aws:ecr:."
  }
}

variable "create_provider" {
  description = "Whether to make GitHub's provider; false where the account has it already."
  type        = bool
  default     = true
}

variable "state_bucket" {
  description = "Bucket of the Terraform state, for `plan`; null where nobody plans in CI."
  type        = string
  default     = null

  validation {
    condition     = try(length(var.state_bucket) >= 3, var.state_bucket == null)
    error_message = "state_bucket is ${coalesce(var.state_bucket, "empty")}; write the name of a bucket, or leave it out."
  }
}

variable "state_key" {
  description = "What the state is called in that bucket."
  type        = string

  validation {
    condition     = !strcontains(var.state_key, "*") && !startswith(var.state_key, "/")
    error_message = "state_key is ${var.state_key}; write one name, without a star or a slash at its start."
  }
}

variable "permissions_boundary" {
  description = "Policy that bounds both roles, where your organisation has one."
  type        = string
  default     = null

  validation {
    condition     = try(can(regex("^arn:", var.permissions_boundary)), false) || var.permissions_boundary == null
    error_message = "permissions_boundary is ${coalesce(var.permissions_boundary, "empty")}; write the ARN of a policy, or leave it out."
  }
}
