variable "name" {
  description = "The project's short name."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,24}[a-z0-9]$", var.name))
    error_message = "name is ${var.name}; write 3 to 26 lower-case letters, digits and hyphens, a letter first."
  }
}

variable "gcp_project" {
  description = "Google Cloud project in which it is."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.gcp_project))
    error_message = "gcp_project is ${var.gcp_project}; write the id of a Google Cloud project, not its name or number."
  }
}

variable "cluster_name" {
  description = "Name of the Kubernetes cluster."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$", var.cluster_name))
    error_message = "cluster_name is ${var.cluster_name}; write the name of the cluster, without its region or path."
  }
}

variable "location" {
  description = "Region or zone of the cluster."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+(-[a-z])?$", var.location))
    error_message = "location is ${var.location}; write a region such as europe-west3 or a zone such as europe-west3-a."
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

variable "machine" {
  description = "Kind of machine of a node."
  type        = string
  default     = "g2-standard-8"

  validation {
    condition     = can(regex("^[a-z][0-9][a-z]?-[a-z]+-[0-9]+g?$", var.machine))
    error_message = "machine is ${var.machine}; write one with GPUs such as g2-standard-8."
  }
}

variable "accelerator" {
  description = "Kind of GPU that the machine has."
  type        = string
  default     = "nvidia-l4"

  validation {
    condition     = can(regex("^nvidia-[a-z0-9-]+$", var.accelerator))
    error_message = "accelerator is ${var.accelerator}; write one such as nvidia-l4."
  }
}

variable "gpus_per_node" {
  description = "How many GPUs a node has."
  type        = number
  default     = 1

  validation {
    condition     = contains([1, 2, 4, 8, 16], var.gpus_per_node)
    error_message = "gpus_per_node is ${var.gpus_per_node}; write 1, 2, 4, 8 or 16, as the machine has."
  }
}

variable "nodes" {
  description = "The most nodes at once; there is none while nothing trains."
  type        = number
  default     = 1

  validation {
    condition     = var.nodes >= 1 && var.nodes <= 50 && floor(var.nodes) == var.nodes
    error_message = "nodes is ${var.nodes}; write a whole number from 1 to 50."
  }
}
