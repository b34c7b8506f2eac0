# What to fill in: every id of zeros, the e-mail addresses, the host names and the account of the state.
subscription_id  = "00000000-0000-0000-0000-000000000000"
environment      = "Production"
environment_code = "prod"
active_region    = "primary"
zones            = ["1", "2", "3"]
internal_domain  = "internal.erp.example"
operator_ranges  = ["10.9.0.0/24"]

state = {
  resource_group_name  = "rg-erp-prod-state"
  storage_account_name = "sterpprodstate"
  container_name       = "tfstate"
}

regions = {
  primary = {
    location              = "uaenorth"
    private_link_location = "uaenorth"
    address_space         = "10.10.0.0/16"
    gateway_address       = "10.10.15.250"
    subnets = {
      aks               = "10.10.0.0/20"
      apim              = "10.10.16.0/26"
      private_endpoints = "10.10.17.0/24"
    }
  }
  secondary = {
    location              = "qatarcentral"
    private_link_location = "uaenorth"
    address_space         = "10.20.0.0/16"
    gateway_address       = "10.20.15.250"
    subnets = {
      aks               = "10.20.0.0/20"
      apim              = "10.20.16.0/26"
      private_endpoints = "10.20.17.0/24"
    }
  }
}

names = {
  container_registry  = "erpacr"
  primary_key_vault   = "erp-prod-kv"
  secondary_key_vault = "erp-prod-kv2"
  app_configuration   = "erp-prod-appcs"
  files_storage       = "erpprod"
  archive_storage     = "erpprodarchive"
  failover_group      = "erp"
}

immutability_locked = true

monitoring = {
  retention_days = 90
  daily_quota_gb = 50
  action_groups = {
    page   = { short_name = "erp-page", emails = ["on-call@erp.example"] }
    ticket = { short_name = "erp-ticket", emails = ["tickets@erp.example"] }
  }
}

apim = {
  sku_name                      = "PremiumV2_3"
  public_network_access_enabled = false
  publisher                     = { name = "ERP", email = "platform@erp.example" }
}

front_door = {
  host_name = "api.erp.example"
  waf_mode  = "Prevention"
}

redis = {
  sku_name                  = "Balanced_B5"
  high_availability_enabled = true
}

aks = {
  admin_group_object_ids = ["00000000-0000-0000-0000-000000000000"]
  pod_cidr               = "10.244.0.0/16"
  service_cidr           = "10.245.0.0/16"
  system_pool            = { vm_size = "Standard_D4ds_v5", min_count = 3, max_count = 6 }
  app_pool               = { vm_size = "Standard_D8ds_v5", min_count = 3, max_count = 9 }
}

sql = {
  connection_policy   = "Proxy"
  administrator_group = { name = "erp-prod-sql-administrators", object_id = "00000000-0000-0000-0000-000000000000" }
  database = {
    name           = "ErpProd"
    sku_name       = "BC_Gen5_8"
    max_size_gb    = 1024
    zone_redundant = true
    collation      = "SQL_Latin1_General_CP1_CI_AS"
    backup_storage = "Geo"
  }
}

tags = {
  owner = "platform"
}
