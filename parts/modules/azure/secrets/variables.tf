variable "name" {
  description = "The vault's name; unique among all Azure customers."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,22}[a-z0-9]$", var.name))
    error_message = "name is ${var.name}; a vault is named with 3 to 24 lower-case letters, digits and hyphens, a letter first."
  }
}

variable "tenant_id" {
  description = "Tenant whose people and identities the vault knows."
  type        = string

  validation {
    condition     = can(regex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", var.tenant_id))
    error_message = "tenant_id is ${var.tenant_id}; write an id such as 00000000-0000-0000-0000-000000000000."
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

variable "cluster_issuer" {
  description = "Who signs the tokens of the cluster's service accounts: its OIDC issuer."
  type        = string

  validation {
    condition     = can(regex("^https://", var.cluster_issuer))
    error_message = "cluster_issuer is ${var.cluster_issuer}; switch on the OIDC issuer of the cluster, and write its URL."
  }
}

variable "subnet_ids" {
  description = "Subnets from which the vault is reached: those of the cluster."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for each in var.subnet_ids : can(regex("/subnets/", each))])
    error_message = "subnet_ids holds ${join(", ", var.subnet_ids)}; write ids of subnets."
  }
}

variable "public_network" {
  description = "Whether the vault has a public address at all; false with a private endpoint of your own."
  type        = bool
  default     = false
}

variable "namespace" {
  description = "Namespace in which External Secrets reads them."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.namespace))
    error_message = "namespace is ${var.namespace}; write the name of a Kubernetes namespace."
  }
}

variable "service_account" {
  description = "Service account in that namespace that External Secrets reads them with."
  type        = string
  default     = "external-secrets"

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$", var.service_account))
    error_message = "service_account is ${var.service_account}; write the name of a Kubernetes service account."
  }
}
