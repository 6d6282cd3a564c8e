mock_provider "azurerm" {}

variables {
  name           = "aproject12345678"
  resource_group = "a-project"
  region         = "germanywestcentral"
  tags           = { "cost-center" = "0123" }
}

run "keeps_every_version_and_hides_it" {
  command = plan

  variables {
    noncurrent_days = 30
  }

  assert {
    condition     = azurerm_storage_account.models.blob_properties[0].versioning_enabled
    error_message = "an overwritten model would be gone"
  }

  assert {
    condition     = !azurerm_storage_account.models.allow_nested_items_to_be_public && azurerm_storage_container.models.container_access_type == "private"
    error_message = "the container could be public"
  }

  assert {
    condition     = !azurerm_storage_account.models.shared_access_key_enabled
    error_message = "a key would open it"
  }
}

run "refuses_name" {
  command = plan

  variables {
    name = "a-project"
  }

  expect_failures = [var.name]
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

run "refuses_noncurrent_days" {
  command = plan

  variables {
    noncurrent_days = 400
  }

  expect_failures = [var.noncurrent_days]
}
