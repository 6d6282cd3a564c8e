variable "name" {
  description = "The bucket's name; unique among all Google Cloud customers."
  type        = string
}

variable "region" {
  description = "Where the bucket is."
  type        = string
}

variable "noncurrent_days" {
  description = "How long an overwritten or deleted model can be brought back."
  type        = number
  default     = 365
}
