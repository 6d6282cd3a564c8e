variable "name" {
  description = "The repository's name, without its organisation."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]{1,100}$", var.name))
    error_message = "name is ${var.name}; write letters, digits, dots, hyphens and underscores, and leave out the organisation."
  }
}

variable "ownership" {
  description = "Who owns what, derived from raci.yml: access by team, teams with a side in a handoff, who lets releases out."
  type = object({
    teams     = map(string)
    reviewers = list(object({ team = string, paths = list(string) }))
    approver  = string
  })

  validation {
    condition     = alltrue([for access in values(var.ownership.teams) : contains(["pull", "push"], access)])
    error_message = "A team may pull or push; run `road raci sync`, which writes this variable."
  }
  validation {
    condition     = alltrue([for each in var.ownership.reviewers : lookup(var.ownership.teams, each.team, "") == "push"])
    error_message = "The approval of a team that may not push counts for nothing; run `road raci sync`."
  }
  validation {
    condition     = length(var.ownership.reviewers) <= 15
    error_message = "GitHub asks at most 15 teams for approvals of their own; let fewer teams have a side in a handoff."
  }
}

variable "review" {
  description = "What a pull request needs, as .github/rulesets/main.json says."
  type = object({
    required_approving_review_count   = number
    dismiss_stale_reviews_on_push     = bool
    require_code_owner_review         = bool
    require_last_push_approval        = bool
    required_review_thread_resolution = bool
  })

  validation {
    condition     = var.review.required_approving_review_count >= 0 && var.review.required_approving_review_count <= 10
    error_message = "required_approving_review_count is ${var.review.required_approving_review_count}; GitHub asks for 0 to 10 approvals."
  }
}

variable "required_checks" {
  description = "Names of the checks that must pass."
  type        = list(string)

  validation {
    condition     = length(var.required_checks) > 0
    error_message = "required_checks is empty; name at least one check, or nothing holds a broken change back."
  }
}

variable "enforcement" {
  description = "Whether the ruleset is active, or disabled while people get used to it."
  type        = string
  default     = "active"

  validation {
    condition     = contains(["active", "disabled"], var.enforcement)
    error_message = "enforcement is ${var.enforcement}; write active or disabled."
  }
}

variable "environments" {
  description = "Environments that a release goes to, and whether it waits there for the approver's word."
  type        = map(bool)

  validation {
    condition     = length(var.environments) > 0 && alltrue([for each in keys(var.environments) : contains(["dev", "staging", "prod"], each)])
    error_message = "environments holds ${join(", ", keys(var.environments))}; infra/environments/ has dev, staging and prod: name at least one of them."
  }
  validation {
    condition     = lookup(var.environments, "prod", true)
    error_message = "A release would reach prod without a word from who answers for it; write prod = true."
  }
}

variable "branch" {
  description = "The only branch that is deployed."
  type        = string
  default     = "main"

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9._/-]*$", var.branch))
    error_message = "branch is ${var.branch}; write the name of one branch, without a star."
  }
}
