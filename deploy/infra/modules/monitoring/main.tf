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
  # Azure Monitor answers under all of these names.
  zones = [
    "privatelink.monitor.azure.com",
    "privatelink.oms.opinsights.azure.com",
    "privatelink.ods.opinsights.azure.com",
    "privatelink.agentsvc.azure-automation.net",
    "privatelink.blob.core.windows.net",
  ]
}

resource "azurerm_log_analytics_workspace" "this" {
  name                       = "log-${var.name}"
  location                   = var.location
  resource_group_name        = var.resource_group_name
  sku                        = "PerGB2018"
  retention_in_days          = var.retention_days
  daily_quota_gb             = var.daily_quota_gb
  internet_ingestion_enabled = false
  internet_query_enabled     = var.internet_query_enabled
  tags                       = var.tags
}

resource "azurerm_application_insights" "this" {
  name                                = "appi-${var.name}"
  location                            = var.location
  resource_group_name                 = var.resource_group_name
  workspace_id                        = azurerm_log_analytics_workspace.this.id
  application_type                    = "web"
  retention_in_days                   = var.retention_days
  internet_ingestion_enabled          = false
  internet_query_enabled              = var.internet_query_enabled
  force_customer_storage_for_profiler = true
  # The API samples by itself and says in each item what it stands for; a second sampling would count twice.
  sampling_percentage = 100
  tags                = var.tags
}

# Who is told: page wakes somebody, ticket waits for the morning.
resource "azurerm_monitor_action_group" "this" {
  for_each = var.action_groups

  name                = "ag-${var.name}-${each.key}"
  resource_group_name = var.resource_group_name
  short_name          = each.value.short_name
  tags                = var.tags

  dynamic "email_receiver" {
    for_each = each.value.emails

    content {
      name                    = "mail-${email_receiver.key}"
      email_address           = email_receiver.value
      use_common_alert_schema = true
    }
  }

  dynamic "arm_role_receiver" {
    for_each = each.value.role_ids

    content {
      name                    = "role-${arm_role_receiver.key}"
      role_id                 = arm_role_receiver.value
      use_common_alert_schema = true
    }
  }
}

resource "azurerm_monitor_private_link_scope" "this" {
  name                  = "ampls-${var.name}"
  resource_group_name   = var.resource_group_name
  ingestion_access_mode = "PrivateOnly"
  query_access_mode     = var.internet_query_enabled ? "Open" : "PrivateOnly"
  tags                  = var.tags
}

resource "azurerm_monitor_private_link_scoped_service" "this" {
  for_each = {
    workspace = azurerm_log_analytics_workspace.this.id
    insights  = azurerm_application_insights.this.id
  }

  name                = "scoped-${each.key}"
  resource_group_name = var.resource_group_name
  scope_name          = azurerm_monitor_private_link_scope.this.name
  linked_resource_id  = each.value
}

resource "azurerm_private_endpoint" "this" {
  for_each = var.private_endpoints

  name                = "pe-ampls-${var.name}-${each.key}"
  location            = each.value.location
  resource_group_name = each.value.resource_group_name
  subnet_id           = each.value.subnet_id
  tags                = var.tags

  private_service_connection {
    name                           = "azuremonitor"
    private_connection_resource_id = azurerm_monitor_private_link_scope.this.id
    subresource_names              = ["azuremonitor"]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "default"
    private_dns_zone_ids = [for zone in local.zones : each.value.zone_ids[zone]]
  }

  depends_on = [azurerm_monitor_private_link_scoped_service.this]
}
