variable "name" {
  description = "The registry's name; unique among all Azure customers."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9]{5,50}$", var.name))
    error_message = "name is ${var.name}; a registry is named with 5 to 50 letters and digits."
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

variable "untagged_days" {
  description = "How long an image without a tag is kept."
  type        = number
  default     = 14

  validation {
    condition     = var.untagged_days >= 1 && var.untagged_days <= 365 && floor(var.untagged_days) == var.untagged_days
    error_message = "untagged_days is ${var.untagged_days}; write a whole number of days from 1 to 365."
  }
}

variable "public_network" {
  description = "Whether GitHub's own runners reach it; false where your runners are in the network."
  type        = bool
  default     = true
}
