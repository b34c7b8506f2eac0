# What holds the data: these plans run against a provider that is made up, so that they need no account.
mock_provider "azurerm" {
  mock_resource "azurerm_mssql_server" {
    defaults = {
      id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.Sql/servers/s"
    }
  }
}

variables {
  location                   = "uaenorth"
  resource_group_name        = "rg-test"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  log_analytics_workspace_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/log"
  tags                       = {}
  private_endpoints = {
    primary = {
      location            = "uaenorth"
      resource_group_name = "rg-network"
      subnet_id           = "primary-endpoints"
      zone_ids = {
        "privatelink.azconfig.io"           = "azconfig-1"
        "privatelink.blob.core.windows.net" = "blob-1"
        "privatelink.database.windows.net"  = "database-1"
        "privatelink.redis.azure.net"       = "redis-1"
        "privatelink.vaultcore.azure.net"   = "vault-1"
      }
    }
    secondary = {
      location            = "qatarcentral"
      resource_group_name = "rg-network-2"
      subnet_id           = "secondary-endpoints"
      zone_ids = {
        "privatelink.azconfig.io"           = "azconfig-2"
        "privatelink.blob.core.windows.net" = "blob-2"
        "privatelink.database.windows.net"  = "database-2"
        "privatelink.redis.azure.net"       = "redis-2"
        "privatelink.vaultcore.azure.net"   = "vault-2"
      }
    }
  }
}

run "a_vault_is_closed_and_cannot_be_purged" {
  command = plan

  module {
    source = "./modules/keyvault"
  }

  variables {
    name = "erp-test-kv"
  }

  assert {
    condition     = azurerm_key_vault.this.purge_protection_enabled && azurerm_key_vault.this.soft_delete_retention_days == 90
    error_message = "Secrets that somebody deletes must be there for 90 days."
  }

  assert {
    condition     = !azurerm_key_vault.this.public_network_access_enabled && azurerm_key_vault.this.rbac_authorization_enabled
    error_message = "A vault is reached by private endpoint and entered by role."
  }

  assert {
    condition     = length(azurerm_private_endpoint.this) == 2
    error_message = "Every region that was named gets an endpoint."
  }
}

run "sql_has_two_servers_that_both_regions_reach" {
  command = plan

  module {
    source = "./modules/sql-failover-group"
  }

  variables {
    failover_group_name = "erp-test"
    administrator_group = { name = "dba", object_id = "00000000-0000-0000-0000-000000000001" }
    servers = {
      primary   = { name = "sql-1", location = "uaenorth", resource_group_name = "rg-1" }
      secondary = { name = "sql-2", location = "qatarcentral", resource_group_name = "rg-2" }
    }
    database = {
      name           = "ErpTest"
      sku_name       = "GP_Gen5_2"
      max_size_gb    = 100
      zone_redundant = true
      collation      = "SQL_Latin1_General_CP1_CI_AS"
      backup_storage = "Geo"
    }
    short_term_retention = { retention_days = 30, backup_interval_in_hours = 12 }
    long_term_retention  = { weekly = "P5W", monthly = "P12M", yearly = "P10Y", week_of_year = 1, immutable = true }
  }

  assert {
    condition     = length(azurerm_private_endpoint.this) == 4
    error_message = "The listener leads to either server: each region needs an endpoint to both."
  }

  assert {
    condition     = alltrue([for server in azurerm_mssql_server.this : server.azuread_administrator[0].azuread_authentication_only])
    error_message = "No server may have a login with a password."
  }

  assert {
    condition     = alltrue([for server in azurerm_mssql_server.this : !server.public_network_access_enabled])
    error_message = "No server may be reached from outside."
  }

  assert {
    condition     = output.connection_string == "Server=tcp:erp-test.database.windows.net,1433;Database=ErpTest;Encrypt=True;Connect Timeout=30;Application Name=ERP-API"
    error_message = "The string names the listener and no credentials."
  }

  assert {
    condition     = azurerm_mssql_failover_group.this.read_write_endpoint_failover_policy[0].mode == "Manual"
    error_message = "People decide about a loss of data unless a grace period is given."
  }
}

