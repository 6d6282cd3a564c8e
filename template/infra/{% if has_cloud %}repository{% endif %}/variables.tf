variable "ownership" {
  description = "Who owns what; `road raci sync` writes it to ownership.auto.tfvars.json."
  type = object({
    teams     = map(string)
    reviewers = list(object({ team = string, paths = list(string) }))
    approver  = string
  })
}

variable "environments" {
  description = "Environments that a release goes to; each waits for the approver's word."
  type        = set(string)
  default     = ["dev", "staging", "prod"]
}
