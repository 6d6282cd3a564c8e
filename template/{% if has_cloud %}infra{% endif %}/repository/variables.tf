variable "ownership" {
  description = "Who owns what; `road raci sync` writes it to ownership.auto.tfvars.json."
  type = object({
    teams     = map(string)
    reviewers = list(object({ team = string, paths = list(string) }))
    approver  = string
  })
}

variable "environments" {
  description = "Environments that a release goes to, and whether it waits there for the approver's word."
  type        = map(bool)
  default     = { dev = false, staging = true, prod = true }
}
