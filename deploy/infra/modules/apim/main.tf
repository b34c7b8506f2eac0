terraform {
  required_version = ">= 1.9.0, < 2.0.0"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = ">= 4.81.0, < 5.0.0"
    }
    # For pools of backends, and for imports that keep required query parameters.
    azapi = {
      source  = "Azure/azapi"
      version = ">= 2.4.0, < 3.0.0"
    }
  }
}

locals {
  # A tier of before v2: it has zones to choose and quota-by-key, and no private way in (README.md compares them).
  classic = startswith(var.sku_name, "Premium_")

  named_values = { for value in jsondecode(file("${var.definitions}/named-values.json")).namedValues : value.name => value }
  backends     = jsondecode(file("${var.definitions}/backends.json"))
  diagnostics  = jsondecode(file("${var.definitions}/diagnostics.json"))
  operations   = jsondecode(file("${var.definitions}/operations.json"))

  texts = {
    for name in ["global", "api", "product-internal", "product-partner", "op-post-idempotent", "op-report-long"] :
    name => file("${var.definitions}/policies/${name}.policy.xml")
  }
  policies = {
    for name, text in local.texts : name => local.classic ? text : replace(text, "/(?s)<!-- classic tiers only.*?<!-- end of classic tiers only -->/", "")
  }

  # An import names operations so; see deploy/ci/lib/apim_openapi.py.
  operation_policies = merge([
    for policy, ids in local.operations : {
      for id in ids : substr(trim(replace(lower(id), "/[^a-z0-9]+/", "-"), "-"), 0, 76) => policy
    }
  ]...)

  products = {
    internal = { subscription_required = false, display_name = "ERP, our own pages and programs" }
    partner  = { subscription_required = true, display_name = "ERP, programs of partners" }
  }
}

resource "azurerm_api_management" "this" {
  name                          = var.name
  location                      = var.location
  resource_group_name           = var.resource_group_name
  publisher_name                = var.publisher.name
  publisher_email               = var.publisher.email
  sku_name                      = var.sku_name
  zones                         = local.classic ? var.zones : null
  public_network_access_enabled = var.public_network_access_enabled
  virtual_network_type          = "External"
  tags                          = var.tags

  virtual_network_configuration {
    subnet_id = var.subnet_id
  }

  # The vault lets this one in as a trusted service, past its network rules.
  identity {
    type = "SystemAssigned"
  }

  protocols {
    http2_enabled = true
  }
}

resource "azurerm_role_assignment" "this" {
  for_each = {
    "Key Vault Secrets User"       = var.key_vault.id
    "Monitoring Metrics Publisher" = nonsensitive(var.application_insights.id)
  }

  scope                = each.value
  role_definition_name = each.key
  principal_id         = azurerm_api_management.this.identity[0].principal_id
  principal_type       = "ServicePrincipal"
}

# Only names are here; the values are read from the vault by the gateway and never pass through Terraform.
resource "azurerm_api_management_named_value" "this" {
  for_each = local.named_values

  name                = each.key
  display_name        = each.key
  resource_group_name = var.resource_group_name
  api_management_name = azurerm_api_management.this.name
  secret              = true

  value_from_key_vault {
    secret_id = "${var.key_vault.uri}secrets/${each.value.secretName}"
  }

  depends_on = [azurerm_role_assignment.this]
}

resource "azurerm_api_management_backend" "this" {
  for_each = { for backend in local.backends.backends : backend.name => backend }

  name                = each.key
  resource_group_name = var.resource_group_name
  api_management_name = azurerm_api_management.this.name
  protocol            = "http"
  url                 = "https://${each.value.host}.${var.internal_domain}"

  circuit_breaker_rule {
    name                       = local.backends.circuitBreaker.name
    trip_duration              = local.backends.circuitBreaker.tripDuration
    accept_retry_after_enabled = local.backends.circuitBreaker.acceptRetryAfter

    failure_condition {
      count             = local.backends.circuitBreaker.failureCount
      interval_duration = local.backends.circuitBreaker.failureInterval

      status_code_range {
        min = local.backends.circuitBreaker.statusCodeMin
        max = local.backends.circuitBreaker.statusCodeMax
      }
    }
  }
}

resource "azapi_resource" "pool" {
  type      = "Microsoft.ApiManagement/service/backends@2024-05-01"
  name      = local.backends.pool.name
  parent_id = azurerm_api_management.this.id

  body = {
    properties = {
      type = "Pool"
      pool = {
        services = [
          for member in local.backends.pool.members : {
            id       = azurerm_api_management_backend.this[member.backend].id
            priority = member.priority
            weight   = member.weight
          }
        ]
      }
    }
  }
}

resource "azurerm_api_management_policy" "this" {
  api_management_id = azurerm_api_management.this.id
  xml_content       = local.policies["global"]
}

