# Who owns what, on GitHub: raci.yml by way of `road raci sync`. It needs GITHUB_TOKEN, a token of an owner of the
# organisation, so it is applied apart from the rest: terraform -chdir=infra/repository apply
locals {
  rules = { for rule in jsondecode(file("${path.root}/../../.github/rulesets/main.json")).rules : rule.type => rule }
}

module "repository" {
  source = "../modules/repository"

  name            = local.name
  ownership       = var.ownership
  environments    = var.environments
  review          = local.rules.pull_request.parameters
  required_checks = local.rules.required_status_checks.parameters.required_status_checks[*].context
}
