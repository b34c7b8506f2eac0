terraform {
  required_version = ">= 1.9.0, < 2.0.0"

  # Where the state is kept is given with -backend-config; README.md says how. Blobs are locked while they are written.
  backend "azurerm" {
    key              = "erp/shared.tfstate"
    use_azuread_auth = true
  }

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "4.81.0"
    }
    azapi = {
      source  = "Azure/azapi"
      version = "2.4.0"
    }
  }
}

provider "azurerm" {
  subscription_id     = var.subscription_id
  storage_use_azuread = true

  features {
    key_vault {
      purge_soft_delete_on_destroy = false
    }

    resource_group {
      prevent_deletion_if_contains_resources = true
    }
  }
}

provider "azapi" {
  subscription_id = var.subscription_id
}

data "azurerm_client_config" "current" {}

locals {
  name = "erp-${var.environment_code}"
  tags = merge(var.tags, { application = "ERP-API", environment = var.environment, layer = "shared" })

  # An endpoint in each region: none crosses to the other one for what both use.
  endpoints = { for region in keys(var.regions) : region => module.network[region].endpoint }

  classic = startswith(var.apim.sku_name, "Premium_")

  # The API servers of the clusters and the private endpoints, for whoever operates them.
  operators = {
    for index, range in var.operator_ranges : "operators-${index}" => {
      description = "Operators, and what deploys for them."
      priority    = 200 + index
      source      = range
      destination = "VirtualNetwork"
      ports       = ["443", "1433"]
    }
  }
}

resource "azurerm_resource_group" "shared" {
  name     = "rg-${local.name}-shared"
  location = var.regions["primary"].location
  tags     = local.tags
}

resource "azurerm_resource_group" "network" {
  for_each = var.regions

  name     = "rg-${local.name}-${each.key}-network"
  location = each.value.location
  tags     = local.tags
}

# The networks are made here, and not with the clusters, because the API gateways of both regions stand in them.
module "network" {
  source   = "../../modules/network"
  for_each = var.regions

  name                = "${local.name}-${each.key}"
  location            = each.value.location
  resource_group_name = azurerm_resource_group.network[each.key].name
  address_space       = [each.value.address_space]
  zones               = var.zones
  private_dns_zones   = var.private_dns_zones
  internal_domain     = var.internal_domain
  internal_hosts      = { for region, settings in var.regions : "gateway-${region}" => settings.gateway_address }
  tags                = local.tags

  subnets = {
    aks = {
      address_prefix = each.value.subnets.aks
      egress         = true
      # That of the gateway's internal load balancer (deploy/k8s).
      private_link_service = true
      inbound = merge(
        local.operators,
        {
          nodes = {
            description = "Nodes among themselves, and the cluster's own services."
            priority    = 110
            source      = each.value.subnets.aks
            destination = each.value.subnets.aks
            ports       = ["0-65535"]
          }
          probes = {
            description = "Probes of the internal load balancer."
            priority    = 120
            source      = "AzureLoadBalancer"
            destination = each.value.subnets.aks
            ports       = ["0-65535"]
          }
        },
        {
          for region, settings in var.regions : "gateway-${region}" => {
            description = "The API gateway of the region ${region}: both may call both clusters."
            priority    = region == "primary" ? 100 : 101
            source      = settings.subnets.apim
            destination = each.value.subnets.aks
            ports       = ["443"]
          }
        },
      )
    }

    apim = {
      address_prefix = each.value.subnets.apim
      delegation     = local.classic ? null : "Microsoft.Web/serverFarms"
      inbound = local.classic ? {
        front-door = {
          description = "Front Door, of whomever: the API looks for our own one's id."
          priority    = 100
          source      = "AzureFrontDoor.Backend"
          destination = "VirtualNetwork"
          ports       = ["443"]
        }
        management = {
          description = "Management of the instance by Azure."
          priority    = 110
          source      = "ApiManagement"
          destination = "VirtualNetwork"
          ports       = ["3443"]
        }
        probes = {
          description = "Probes of the instance's own load balancer."
          priority    = 120
          source      = "AzureLoadBalancer"
          destination = "VirtualNetwork"
          ports       = ["6390"]
        }
      } : {}
    }

    private-endpoints = {
      address_prefix = each.value.subnets.private_endpoints
      inbound = merge(local.operators, {
        nodes = {
          description = "The cluster of this region: vault, store, files, telemetry, images, SQL (with Redirect, too) and cache."
          priority    = 100
          source      = each.value.subnets.aks
          destination = each.value.subnets.private_endpoints
          ports       = ["443", "1433", "10000", "11000-11999"]
        }
        gateway = {
          description = "The API gateway of this region sends telemetry."
          priority    = 110
          source      = each.value.subnets.apim
          destination = each.value.subnets.private_endpoints
          ports       = ["443"]
        }
      })
    }
  }
}

