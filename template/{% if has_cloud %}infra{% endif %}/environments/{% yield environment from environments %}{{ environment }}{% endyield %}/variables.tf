# The platform's: replaced by `copier update`. Your values go to terraform.tfvars.
variable "monthly_budget" {
  description = "What the environment may cost a month; FinOps is told before it is spent."
  type        = number

  validation {
    condition     = var.monthly_budget > 0
    error_message = "monthly_budget is ${var.monthly_budget}; write in terraform.tfvars what a month may cost, above 0."
  }
}

variable "prices" {
  description = "What a core and a GiB of memory cost a month, as FinOps says; null to hold the budget against nothing."
  type        = object({ core = number, gib = number })
  default     = null
}

variable "cost_contacts" {
  description = "E-mail addresses that are told of the bill; empty for the contact of the role finops in raci.yml."
  type        = list(string)
  default     = []
}

variable "github_ids" {
  description = "Numbers of the owner and of the repository on GitHub; null for a repository older than July 2026."
  type        = object({ owner = number, repository = number })

  validation {
    condition     = try(var.github_ids.owner > 0 && var.github_ids.repository > 0, var.github_ids == null)
    error_message = "github_ids has two numbers above 0; `gh api repos/OWNER/NAME --jq '{owner: .owner.id, repository: .id}'` says which."
  }
}

variable "serving" {
  description = "Whether a model is served here; false to set up an environment before the first handoff."
  type        = bool
  default     = true
}

variable "replicas" {
  description = "How many replicas may run at once; the autoscaler's most."
  type        = number
  default     = 6
}

variable "capacity" {
  description = "The most that the cluster's owner gives the namespace: cores and MiB; null for what it takes."
  type        = object({ cpu_cores = number, memory_mib = number })
  default     = null
}

variable "kubeconfig" {
  description = "File that says how to reach the cluster."
  type        = string
  default     = "~/.kube/config"

  validation {
    condition     = length(var.kubeconfig) > 0
    error_message = "kubeconfig is empty; name a file."
  }
}

variable "kube_context" {
  description = "Cluster to use, where the file knows several; null for the current one."
  type        = string
  default     = null

  validation {
    condition     = try(length(var.kube_context) > 0, var.kube_context == null)
    error_message = "kube_context is empty; name one that `kubectl config get-contexts` shows, or leave it out."
  }
}
