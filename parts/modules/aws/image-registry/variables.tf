variable "name" {
  description = "The project's name with the environment's."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "name is ${var.name}; write 3 to 63 lower-case letters, digits and hyphens, a letter first."
  }
}

variable "untagged_days" {
  description = "How long an image without a tag is kept."
  type        = number
  default     = 14

  validation {
    condition     = var.untagged_days >= 1 && var.untagged_days <= 365 && floor(var.untagged_days) == var.untagged_days
    error_message = "untagged_days is ${var.untagged_days}; write a whole number of days from 1 to 365."
  }
}
