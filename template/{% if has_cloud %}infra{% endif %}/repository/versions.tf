# The platform's: replaced by `copier update`. Where the state is kept is yours to say: add a backend.tf.
terraform {
  required_version = ">= 1.9"

  required_providers {
    github = {
      source  = "integrations/github"
      version = "~> 6.11"
    }
  }
}

provider "github" {
  owner = local.organization
}
