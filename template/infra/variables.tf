variable "kubeconfig" {
  description = "File that says how to reach the cluster."
  type        = string
  default     = "~/.kube/config"
}

variable "kube_context" {
  description = "Cluster to use, where the file knows several."
  type        = string
  default     = null
}

variable "quota" {
  description = "The most that the project may use of the cluster, all its pods together."
  type = object({
    cpu    = optional(string, "16")
    memory = optional(string, "32Gi")
    pods   = optional(number, 50)
    gpus   = optional(number, 1)
  })
  default = {}
}
