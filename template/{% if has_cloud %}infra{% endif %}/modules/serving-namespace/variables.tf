variable "name" {
  description = "The namespace's name."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.name))
    error_message = "A namespace is named with 1 to 63 lower-case letters, digits and hyphens; ${var.name} is not."
  }
}

variable "labels" {
  description = "Labels of the namespace; they say who pays."
  type        = map(string)

  validation {
    condition     = contains(keys(var.labels), "cost-center")
    error_message = "Without the label cost-center nobody would find who pays; add it."
  }
}

variable "annotations" {
  description = "Annotations of the namespace, for people."
  type        = map(string)
  default     = {}

  validation {
    condition     = sum(concat([0], [for key, value in var.annotations : length(key) + length(value)])) <= 262144
    error_message = "Kubernetes keeps at most 256 KiB of annotations; shorten them."
  }
}

variable "replica" {
  description = "What one replica takes, as the handoff's resource profile says: cores and MiB, and the MiB that it may grow to."
  type        = object({ cpu_cores = number, memory_mib = number, most_memory_mib = number })

  validation {
    condition     = var.replica.cpu_cores > 0 && var.replica.memory_mib > 0 && var.replica.most_memory_mib >= var.replica.memory_mib
    error_message = "A replica takes more than nothing; the module project reads what it takes from handoff/manifest.json."
  }
}

variable "replicas" {
  description = "How many replicas may run at once; the namespace has room for as many again, while a canary stands beside them."
  type        = number
  default     = 6

  validation {
    condition     = var.replicas >= 1 && var.replicas <= 100 && floor(var.replicas) == var.replicas
    error_message = "replicas is ${var.replicas}; write a whole number from 1 to 100."
  }
}

variable "capacity" {
  description = "The most that the cluster's owner gives the namespace: cores and MiB; null for what it takes."
  type        = object({ cpu_cores = number, memory_mib = number })
  default     = null

  validation {
    condition     = try(var.capacity.cpu_cores > 0 && var.capacity.memory_mib > 0, var.capacity == null)
    error_message = "capacity is cores and MiB, both above 0; leave it out for no limit but the need."
  }
}

variable "gpus" {
  description = "The most GPUs that the namespace's pods may use."
  type        = number
  default     = 0

  validation {
    condition     = var.gpus >= 0 && floor(var.gpus) == var.gpus
    error_message = "gpus is ${var.gpus}; write a whole number from 0."
  }
}

variable "jobs" {
  description = "Who jobs that `plan` and that `deploy` are in the cluster, a User or a Group; empty where none logs in."
  type        = map(object({ kind = string, name = string }))
  default     = {}

  validation {
    condition     = alltrue([for job, who in var.jobs : contains(["plan", "deploy"], job) && contains(["User", "Group"], who.kind) && length(trimspace(who.name)) > 0])
    error_message = "jobs holds ${join(", ", keys(var.jobs))}; write plan and deploy, each a User or a Group with its name."
  }
}
