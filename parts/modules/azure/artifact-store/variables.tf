variable "name" {
  description = "The storage account's name; unique among all Azure customers."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]{3,24}$", var.name))
    error_message = "name is ${var.name}; a storage account is named with 3 to 24 lower-case letters and digits."
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

variable "noncurrent_days" {
  description = "How long an overwritten or deleted model can be brought back."
  type        = number
  default     = 365

  validation {
    condition     = var.noncurrent_days >= 1 && var.noncurrent_days <= 365 && floor(var.noncurrent_days) == var.noncurrent_days
    error_message = "noncurrent_days is ${var.noncurrent_days}; write a whole number of days from 1 to 365."
  }
}
