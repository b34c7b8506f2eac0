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
  endpoints = merge([
    for server in keys(var.servers) : {
      for region, target in var.private_endpoints : "${server}-from-${region}" => { server = server, target = target }
    }
  ]...)
}

resource "azurerm_mssql_server" "this" {
  for_each = var.servers

  name                          = each.value.name
  location                      = each.value.location
  resource_group_name           = each.value.resource_group_name
  version                       = "12.0"
  minimum_tls_version           = "1.2"
  public_network_access_enabled = false
  connection_policy             = var.connection_policy
  # Needs no storage account that its findings would be written to.
  express_vulnerability_assessment_enabled = true
  # The server itself reaches nothing outside: no import from, or export to, a place somebody chose.
  outbound_network_restriction_enabled = true
  tags                                 = var.tags

  # Logins with passwords do not exist on these servers.
  azuread_administrator {
    login_username              = var.administrator_group.name
    object_id                   = var.administrator_group.object_id
    tenant_id                   = var.tenant_id
    azuread_authentication_only = true
  }

  identity {
    type = "SystemAssigned"
  }
}

resource "azurerm_mssql_database" "this" {
  name                                = var.database.name
  server_id                           = azurerm_mssql_server.this["primary"].id
  sku_name                            = var.database.sku_name
  max_size_gb                         = var.database.max_size_gb
  zone_redundant                      = var.database.zone_redundant
  read_scale                          = var.database.read_scale
  collation                           = var.database.collation
  storage_account_type                = var.database.backup_storage
  geo_backup_enabled                  = true
  transparent_data_encryption_enabled = true
  tags                                = var.tags

  short_term_retention_policy {
    retention_days           = var.short_term_retention.retention_days
    backup_interval_in_hours = var.short_term_retention.backup_interval_in_hours
  }

  long_term_retention_policy {
    weekly_retention          = var.long_term_retention.weekly
    monthly_retention         = var.long_term_retention.monthly
    yearly_retention          = var.long_term_retention.yearly
    week_of_year              = var.long_term_retention.week_of_year
    immutable_backups_enabled = var.long_term_retention.immutable
  }

  lifecycle {
    # The ledger of every tenant: a plan that would replace it must fail instead.
    prevent_destroy = true
  }
}

resource "azurerm_mssql_failover_group" "this" {
  name                                      = var.failover_group_name
  server_id                                 = azurerm_mssql_server.this["primary"].id
  databases                                 = [azurerm_mssql_database.this.id]
  readonly_endpoint_failover_policy_enabled = false
  tags                                      = var.tags

  partner_server {
    id = azurerm_mssql_server.this["secondary"].id
  }

  read_write_endpoint_failover_policy {
    mode          = var.failover_grace_minutes == null ? "Manual" : "Automatic"
    grace_minutes = var.failover_grace_minutes
  }
}

# The listener leads to whichever server is primary, so that each region needs a way to both of them.
resource "azurerm_private_endpoint" "this" {
  for_each = local.endpoints

  name                = "pe-${var.servers[each.value.server].name}-${each.key}"
  location            = each.value.target.location
  resource_group_name = each.value.target.resource_group_name
  subnet_id           = each.value.target.subnet_id
  tags                = var.tags

  private_service_connection {
    name                           = "sqlServer"
    private_connection_resource_id = azurerm_mssql_server.this[each.value.server].id
    subresource_names              = ["sqlServer"]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "default"
    private_dns_zone_ids = [each.value.target.zone_ids["privatelink.database.windows.net"]]
  }
}

# Audit of logins and statements, next to the other logs. It is switched on per server; the setting below says where to.
resource "azurerm_mssql_server_extended_auditing_policy" "this" {
  for_each = var.servers

  server_id              = azurerm_mssql_server.this[each.key].id
  log_monitoring_enabled = true
}

resource "azurerm_monitor_diagnostic_setting" "audit" {
  for_each = var.servers

  name                       = "audit-to-log-analytics"
  target_resource_id         = "${azurerm_mssql_server.this[each.key].id}/databases/master"
  log_analytics_workspace_id = var.log_analytics_workspace_id

  enabled_log {
    category = "SQLSecurityAuditEvents"
  }
}

resource "azurerm_monitor_diagnostic_setting" "database" {
  name                       = "to-log-analytics"
  target_resource_id         = azurerm_mssql_database.this.id
  log_analytics_workspace_id = var.log_analytics_workspace_id

  enabled_log {
    category = "QueryStoreRuntimeStatistics"
  }

  enabled_log {
    category = "QueryStoreWaitStatistics"
  }

  enabled_log {
    category = "Errors"
  }

  enabled_log {
    category = "Deadlocks"
  }

  enabled_metric {
    category = "Basic"
  }
}
