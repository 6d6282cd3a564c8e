variable "amount" {
  description = "What the environment may cost a month."
  type        = number

  validation {
    condition     = var.amount > 0
    error_message = "amount is ${var.amount}; write what a month may cost, above 0."
  }
}

variable "need" {
  description = "What all that is served takes, as measured: cores and MiB; null where nothing is served."
  type        = object({ cpu_cores = number, memory_mib = number })
  default     = null

  validation {
    condition     = try(var.need.cpu_cores >= 0 && var.need.memory_mib >= 0, var.need == null)
    error_message = "need is cores and MiB, neither below 0; the module serving-namespace says what it is."
  }
}

variable "prices" {
  description = "What a core and a GiB of memory cost a month, as FinOps says; null to hold the amount against nothing."
  type        = object({ core = number, gib = number })
  default     = null

  validation {
    condition     = try(var.prices.core > 0 && var.prices.gib > 0, var.prices == null)
    error_message = "prices is what a core and a GiB cost a month, both above 0; leave it out if nobody knows."
  }
}
