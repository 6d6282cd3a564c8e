variable "name" {
  description = "The project's name with the environment's."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "name is ${var.name}; write 3 to 63 lower-case letters, digits and hyphens, a letter first."
  }
}

variable "amount" {
  description = "What the environment may cost a month, in US dollars: AWS knows no other."
  type        = number

  validation {
    condition     = var.amount > 0
    error_message = "amount is ${var.amount}; write what a month may cost, above 0."
  }
}

variable "contacts" {
  description = "E-mail addresses that are told."
  type        = list(string)

  validation {
    condition     = length(var.contacts) >= 1 && length(var.contacts) <= 10 && alltrue([for each in var.contacts : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", each))])
    error_message = "contacts holds ${join(", ", var.contacts)}; write 1 to 10 e-mail addresses."
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
