variable "name" {
  description = "The project's name with the environment's."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,48}[a-z0-9]$", var.name))
    error_message = "name is ${var.name}; write 3 to 50 lower-case letters, digits and hyphens, a letter first."
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

variable "subnet_ids" {
  description = "Private subnets of the nodes."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) > 0 && alltrue([for each in var.subnet_ids : can(regex("^subnet-[0-9a-f]+$", each))])
    error_message = "subnet_ids holds ${join(", ", var.subnet_ids)}; write at least one private subnet of the cluster such as subnet-0123abcd."
  }
}

variable "machine" {
  description = "Kind of machine of a node."
  type        = string
  default     = "g6.2xlarge"

  validation {
    condition     = can(regex("^(g|p)[0-9]+[a-z]*\\.[0-9a-z]+$", var.machine))
    error_message = "machine is ${var.machine}; write one with GPUs such as g6.2xlarge."
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
