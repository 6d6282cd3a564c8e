variable "root" {
  description = "Folder of the repository, where raci.yml and handoff/ are."
  type        = string

  validation {
    condition     = fileexists("${var.root}/raci.yml")
    error_message = "raci.yml is not in ${var.root}; name the folder of the repository."
  }
}

variable "environment" {
  description = "Which of the environments this is: dev, staging or prod."
  type        = string

  validation {
    condition     = contains(["dev", "staging", "prod"], var.environment)
    error_message = "There is no environment ${var.environment}; infra/environments/ has dev, staging and prod."
  }
}

variable "serving" {
  description = "Whether a model is served here; false to set up an environment before the first handoff."
  type        = bool
  default     = true
}

variable "cost_contacts" {
  description = "E-mail addresses that are told of the bill; empty for the contact of the role finops in raci.yml."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for each in var.cost_contacts : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", each))])
    error_message = "cost_contacts holds ${join(", ", var.cost_contacts)}; write e-mail addresses such as finops@example.com."
  }
}

variable "secrets" {
  description = "Names of the secrets that have a place; null where no place is made for a single one."
  type        = set(string)
  default     = null

  validation {
    condition     = try(!contains(var.secrets, ""), var.secrets == null)
    error_message = "secrets holds an empty name; name secrets such as database-password, or leave it out."
  }
}
