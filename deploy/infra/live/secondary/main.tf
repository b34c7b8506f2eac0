terraform {
  required_version = ">= 1.9.0, < 2.0.0"

  # Where the state is kept is given with -backend-config; README.md says how. Blobs are locked while they are written.
  backend "azurerm" {
    key              = "erp/secondary.tfstate"
    use_azuread_auth = true
  }

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "4.81.0"
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

data "azurerm_client_config" "current" {}

data "terraform_remote_state" "shared" {
  backend = "azurerm"
  config  = merge(var.state, { key = "erp/shared.tfstate", use_azuread_auth = true })
}

data "terraform_remote_state" "primary" {
  backend = "azurerm"
  config  = merge(var.state, { key = "erp/primary.tfstate", use_azuread_auth = true })
}

locals {
  name    = "erp-${var.environment_code}-secondary"
  region  = var.regions["secondary"]
  shared  = data.terraform_remote_state.shared.outputs
  primary = data.terraform_remote_state.primary.outputs
  tags    = merge(var.tags, { application = "ERP-API", environment = var.environment, layer = "secondary" })

  # What is of this region only is reached from this region only.
  endpoints = { secondary = local.shared.endpoints["secondary"] }
}

resource "azurerm_resource_group" "this" {
  name     = "rg-${local.name}"
  location = local.region.location
  tags     = local.tags
}

module "identity" {
  source = "../../modules/identity"

  location            = azurerm_resource_group.this.location
  resource_group_name = azurerm_resource_group.this.name
  tags                = local.tags

  identities = {
    api           = "id-${local.name}-api"
    control-plane = "id-${local.name}-aks"
    kubelet       = "id-${local.name}-kubelet"
  }

  # The service account of deploy/k8s; its annotation names the client id of this identity.
  federated_credentials = {
    erp-api = {
      identity = "api"
      issuer   = module.aks.oidc_issuer_url
      subject  = "system:serviceaccount:erp-system:erp-api"
    }
  }

  role_assignments = {
    secrets = {
      identity             = "api"
      scope                = module.keyvault.id
      role_definition_name = "Key Vault Secrets User"
    }
    configuration = {
      identity             = "api"
      scope                = local.primary.app_configuration.id
      role_definition_name = "App Configuration Data Reader"
    }
    files = {
      identity             = "api"
      scope                = local.primary.files.container_id
      role_definition_name = "Storage Blob Data Contributor"
    }
    images = {
      identity             = "kubelet"
      scope                = local.shared.container_registry.id
      role_definition_name = "AcrPull"
    }
    load-balancer = {
      identity             = "control-plane"
      scope                = local.shared.aks_subnet_ids["secondary"]
      role_definition_name = "Network Contributor"
    }
    kubelet = {
      identity             = "control-plane"
      scope                = module.identity.ids["kubelet"]
      role_definition_name = "Managed Identity Operator"
    }
  }
}

module "keyvault" {
  source = "../../modules/keyvault"

  name                       = var.names.secondary_key_vault
  location                   = azurerm_resource_group.this.location
  resource_group_name        = azurerm_resource_group.this.name
  tenant_id                  = data.azurerm_client_config.current.tenant_id
  log_analytics_workspace_id = local.shared.log_analytics_workspace_id
  private_endpoints          = local.endpoints
  tags                       = local.tags
}

# A cache of its own: it is rebuilt from the database, so that nothing is copied between the regions.
module "redis" {
  source = "../../modules/redis"

  name                      = "redis-${local.name}"
  location                  = azurerm_resource_group.this.location
  resource_group_name       = azurerm_resource_group.this.name
  sku_name                  = var.redis.sku_name
  high_availability_enabled = var.redis.high_availability_enabled
  data_owner_object_ids     = { api = module.identity.principal_ids["api"] }
  private_endpoints         = local.endpoints
  tags                      = local.tags
}

module "aks" {
  source = "../../modules/aks"

  name                       = "aks-${local.name}"
  location                   = azurerm_resource_group.this.location
  resource_group_name        = azurerm_resource_group.this.name
  tenant_id                  = data.azurerm_client_config.current.tenant_id
  admin_group_object_ids     = var.aks.admin_group_object_ids
  kubernetes_version         = var.aks.kubernetes_version
  subnet_id                  = local.shared.aks_subnet_ids["secondary"]
  zones                      = var.zones
  system_pool                = var.aks.system_pool
  app_pool                   = var.aks.app_pool
  pod_cidr                   = var.aks.pod_cidr
  service_cidr               = var.aks.service_cidr
  maintenance_day            = "Sunday"
  control_plane_identity_id  = module.identity.entitled_ids["control-plane"]
  log_analytics_workspace_id = local.shared.log_analytics_workspace_id
  tags                       = local.tags

  kubelet_identity = {
    id        = module.identity.ids["kubelet"]
    client_id = module.identity.client_ids["kubelet"]
    object_id = module.identity.principal_ids["kubelet"]
  }
}

# Both servers and the group belong to this layer: when the first region is gone, what is left can still be administered.
module "sql_failover_group" {
  source = "../../modules/sql-failover-group"

  failover_group_name        = var.names.failover_group
  tenant_id                  = data.azurerm_client_config.current.tenant_id
  administrator_group        = var.sql.administrator_group
  connection_policy          = var.sql.connection_policy
  failover_grace_minutes     = var.sql.failover_grace_minutes
  database                   = var.sql.database
  short_term_retention       = local.primary.sql_short_term_retention
  long_term_retention        = local.primary.sql_long_term_retention
  log_analytics_workspace_id = local.shared.log_analytics_workspace_id
  private_endpoints          = local.shared.endpoints
  tags                       = local.tags

  servers = {
    primary = {
      name                = "sql-erp-${var.environment_code}-primary"
      location            = var.regions["primary"].location
      resource_group_name = local.primary.resource_group_name
    }
    secondary = {
      name                = "sql-erp-${var.environment_code}-secondary"
      location            = local.region.location
      resource_group_name = azurerm_resource_group.this.name
    }
  }
}
