variable "name" {
  description = "The namespace's name."
  type        = string
}

variable "labels" {
  description = "Labels of the namespace; they say who pays."
  type        = map(string)
}

variable "annotations" {
  description = "Annotations of the namespace, for people."
  type        = map(string)
  default     = {}
}

variable "quota" {
  description = "The most that all pods together may ask for."
  type = object({
    cpu    = string
    memory = string
    pods   = number
    gpus   = number
  })
}
