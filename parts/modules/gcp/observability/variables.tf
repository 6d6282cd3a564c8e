variable "name" {
  description = "The project's name with the environment's."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "name is ${var.name}; write 3 to 63 lower-case letters, digits and hyphens, a letter first."
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

variable "namespace" {
  description = "Namespace whose logs are kept."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.namespace))
    error_message = "namespace is ${var.namespace}; write the name of a Kubernetes namespace."
  }
}

variable "log_days" {
  description = "How long logs are kept."
  type        = number
  default     = 365

  validation {
    condition     = var.log_days >= 1 && var.log_days <= 3650 && floor(var.log_days) == var.log_days
    error_message = "log_days is ${var.log_days}; write a whole number of days from 1 to 3650."
  }
}
