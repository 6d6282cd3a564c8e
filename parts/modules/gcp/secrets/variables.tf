variable "name" {
  description = "The project's name with the environment's."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,58}[a-z0-9]$", var.name))
    error_message = "name is ${var.name}; write 3 to 60 lower-case letters, digits and hyphens, a letter first."
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

variable "project_number" {
  description = "Number of that Google Cloud project."
  type        = string

  validation {
    condition     = can(regex("^[0-9]+$", var.project_number))
    error_message = "project_number is ${var.project_number}; write the number of the Google Cloud project."
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

variable "labels" {
  description = "Labels of all that is created; they say who pays."
  type        = map(string)

  validation {
    condition     = contains(keys(var.labels), "cost-center")
    error_message = "Without the label cost-center nobody would find who pays; add it."
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
