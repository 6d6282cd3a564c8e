variable "name" {
  description = "The project's name with the environment's."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "name is ${var.name}; write 3 to 63 lower-case letters, digits and hyphens, a letter first."
  }
}

variable "cluster_id" {
  description = "The Kubernetes cluster."
  type        = string

  validation {
    condition     = can(regex("(?i)/providers/Microsoft.ContainerService/", var.cluster_id))
    error_message = "cluster_id is ${var.cluster_id}; write an Azure id with /providers/Microsoft.ContainerService/ in it."
  }
}

variable "subnet_id" {
  description = "Subnet of the nodes; null for that of the cluster."
  type        = string
  default     = null

  validation {
    condition     = try(can(regex("/subnets/", var.subnet_id)), false) || var.subnet_id == null
    error_message = "subnet_id is ${coalesce(var.subnet_id, "-")}; write the id of a subnet, or leave it out."
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

variable "machine" {
  description = "Kind of machine of a node."
  type        = string
  default     = "Standard_NC8ads_A10_v4"

  validation {
    condition     = can(regex("^Standard_N[A-Za-z0-9_]+$", var.machine))
    error_message = "machine is ${var.machine}; write one with GPUs such as Standard_NC8ads_A10_v4."
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