# Peered in both directions; only the API gateways use it, to reach the other region's cluster.
resource "azurerm_virtual_network_peering" "this" {
  for_each = { primary = "secondary", secondary = "primary" }

  name                         = "peer-to-${each.value}"
  resource_group_name          = azurerm_resource_group.network[each.key].name
  virtual_network_name         = module.network[each.key].virtual_network_name
  remote_virtual_network_id    = module.network[each.value].virtual_network_id
  allow_virtual_network_access = true
}

module "monitoring" {
  source = "../../modules/monitoring"

  name                = local.name
  location            = azurerm_resource_group.shared.location
  resource_group_name = azurerm_resource_group.shared.name
  retention_days      = var.monitoring.retention_days
  daily_quota_gb      = var.monitoring.daily_quota_gb
  action_groups       = var.monitoring.action_groups
  private_endpoints   = local.endpoints
  tags                = local.tags
}

module "acr" {
  source = "../../modules/acr"

  name                       = var.names.container_registry
  location                   = azurerm_resource_group.shared.location
  resource_group_name        = azurerm_resource_group.shared.name
  replica_locations          = [var.regions["secondary"].location]
  log_analytics_workspace_id = module.monitoring.log_analytics_workspace_id
  private_endpoints          = local.endpoints
  tags                       = local.tags
}

# What the API gateways have to know. The vaults of the API are in the regions and closed to the gateways.
module "keyvault" {
  source = "../../modules/keyvault"

  name                       = "${local.name}-gw-kv"
  location                   = azurerm_resource_group.shared.location
  resource_group_name        = azurerm_resource_group.shared.name
  tenant_id                  = data.azurerm_client_config.current.tenant_id
  log_analytics_workspace_id = module.monitoring.log_analytics_workspace_id
  private_endpoints          = local.endpoints
  tags                       = local.tags
}

# One instance in each region, so that Front Door decides between them and neither needs the other.
module "apim" {
  source   = "../../modules/apim"
  for_each = var.regions

  name                          = "${local.name}-${each.key}-apim"
  location                      = each.value.location
  resource_group_name           = azurerm_resource_group.shared.name
  sku_name                      = var.apim.sku_name
  zones                         = var.zones
  subnet_id                     = module.network[each.key].subnet_ids["apim"]
  public_network_access_enabled = var.apim.public_network_access_enabled
  publisher                     = var.apim.publisher
  definitions                   = "${path.module}/../../../apim"
  internal_domain               = var.internal_domain
  key_vault                     = { id = module.keyvault.id, uri = module.keyvault.uri }
  log_analytics_workspace_id    = module.monitoring.log_analytics_workspace_id
  tags                          = local.tags

  application_insights = {
    id                = module.monitoring.application_insights_id
    connection_string = module.monitoring.connection_string
  }
}

module "front_door" {
  source = "../../modules/front-door"

  name                       = local.name
  resource_group_name        = azurerm_resource_group.shared.name
  host_name                  = var.front_door.host_name
  waf_mode                   = var.front_door.waf_mode
  log_analytics_workspace_id = module.monitoring.log_analytics_workspace_id
  tags                       = local.tags

  origins = {
    for region, settings in var.regions : region => {
      host_name = module.apim[region].gateway_host_name
      priority  = region == var.active_region ? 1 : 2
      private_link = module.apim[region].private_link ? {
        target_id = module.apim[region].id
        location  = settings.private_link_location
      } : null
    }
  }
}
