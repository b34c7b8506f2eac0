terraform {
  required_version = ">= 1.9.0, < 2.0.0"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = ">= 4.81.0, < 5.0.0"
    }
  }
}

locals {
  # The secondary endpoint exists only where the copy may be read.
  subresources = startswith(var.replication_type, "RA") ? ["blob", "blob_secondary"] : ["blob"]

  endpoints = merge([
    for kind in local.subresources : {
      for region, target in var.private_endpoints : "${kind}-${region}" => { kind = kind, target = target }
    }
  ]...)
}

resource "azurerm_storage_account" "this" {
  name                              = var.name
  location                          = var.location
  resource_group_name               = var.resource_group_name
  account_kind                      = "StorageV2"
  account_tier                      = "Standard"
  account_replication_type          = var.replication_type
  access_tier                       = var.access_tier
  min_tls_version                   = "TLS1_2"
  https_traffic_only_enabled        = true
  public_network_access_enabled     = false
  allow_nested_items_to_be_public   = false
  cross_tenant_replication_enabled  = false
  default_to_oauth_authentication   = true
  infrastructure_encryption_enabled = true
  local_user_enabled                = false
  # Processes enter with their identities; signatures of the account key would outlive them.
  shared_access_key_enabled = false
  tags                      = var.tags

  blob_properties {
    versioning_enabled            = true
    change_feed_enabled           = true
    change_feed_retention_in_days = var.soft_delete_days + 5
    last_access_time_enabled      = true

    delete_retention_policy {
      days = var.soft_delete_days
    }

    container_delete_retention_policy {
      days = var.soft_delete_days
    }

    dynamic "restore_policy" {
      for_each = var.point_in_time_days == null ? [] : [var.point_in_time_days]

      content {
        days = restore_policy.value
      }
    }
  }

  network_rules {
    default_action = "Deny"
    bypass         = var.trusted_services ? ["AzureServices"] : ["None"]
  }

  lifecycle {
    # Documents and backups of every tenant: a plan that would replace them must fail instead.
    prevent_destroy = true
  }
}

# Made through Azure Resource Manager: the data plane is closed to whoever runs Terraform outside the network.
resource "azurerm_storage_container" "this" {
  for_each = var.containers

  name                  = each.key
  storage_account_id    = azurerm_storage_account.this.id
  container_access_type = "private"
}

resource "azurerm_storage_container_immutability_policy" "this" {
  for_each = { for name, container in var.containers : name => container if container.immutable_days != null }

  storage_container_resource_manager_id = azurerm_storage_container.this[each.key].id
  immutability_period_in_days           = each.value.immutable_days
  # A locked policy can be lengthened and never taken away, by nobody: an attacker with every right included.
  locked                              = var.immutability_locked
  protected_append_writes_all_enabled = false
}

resource "azurerm_storage_management_policy" "this" {
  storage_account_id = azurerm_storage_account.this.id

  dynamic "rule" {
    for_each = var.containers

    content {
      name    = "age-${rule.key}"
      enabled = true

      filters {
        prefix_match = ["${rule.key}/"]
        blob_types   = ["blockBlob"]
      }

      actions {
        base_blob {
          tier_to_cool_after_days_since_modification_greater_than    = rule.value.cool_after_days
          tier_to_cold_after_days_since_modification_greater_than    = rule.value.cold_after_days
          tier_to_archive_after_days_since_modification_greater_than = rule.value.archive_after_days
          delete_after_days_since_modification_greater_than          = rule.value.delete_after_days
        }

        version {
          tier_to_cold_after_days_since_creation_greater_than = rule.value.version_cold_after_days
          delete_after_days_since_creation                    = rule.value.version_delete_after_days
        }
      }
    }
  }
}

resource "azurerm_private_endpoint" "this" {
  for_each = local.endpoints

  name                = "pe-${var.name}-${replace(each.key, "_", "-")}"
  location            = each.value.target.location
  resource_group_name = each.value.target.resource_group_name
  subnet_id           = each.value.target.subnet_id
  tags                = var.tags

  private_service_connection {
    name                           = each.value.kind
    private_connection_resource_id = azurerm_storage_account.this.id
    subresource_names              = [each.value.kind]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "default"
    private_dns_zone_ids = [each.value.target.zone_ids["privatelink.blob.core.windows.net"]]
  }
}

resource "azurerm_monitor_diagnostic_setting" "this" {
  name                       = "to-log-analytics"
  target_resource_id         = "${azurerm_storage_account.this.id}/blobServices/default"
  log_analytics_workspace_id = var.log_analytics_workspace_id

  enabled_log {
    category = "StorageRead"
  }

  enabled_log {
    category = "StorageWrite"
  }

  enabled_log {
    category = "StorageDelete"
  }

  enabled_metric {
    category = "Transaction"
  }
}
