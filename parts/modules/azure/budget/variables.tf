variable "name" {
  description = "The project's name with the environment's."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,58}[a-z0-9]$", var.name))
    error_message = "name is ${var.name}; write 3 to 60 lower-case letters, digits and hyphens, a letter first."
  }
}

variable "amount" {
  description = "What the environment may cost a month, in the subscription's currency."
  type        = number

  validation {
    condition     = var.amount > 0
    error_message = "amount is ${var.amount}; write what a month may cost, above 0."
  }
}

variable "first_month" {
  description = "First month of the budget; Azure takes no month that is over."
  type        = string

  validation {
    condition     = can(regex("^20[0-9]{2}-(0[1-9]|1[0-2])$", var.first_month))
    error_message = "first_month is ${var.first_month}; write a month such as 2026-12."
  }
}

variable "resource_group_id" {
  description = "Resource group whose bill it is."
  type        = string

  validation {
    condition     = can(regex("(?i)/resourceGroups/", var.resource_group_id))
    error_message = "resource_group_id is ${var.resource_group_id}; write an Azure id with /resourceGroups/ in it."
  }
}

variable "contacts" {
  description = "E-mail addresses that are told."
  type        = list(string)

  validation {
    condition     = length(var.contacts) >= 1 && length(var.contacts) <= 50 && alltrue([for each in var.contacts : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", each))])
    error_message = "contacts holds ${join(", ", var.contacts)}; write 1 to 50 e-mail addresses."
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
