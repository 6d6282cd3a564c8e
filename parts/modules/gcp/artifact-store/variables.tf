variable "name" {
  description = "The bucket's name; unique among all Google Cloud customers."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "name is ${var.name}; write 3 to 63 lower-case letters, digits and hyphens, a letter first."
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

variable "noncurrent_days" {
  description = "How long an overwritten or deleted model can be brought back."
  type        = number
  default     = 365

  validation {
    condition     = var.noncurrent_days >= 1 && var.noncurrent_days <= 3650 && floor(var.noncurrent_days) == var.noncurrent_days
    error_message = "noncurrent_days is ${var.noncurrent_days}; write a whole number of days from 1 to 3650."
  }
}