run "one_region_is_no_failover_group" {
  command = plan

  module {
    source = "./modules/sql-failover-group"
  }

  variables {
    failover_group_name = "erp-test"
    administrator_group = { name = "dba", object_id = "00000000-0000-0000-0000-000000000001" }
    servers = {
      primary   = { name = "sql-1", location = "uaenorth", resource_group_name = "rg-1" }
      secondary = { name = "sql-2", location = "uaenorth", resource_group_name = "rg-2" }
    }
    database = {
      name           = "ErpTest"
      sku_name       = "GP_Gen5_2"
      max_size_gb    = 100
      zone_redundant = true
      collation      = "SQL_Latin1_General_CP1_CI_AS"
      backup_storage = "Geo"
    }
    short_term_retention = { retention_days = 30, backup_interval_in_hours = 12 }
    long_term_retention  = { weekly = "P5W", monthly = "P12M", yearly = "P10Y", week_of_year = 1, immutable = true }
  }

  expect_failures = [var.servers]
}

run "files_are_versioned_and_copied" {
  command = plan

  module {
    source = "./modules/storage"
  }

  variables {
    name                = "erptest"
    point_in_time_days  = 30
    immutability_locked = false
    containers = {
      erp = { cool_after_days = 90 }
    }
  }

  assert {
    condition     = azurerm_storage_account.this.account_replication_type == "RAGZRS" && azurerm_storage_account.this.blob_properties[0].versioning_enabled
    error_message = "Files stand in three zones and another region, with their versions."
  }

  assert {
    condition     = !azurerm_storage_account.this.shared_access_key_enabled && !azurerm_storage_account.this.public_network_access_enabled
    error_message = "An account is entered with an identity, from inside."
  }

  assert {
    condition     = length(azurerm_private_endpoint.this) == 4
    error_message = "Each region reaches the account and its readable copy."
  }
}

run "archive_needs_an_account_without_zones" {
  command = plan

  module {
    source = "./modules/storage"
  }

  variables {
    name                = "erptest"
    immutability_locked = false
    containers = {
      backups = { archive_after_days = 90 }
    }
  }

  expect_failures = [var.containers]
}

run "backups_are_immutable" {
  command = plan

  module {
    source = "./modules/storage"
  }

  variables {
    name                = "erptest"
    replication_type    = "RAGRS"
    immutability_locked = true
    containers = {
      backups = { immutable_days = 30, archive_after_days = 90, delete_after_days = 400 }
    }
  }

  assert {
    condition     = azurerm_storage_container_immutability_policy.this["backups"].locked
    error_message = "What is locked cannot be unlocked."
  }
}

run "the_cache_has_no_keys" {
  command = plan

  module {
    source = "./modules/redis"
  }

  variables {
    name                      = "redis-test"
    sku_name                  = "Balanced_B5"
    high_availability_enabled = true
    data_owner_object_ids     = { api = "00000000-0000-0000-0000-000000000002" }
  }

  assert {
    condition     = !azurerm_managed_redis.this.default_database[0].access_keys_authentication_enabled
    error_message = "The cache is entered with an identity."
  }
}

run "a_retired_cache_is_refused" {
  command = plan

  module {
    source = "./modules/redis"
  }

  variables {
    name                      = "redis-test"
    sku_name                  = "Premium"
    high_availability_enabled = true
    data_owner_object_ids     = {}
  }

  expect_failures = [var.sku_name]
}

run "retention_is_what_is_required" {
  command = plan

  module {
    source = "./modules/backup-policy"
  }

  variables {
    vault_name       = "bv-test"
    immutable        = true
    storage_accounts = {}
  }

  assert {
    condition     = output.sql_short_term_retention.retention_days == 30
    error_message = "Thirty days to any second."
  }

  assert {
    condition     = output.sql_long_term_retention.weekly == "P5W" && output.sql_long_term_retention.monthly == "P12M"
    error_message = "Weekly backups for five weeks, monthly ones for a year."
  }
}
