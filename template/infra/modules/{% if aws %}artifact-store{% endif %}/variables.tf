variable "name" {
  description = "The bucket's name; unique among all AWS customers."
  type        = string
}

variable "noncurrent_days" {
  description = "How long an overwritten or deleted model can be brought back."
  type        = number
  default     = 365
}
