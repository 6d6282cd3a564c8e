variable "name" {
  description = "The project's name with the environment's."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,54}[a-z0-9]$", var.name))
    error_message = "name is ${var.name}; write 3 to 56 lower-case letters, digits and hyphens, a letter first."
  }
}

variable "account_id" {
  description = "Number of the AWS account."
  type        = string

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id is ${var.account_id}; write the 12 digits of an AWS account."
  }
}

variable "region" {
  description = "Region in which it is."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,40}$", var.region))
    error_message = "region is ${var.region}; write a region such as eu-central-1."
  }
}

variable "log_days" {
  description = "How long logs are kept."
  type        = number
  default     = 365

  validation {
    condition     = contains([365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_days)
    error_message = "log_days is ${var.log_days}; CloudWatch knows 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 and 3653."
  }
}

variable "metric_days" {
  description = "How long metrics are kept."
  type        = number
  default     = 150

  validation {
    condition     = var.metric_days >= 30 && var.metric_days <= 1095 && floor(var.metric_days) == var.metric_days
    error_message = "metric_days is ${var.metric_days}; write a whole number of days from 30 to 1095."
  }
}