resource "azapi_resource" "api" {
  type      = "Microsoft.ApiManagement/service/apis@2024-05-01"
  name      = "erp-v1"
  parent_id = azurerm_api_management.this.id

  body = {
    properties = {
      displayName          = "ERP API"
      path                 = ""
      protocols            = ["https"]
      subscriptionRequired = false
      format               = "openapi+json"
      value                = file("${var.definitions}/openapi/erp-v1.apim.json")
      # Else a required parameter would become a part of the path, and no request would match.
      translateRequiredQueryParameters = "query"
    }
  }
}

resource "azurerm_api_management_api_operation_policy" "this" {
  for_each = local.operation_policies

  resource_group_name = var.resource_group_name
  api_management_name = azurerm_api_management.this.name
  api_name            = azapi_resource.api.name
  operation_id        = each.key
  xml_content         = local.policies[each.value]

  depends_on = [azurerm_api_management_api_policy.this]
}

# Not part of the document; Front Door asks for it.
resource "azurerm_api_management_api" "health" {
  name                  = "health"
  display_name          = "Readiness"
  resource_group_name   = var.resource_group_name
  api_management_name   = azurerm_api_management.this.name
  revision              = "1"
  path                  = "health"
  protocols             = ["https"]
  subscription_required = false
  service_url           = "https://${local.backends.backends[0].host}.${var.internal_domain}/health"
}

resource "azurerm_api_management_api_operation" "health" {
  for_each = toset(["GET", "HEAD"])

  operation_id        = "health-ready-${lower(each.key)}"
  display_name        = "Readiness (${each.key})"
  resource_group_name = var.resource_group_name
  api_management_name = azurerm_api_management.this.name
  api_name            = azurerm_api_management_api.health.name
  method              = each.key
  url_template        = "/ready"
}

# One policy for both: it knows which paths of health are blocked, and which operations need no token.
resource "azurerm_api_management_api_policy" "this" {
  for_each = { erp-v1 = azapi_resource.api.name, health = azurerm_api_management_api.health.name }

  resource_group_name = var.resource_group_name
  api_management_name = azurerm_api_management.this.name
  api_name            = each.value
  xml_content         = local.policies["api"]

  depends_on = [azurerm_api_management_named_value.this, azapi_resource.pool]
}

resource "azurerm_api_management_product" "this" {
  for_each = local.products

  product_id            = each.key
  display_name          = each.value.display_name
  resource_group_name   = var.resource_group_name
  api_management_name   = azurerm_api_management.this.name
  subscription_required = each.value.subscription_required
  approval_required     = each.value.subscription_required ? true : null
  subscriptions_limit   = each.value.subscription_required ? 2 : null
  published             = true
}

resource "azurerm_api_management_product_api" "this" {
  for_each = local.products

  product_id          = azurerm_api_management_product.this[each.key].product_id
  api_name            = azapi_resource.api.name
  resource_group_name = var.resource_group_name
  api_management_name = azurerm_api_management.this.name
}

resource "azurerm_api_management_product_policy" "this" {
  for_each = local.products

  product_id          = azurerm_api_management_product.this[each.key].product_id
  resource_group_name = var.resource_group_name
  api_management_name = azurerm_api_management.this.name
  xml_content         = local.policies["product-${each.key}"]
}

resource "azurerm_api_management_logger" "this" {
  name                = "application-insights"
  resource_group_name = var.resource_group_name
  api_management_name = azurerm_api_management.this.name
  resource_id         = var.application_insights.id

  application_insights {
    connection_string  = var.application_insights.connection_string
    identity_client_id = "SystemAssigned"
  }

  depends_on = [azurerm_role_assignment.this]
}

resource "azurerm_api_management_diagnostic" "this" {
  identifier                = local.diagnostics.identifier
  resource_group_name       = var.resource_group_name
  api_management_name       = azurerm_api_management.this.name
  api_management_logger_id  = azurerm_api_management_logger.this.id
  sampling_percentage       = local.diagnostics.samplingPercentage
  always_log_errors         = local.diagnostics.alwaysLogErrors
  http_correlation_protocol = local.diagnostics.httpCorrelationProtocol
  verbosity                 = local.diagnostics.verbosity
  operation_name_format     = local.diagnostics.operationNameFormat
  log_client_ip             = local.diagnostics.logClientIp

  frontend_request {
    body_bytes     = local.diagnostics.bodyBytes
    headers_to_log = local.diagnostics.requestHeaders
  }

  frontend_response {
    body_bytes     = local.diagnostics.bodyBytes
    headers_to_log = local.diagnostics.responseHeaders
  }
}

resource "azurerm_monitor_diagnostic_setting" "this" {
  name                       = "to-log-analytics"
  target_resource_id         = azurerm_api_management.this.id
  log_analytics_workspace_id = var.log_analytics_workspace_id

  enabled_log {
    category = "GatewayLogs"
  }

  enabled_metric {
    category = "AllMetrics"
  }
}
