variable "name" {
  description = "The project's name with the environment's."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,42}[a-z0-9]$", var.name))
    error_message = "name is ${var.name}; write 3 to 44 lower-case letters, digits and hyphens, a letter first."
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

variable "log_days" {
  description = "How long logs are kept."
  type        = number
  default     = 365

  validation {
    condition     = var.log_days >= 30 && var.log_days <= 730 && floor(var.log_days) == var.log_days
    error_message = "log_days is ${var.log_days}; write a whole number of days from 30 to 730."
  }
}

variable "log_gigabytes" {
  description = "The most logs a day, in GB; more would only cost."
  type        = number
  default     = 5

  validation {
    condition     = var.log_gigabytes > 0
    error_message = "log_gigabytes is ${var.log_gigabytes}; write how many GB a day, above 0."
  }
}

variable "public_network" {
  description = "Whether metrics are read and written over a public address."
  type        = bool
  default     = true
}
