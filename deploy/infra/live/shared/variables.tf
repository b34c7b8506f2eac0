variable "subscription_id" {
  description = "Subscription of the environment. Backups that must survive an attacker are copied to another one; see README.md."
  type        = string

  validation {
    condition     = can(regex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", var.subscription_id))
    error_message = "Give the id of a subscription."
  }
}

variable "environment" {
  description = "What ASPNETCORE_ENVIRONMENT is set to."
  type        = string

  validation {
    condition     = contains(["Staging", "Production"], var.environment)
    error_message = "Use Staging or Production; Development needs nothing of Azure."
  }
}

variable "environment_code" {
  description = "The same in names of resources."
  type        = string

  validation {
    condition     = contains(["staging", "prod"], var.environment_code)
    error_message = "Use staging or prod."
  }
}

variable "regions" {
  description = "The two regions: location, ranges, address of the internal gateway, and from where Front Door makes its private link."
  type = map(object({
    location              = string
    private_link_location = string
    address_space         = string
    gateway_address       = string
    subnets = object({
      aks               = string
      apim              = string
      private_endpoints = string
    })
  }))

  validation {
    condition     = toset(keys(var.regions)) == toset(["primary", "secondary"])
    error_message = "Give exactly the regions primary and secondary."
  }

  validation {
    condition     = length(distinct([for region in var.regions : region.location])) == 2
    error_message = "The regions must differ."
  }
}

variable "active_region" {
  description = "Region that Front Door asks first: what a failover of the edge changes."
  type        = string

  validation {
    condition     = contains(["primary", "secondary"], var.active_region)
    error_message = "Use primary or secondary."
  }
}

variable "zones" {
  description = "Availability zones that are used in both regions."
  type        = list(string)

  validation {
    condition     = length(distinct(var.zones)) == 3
    error_message = "Give three zones."
  }
}

variable "names" {
  description = "Names that other documents know, and that are unique in all of Azure."
  type = object({
    container_registry = string
  })
}

variable "private_dns_zones" {
  description = "Private DNS zones of everything that has a private endpoint."
  type        = set(string)
  default = [
    "privatelink.agentsvc.azure-automation.net",
    "privatelink.azconfig.io",
    "privatelink.azurecr.io",
    "privatelink.blob.core.windows.net",
    "privatelink.database.windows.net",
    "privatelink.monitor.azure.com",
    "privatelink.ods.opinsights.azure.com",
    "privatelink.oms.opinsights.azure.com",
    "privatelink.redis.azure.net",
    "privatelink.vaultcore.azure.net",
  ]
}

variable "operator_ranges" {
  description = "Networks from which people and pipelines operate; they must be peered with, or connected to, the networks made here."
  type        = list(string)

  validation {
    condition     = alltrue([for range in var.operator_ranges : can(cidrhost(range, 0)) && !startswith(range, "0.")])
    error_message = "Give ranges in CIDR notation, and never everybody."
  }

  validation {
    condition     = length(var.operator_ranges) <= 50
    error_message = "Each range is a rule: at most 50."
  }
}

variable "internal_domain" {
  description = "Domain of the gateways of the clusters, such as internal.erp.example; a part of one that we own, for the sake of certificates."
  type        = string
}

variable "monitoring" {
  description = "Logs: how long and how much, and who is told."
  type = object({
    retention_days = number
    daily_quota_gb = number
    action_groups = map(object({
      short_name = string
      emails     = list(string)
      role_ids   = optional(list(string), [])
    }))
  })
}

variable "apim" {
  description = "API gateways: tier and units, who publishes, and whether the way in from outside is still open."
  type = object({
    sku_name                      = string
    public_network_access_enabled = bool
    publisher = object({
      name  = string
      email = string
    })
  })
}

variable "front_door" {
  description = "The public host name, and whether the firewall blocks."
  type = object({
    host_name = string
    waf_mode  = string
  })
}

variable "tags" {
  description = "Tags of every resource, such as the cost centre."
  type        = map(string)
}
