variable "name" {
  description = "The project's short name."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,20}[a-z0-9]$", var.name))
    error_message = "name is ${var.name}; write 3 to 22 lower-case letters, digits and hyphens, a letter first."
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

variable "gcp_project" {
  description = "Google Cloud project in which it is."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.gcp_project))
    error_message = "gcp_project is ${var.gcp_project}; write the id of a Google Cloud project, not its name or number."
  }
}

variable "region" {
  description = "Region in which it is."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,40}$", var.region))
    error_message = "region is ${var.region}; write a region such as europe-west3."
  }
}

variable "artifact_store" {
  description = "Bucket that keeps models."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$", var.artifact_store))
    error_message = "artifact_store is ${var.artifact_store}; write the name of a bucket, without gs://."
  }
}

variable "registry" {
  description = "Repository of serving images."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,62}$", var.registry))
    error_message = "registry is ${var.registry}; write the name of a repository, without its host."
  }
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

variable "state_prefix" {
  description = "What the state is called in that bucket."
  type        = string

  validation {
    condition     = length(var.state_prefix) > 0 && !startswith(var.state_prefix, "/")
    error_message = "state_prefix is ${var.state_prefix}; write a prefix that is not empty, without a slash at its start."
  }
}
