mock_provider "azurerm" {}

variables {
  name           = "aproject12345678"
  tenant_id      = "00000000-0000-0000-0000-000000000000"
  resource_group = "a-project"
  region         = "germanywestcentral"
  tags           = { "cost-center" = "0123" }
  cluster_issuer = "https://issuer.example.com/"
  namespace      = "a-project"
}

run "one_reader_in_one_namespace" {
  command = plan
  assert {
    condition     = azurerm_key_vault.this.rbac_authorization_enabled && azurerm_key_vault.this.purge_protection_enabled
    error_message = "an access policy would open it, or a deleted secret would be gone"
  }

  assert {
    condition     = azurerm_key_vault.this.network_acls[0].default_action == "Deny" && !azurerm_key_vault.this.public_network_access_enabled
    error_message = "anybody could knock"
  }

  assert {
    condition     = azurerm_federated_identity_credential.reader.subject == "system:serviceaccount:a-project:external-secrets"
    error_message = "somebody else reads"
  }

  assert {
    condition     = azurerm_role_assignment.reader.role_definition_name == "Key Vault Secrets User"
    error_message = "the reader may do something else"
  }
}

run "refuses_name" {
  command = plan

  variables {
    name = "-"
  }

  expect_failures = [var.name]
}

run "refuses_tenant_id" {
  command = plan

  variables {
    tenant_id = "me"
  }

  expect_failures = [var.tenant_id]
}

run "refuses_resource_group" {
  command = plan

  variables {
    resource_group = "/subscriptions/x"
  }

  expect_failures = [var.resource_group]
}

run "refuses_region" {
  command = plan

  variables {
    region = "Germany West"
  }

  expect_failures = [var.region]
}

run "refuses_tags" {
  command = plan

  variables {
    tags = { team = "a" }
  }

  expect_failures = [var.tags]
}

run "refuses_cluster_issuer" {
  command = plan

  variables {
    cluster_issuer = "issuer"
  }

  expect_failures = [var.cluster_issuer]
}

run "refuses_subnet_ids" {
  command = plan

  variables {
    subnet_ids = ["main"]
  }

  expect_failures = [var.subnet_ids]
}

run "refuses_namespace" {
  command = plan

  variables {
    namespace = "A"
  }

  expect_failures = [var.namespace]
}

run "refuses_service_account" {
  command = plan

  variables {
    service_account = "A"
  }

  expect_failures = [var.service_account]
}
