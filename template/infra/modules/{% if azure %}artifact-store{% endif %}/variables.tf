variable "name" {
  description = "The storage account's name; unique among all Azure customers."
  type        = string
}

variable "project" {
  description = "Name of the project that the models belong to."
  type        = string
}

variable "region" {
  description = "Where the storage account is."
  type        = string
}

variable "tags" {
  description = "Tags of all that is created; they say who pays."
  type        = map(string)
}

variable "noncurrent_days" {
  description = "How long an overwritten or deleted model can be brought back."
  type        = number
  default     = 365
}
