# The repository on GitHub: whose teams may write, whose approval a change needs, and who lets a release out.
data "github_team" "this" {
  for_each = local.teams
  slug     = each.key
}

data "github_user" "approver" {
  for_each = toset(local.approved_by_a_team ? [] : [local.approver])
  username = each.key
}

locals {
  approver           = trimprefix(var.ownership.approver, "@")
  approved_by_a_team = strcontains(local.approver, "/")
  approving_team     = element(split("/", local.approver), -1)
  teams = setunion(
    keys(var.ownership.teams),
    var.ownership.reviewers[*].team,
    local.approved_by_a_team ? [local.approving_team] : [],
  )
}

# CODEOWNERS passes over a team that may not write.
resource "github_team_repository" "this" {
  for_each   = var.ownership.teams
  team_id    = data.github_team.this[each.key].id
  repository = var.name
  permission = each.value
}

resource "github_repository_ruleset" "main" {
  name        = "main"
  repository  = var.name
  target      = "branch"
  enforcement = var.enforcement

  conditions {
    ref_name {
      include = ["~DEFAULT_BRANCH"]
      exclude = []
    }
  }

  rules {
    deletion         = true
    non_fast_forward = true

    pull_request {
      required_approving_review_count   = var.review.required_approving_review_count
      dismiss_stale_reviews_on_push     = var.review.dismiss_stale_reviews_on_push
      require_code_owner_review         = var.review.require_code_owner_review
      require_last_push_approval        = var.review.require_last_push_approval
      required_review_thread_resolution = var.review.required_review_thread_resolution

      # Of several code owners any one is enough; here each side of a handoff is asked.
      dynamic "required_reviewers" {
        for_each = var.ownership.reviewers
        content {
          file_patterns     = required_reviewers.value.paths
          minimum_approvals = 1
          reviewer {
            type = "Team"
            id   = tonumber(data.github_team.this[required_reviewers.value.team].id)
          }
        }
      }
    }

    required_status_checks {
      strict_required_status_checks_policy = true
      dynamic "required_check" {
        for_each = var.required_checks
        content {
          context = required_check.value
        }
      }
    }
  }

  # An approval counts only if the team may write.
  depends_on = [github_team_repository.this]
}

# A job for one of these environments runs from one branch only; where it waits, somebody else than who started it lets it go.
resource "github_repository_environment" "this" {
  for_each            = var.environments
  repository          = var.name
  environment         = each.key
  can_admins_bypass   = false
  prevent_self_review = each.value

  dynamic "reviewers" {
    for_each = each.value ? [local.approver] : []
    content {
      teams = local.approved_by_a_team ? [tonumber(data.github_team.this[local.approving_team].id)] : []
      users = [for user in data.github_user.approver : tonumber(user.id)]
    }
  }

  deployment_branch_policy {
    protected_branches     = false
    custom_branch_policies = true
  }
}

resource "github_repository_environment_deployment_policy" "main" {
  for_each       = var.environments
  repository     = var.name
  environment    = github_repository_environment.this[each.key].environment
  branch_pattern = var.branch
}
