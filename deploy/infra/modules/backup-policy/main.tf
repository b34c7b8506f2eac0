terraform {
  required_version = ">= 1.9.0, < 2.0.0"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = ">= 4.81.0, < 5.0.0"
    }
  }
}

# Azure SQL Database is told its retention on the database itself, so this module says what it is and the module
# sql-failover-group applies it. Blobs are kept in a vault of their own.
locals {
  short_term = {
    retention_days           = var.short_term_days
    backup_interval_in_hours = var.differential_hours
  }

  long_term = {
    weekly       = var.weekly_retention
    monthly      = var.monthly_retention
    yearly       = var.yearly_retention
    week_of_year = var.week_of_year
    immutable    = var.immutable
  }
}

resource "azurerm_data_protection_backup_vault" "this" {
  name                         = var.vault_name
  location                     = var.location
  resource_group_name          = var.resource_group_name
  datastore_type               = "VaultStore"
  redundancy                   = "GeoRedundant"
  cross_region_restore_enabled = true
  soft_delete                  = "On"
  retention_duration_in_days   = 30
  immutability                 = var.immutable ? "Locked" : "Unlocked"
  tags                         = var.tags

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_data_protection_backup_policy_blob_storage" "this" {
  name     = "blobs"
  vault_id = azurerm_data_protection_backup_vault.this.id
  # Sundays after the full backup of the database, so that documents are never older than the entries they prove.
  backup_repeating_time_intervals  = ["R/2026-01-04T03:00:00+00:00/P1W"]
  vault_default_retention_duration = var.weekly_retention_days
  time_zone                        = "UTC"

  retention_rule {
    name     = "monthly"
    priority = 20

    criteria {
      absolute_criteria = "FirstOfMonth"
    }

    life_cycle {
      data_store_type = "VaultStore"
      duration        = var.monthly_retention
    }
  }
}

resource "azurerm_role_assignment" "this" {
  for_each = var.storage_accounts

  scope                = each.value.id
  role_definition_name = "Storage Account Backup Contributor"
  principal_id         = azurerm_data_protection_backup_vault.this.identity[0].principal_id
  principal_type       = "ServicePrincipal"
}

resource "azurerm_data_protection_backup_instance_blob_storage" "this" {
  for_each = var.storage_accounts

  name                            = "blobs-${each.key}"
  location                        = var.location
  vault_id                        = azurerm_data_protection_backup_vault.this.id
  storage_account_id              = each.value.id
  storage_account_container_names = each.value.containers
  backup_policy_id                = azurerm_data_protection_backup_policy_blob_storage.this.id

  depends_on = [azurerm_role_assignment.this]
}
