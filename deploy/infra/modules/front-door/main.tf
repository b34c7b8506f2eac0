terraform {
  required_version = ">= 1.9.0, < 2.0.0"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = ">= 4.81.0, < 5.0.0"
    }
  }
}

resource "azurerm_cdn_frontdoor_profile" "this" {
  name                     = "afd-${var.name}"
  resource_group_name      = var.resource_group_name
  sku_name                 = "Premium_AzureFrontDoor"
  response_timeout_seconds = var.response_timeout_seconds
  tags                     = var.tags
}

resource "azurerm_cdn_frontdoor_endpoint" "this" {
  name                     = "fde-${var.name}"
  cdn_frontdoor_profile_id = azurerm_cdn_frontdoor_profile.this.id
  tags                     = var.tags
}

resource "azurerm_cdn_frontdoor_origin_group" "this" {
  name                     = "gateways"
  cdn_frontdoor_profile_id = azurerm_cdn_frontdoor_profile.this.id
  # Nothing of a client is kept in one region.
  session_affinity_enabled = false

  health_probe {
    protocol            = "Https"
    request_type        = "HEAD"
    path                = "/health/ready"
    interval_in_seconds = 30
  }

  load_balancing {
    sample_size                        = 4
    successful_samples_required        = 3
    additional_latency_in_milliseconds = 0
  }
}

# Priority 1 takes everything while it answers; the other region stands by.
resource "azurerm_cdn_frontdoor_origin" "this" {
  for_each = var.origins

  name                           = each.key
  cdn_frontdoor_origin_group_id  = azurerm_cdn_frontdoor_origin_group.this.id
  enabled                        = true
  host_name                      = each.value.host_name
  origin_host_header             = each.value.host_name
  priority                       = each.value.priority
  weight                         = 1000
  https_port                     = 443
  certificate_name_check_enabled = true

  # The gateway approves it once; README.md says how.
  dynamic "private_link" {
    for_each = each.value.private_link == null ? [] : [each.value.private_link]

    content {
      target_type            = "Gateway"
      private_link_target_id = private_link.value.target_id
      location               = private_link.value.location
      request_message        = "Front Door afd-${var.name}"
    }
  }
}

resource "azurerm_cdn_frontdoor_custom_domain" "this" {
  name                     = replace(var.host_name, ".", "-")
  cdn_frontdoor_profile_id = azurerm_cdn_frontdoor_profile.this.id
  host_name                = var.host_name

  tls {
    certificate_type = "ManagedCertificate"
  }
}

# No cache block: answers of the API say no-store, and a report of one tenant must never be another's.
resource "azurerm_cdn_frontdoor_route" "this" {
  name                            = "api"
  cdn_frontdoor_endpoint_id       = azurerm_cdn_frontdoor_endpoint.this.id
  cdn_frontdoor_origin_group_id   = azurerm_cdn_frontdoor_origin_group.this.id
  cdn_frontdoor_origin_ids        = [for origin in azurerm_cdn_frontdoor_origin.this : origin.id]
  cdn_frontdoor_custom_domain_ids = [azurerm_cdn_frontdoor_custom_domain.this.id]
  patterns_to_match               = ["/*"]
  supported_protocols             = ["Http", "Https"]
  https_redirect_enabled          = true
  forwarding_protocol             = "HttpsOnly"
  link_to_default_domain          = false
}

resource "azurerm_cdn_frontdoor_custom_domain_association" "this" {
  cdn_frontdoor_custom_domain_id = azurerm_cdn_frontdoor_custom_domain.this.id
  cdn_frontdoor_route_ids        = [azurerm_cdn_frontdoor_route.this.id]
}

resource "azurerm_cdn_frontdoor_firewall_policy" "this" {
  name                              = "waf${replace(var.name, "-", "")}"
  resource_group_name               = var.resource_group_name
  sku_name                          = azurerm_cdn_frontdoor_profile.this.sku_name
  enabled                           = true
  mode                              = var.waf_mode
  request_body_check_enabled        = true
  custom_block_response_status_code = 403
  tags                              = var.tags

  managed_rule {
    type    = "Microsoft_DefaultRuleSet"
    version = "2.1"
    action  = "Block"

    # Filters are written postingDate[gte]=… and or=(…), which read like injections; the API binds every value.
    dynamic "exclusion" {
      for_each = var.waf_query_exclusions

      content {
        match_variable = "QueryStringArgNames"
        operator       = exclusion.value.operator
        selector       = exclusion.value.selector
      }
    }
  }

  managed_rule {
    type    = "Microsoft_BotManagerRuleSet"
    version = "1.1"
    action  = "Block"
  }

  # Above the API's own limit per address, so that only floods end here.
  custom_rule {
    name                           = "FloodsPerAddress"
    type                           = "RateLimitRule"
    action                         = "Block"
    enabled                        = true
    priority                       = 100
    rate_limit_duration_in_minutes = 1
    rate_limit_threshold           = var.rate_limit_per_minute

    match_condition {
      match_variable = "SocketAddr"
      operator       = "IPMatch"
      match_values   = ["0.0.0.0/0", "::/0"]
    }
  }

  # Of health only readiness is for the outside.
  custom_rule {
    name     = "HealthIsForProbes"
    type     = "MatchRule"
    action   = "Block"
    enabled  = true
    priority = 200

    match_condition {
      match_variable = "RequestUri"
      operator       = "RegEx"
      match_values   = ["^https?://[^/]+/+(api/v1/)?health"]
      transforms     = ["Lowercase", "URLDecode"]
    }

    match_condition {
      match_variable     = "RequestUri"
      operator           = "RegEx"
      negation_condition = true
      match_values       = ["^https?://[^/]+/health/ready$"]
      transforms         = ["Lowercase", "URLDecode"]
    }
  }
}

resource "azurerm_cdn_frontdoor_security_policy" "this" {
  name                     = "waf"
  cdn_frontdoor_profile_id = azurerm_cdn_frontdoor_profile.this.id

  security_policies {
    firewall {
      cdn_frontdoor_firewall_policy_id = azurerm_cdn_frontdoor_firewall_policy.this.id

      association {
        patterns_to_match = ["/*"]

        domain {
          cdn_frontdoor_domain_id = azurerm_cdn_frontdoor_custom_domain.this.id
        }

        domain {
          cdn_frontdoor_domain_id = azurerm_cdn_frontdoor_endpoint.this.id
        }
      }
    }
  }
}

resource "azurerm_monitor_diagnostic_setting" "this" {
  name                       = "to-log-analytics"
  target_resource_id         = azurerm_cdn_frontdoor_profile.this.id
  log_analytics_workspace_id = var.log_analytics_workspace_id

  enabled_log {
    category = "FrontDoorAccessLog"
  }

  enabled_log {
    category = "FrontDoorHealthProbeLog"
  }

  enabled_log {
    category = "FrontDoorWebApplicationFirewallLog"
  }

  enabled_metric {
    category = "AllMetrics"
  }
}
