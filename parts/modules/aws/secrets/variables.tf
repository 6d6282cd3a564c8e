variable "name" {
  description = "The project's name with the environment's."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,54}[a-z0-9]$", var.name))
    error_message = "name is ${var.name}; write 3 to 56 lower-case letters, digits and hyphens, a letter first."
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

variable "names" {
  description = "Names of the secrets that the service reads. Their values are put in by people, and never by Terraform: a state file shows them."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for each in var.names : can(regex("^[A-Za-z0-9_-]{1,60}$", each))])
    error_message = "names holds ${join(", ", var.names)}; name secrets such as database-password, with letters, digits, hyphens and underscores."
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
