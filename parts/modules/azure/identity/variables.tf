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

variable "resource_group" {
  description = "Resource group in which it is created."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9._()-]{1,90}$", var.resource_group))
    error_message = "resource_group is ${var.resource_group}; write the name of a resource group, not its id."
  }
}

variable "resource_group_id" {
  description = "The same resource group, as role assignments name it."
  type        = string

  validation {
    condition     = can(regex("(?i)/resourceGroups/", var.resource_group_id))
    error_message = "resource_group_id is ${var.resource_group_id}; write an Azure id with /resourceGroups/ in it."
  }
}

variable "region" {
  description = "Region in which it is."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,40}$", var.region))
    error_message = "region is ${var.region}; write a region such as germanywestcentral."
  }
}

variable "tags" {
  description = "Tags of all that is created; they say who pays."
  type        = map(string)

  validation {
    condition     = contains(keys(var.tags), "cost-center")
    error_message = "Without the tag cost-center nobody would find who pays; add it."
  }
}

variable "cluster_id" {
  description = "The Kubernetes cluster."
  type        = string

  validation {
    condition     = can(regex("(?i)/providers/Microsoft.ContainerService/", var.cluster_id))
    error_message = "cluster_id is ${var.cluster_id}; write an Azure id with /providers/Microsoft.ContainerService/ in it."
  }
}

variable "namespace" {
  description = "Namespace that jobs deploy to."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.namespace))
    error_message = "namespace is ${var.namespace}; write the name of a Kubernetes namespace."
  }
}

variable "artifact_store_id" {
  description = "Container that keeps models."
  type        = string

  validation {
    condition     = can(regex("(?i)/providers/Microsoft.Storage/", var.artifact_store_id))
    error_message = "artifact_store_id is ${var.artifact_store_id}; write an Azure id with /providers/Microsoft.Storage/ in it."
  }
}

variable "registry_id" {
  description = "Registry of serving images."
  type        = string

  validation {
    condition     = can(regex("(?i)/providers/Microsoft.ContainerRegistry/", var.registry_id))
    error_message = "registry_id is ${var.registry_id}; write an Azure id with /providers/Microsoft.ContainerRegistry/ in it."
  }
}

variable "state_container_id" {
  description = "Container of the Terraform state, for `plan`; null where nobody plans in CI."
  type        = string
  default     = null

  validation {
    condition     = try(can(regex("(?i)/providers/Microsoft.Storage/", var.state_container_id)), false) || var.state_container_id == null
    error_message = "state_container_id is ${coalesce(var.state_container_id, "empty")}; write the Azure id of a container, or leave it out."
  }
}
