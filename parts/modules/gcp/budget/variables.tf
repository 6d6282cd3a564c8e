variable "name" {
  description = "The project's name with the environment's."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,58}[a-z0-9]$", var.name))
    error_message = "name is ${var.name}; write 3 to 60 lower-case letters, digits and hyphens, a letter first."
  }
}

variable "amount" {
  description = "What the environment may cost a month, in the billing account's currency."
  type        = number

  validation {
    condition     = var.amount > 0
    error_message = "amount is ${var.amount}; write what a month may cost, above 0."
  }
}

variable "currency" {
  description = "The billing account's currency."
  type        = string

  validation {
    condition     = can(regex("^[A-Z]{3}$", var.currency))
    error_message = "currency is ${var.currency}; write three capital letters such as EUR."
  }
}

variable "billing_account" {
  description = "Number of the billing account."
  type        = string

  validation {
    condition     = can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.billing_account))
    error_message = "billing_account is ${var.billing_account}; write it as 012345-6789AB-CDEF01."
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

variable "contacts" {
  description = "E-mail addresses that are told."
  type        = list(string)

  validation {
    condition     = length(var.contacts) >= 1 && length(var.contacts) <= 5 && alltrue([for each in var.contacts : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", each))])
    error_message = "contacts holds ${join(", ", var.contacts)}; write 1 to 5 e-mail addresses."
  }
}

variable "thresholds" {
  description = "At how many percent of the amount somebody is told."
  type        = list(number)
  default     = [50, 80, 100]

  validation {
    condition     = length(var.thresholds) >= 1 && length(var.thresholds) <= 4 && alltrue([for each in var.thresholds : each > 0 && each <= 200])
    error_message = "thresholds holds ${join(", ", var.thresholds)}; write 1 to 4 percentages above 0, at most 200."
  }
}
