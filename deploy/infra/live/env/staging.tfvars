# What to fill in: every id of zeros, the e-mail addresses, the host names and the account of the state.
subscription_id  = "00000000-0000-0000-0000-000000000000"
environment      = "Staging"
environment_code = "staging"
active_region    = "primary"
zones            = ["1", "2", "3"]
internal_domain  = "internal.staging.erp.example"
operator_ranges  = ["10.49.0.0/24"]

state = {
  resource_group_name  = "rg-erp-staging-state"
  storage_account_name = "sterpstagingstate"
  container_name       = "tfstate"
}

regions = {
  primary = {
    location              = "uaenorth"
    private_link_location = "uaenorth"
    address_space         = "10.50.0.0/16"
    gateway_address       = "10.50.15.250"
    subnets = {
      aks               = "10.50.0.0/20"
      apim              = "10.50.16.0/26"
      private_endpoints = "10.50.17.0/24"
    }
  }
  secondary = {
    location              = "qatarcentral"
    private_link_location = "uaenorth"
    address_space         = "10.60.0.0/16"
    gateway_address       = "10.60.15.250"
    subnets = {
      aks               = "10.60.0.0/20"
      apim              = "10.60.16.0/26"
      private_endpoints = "10.60.17.0/24"
    }
  }
}

names = {
  container_registry  = "erpacrstaging"
  primary_key_vault   = "erp-staging-kv"
  secondary_key_vault = "erp-staging-kv2"
  app_configuration   = "erp-staging-appcs"
  files_storage       = "erpstaging"
  archive_storage     = "erpstagingarchive"
  failover_group      = "erp-staging"
}

immutability_locked = false

monitoring = {
  retention_days = 30
  daily_quota_gb = 5
  action_groups = {
    page   = { short_name = "erp-page", emails = ["on-call@erp.example"] }
    ticket = { short_name = "erp-ticket", emails = ["tickets@erp.example"] }
  }
}

apim = {
  sku_name                      = "StandardV2_1"
  public_network_access_enabled = false
  publisher                     = { name = "ERP", email = "platform@erp.example" }
}

front_door = {
  host_name = "api.staging.erp.example"
  waf_mode  = "Prevention"
}

redis = {
  sku_name                  = "Balanced_B1"
  high_availability_enabled = true
}

aks = {
  admin_group_object_ids = ["00000000-0000-0000-0000-000000000000"]
  pod_cidr               = "10.244.0.0/16"
  service_cidr           = "10.245.0.0/16"
  system_pool            = { vm_size = "Standard_D4ds_v5", min_count = 3, max_count = 6 }
  app_pool               = { vm_size = "Standard_D4ds_v5", min_count = 3, max_count = 6 }
}

sql = {
  connection_policy   = "Proxy"
  administrator_group = { name = "erp-staging-sql-administrators", object_id = "00000000-0000-0000-0000-000000000000" }
  database = {
    name           = "ErpStaging"
    sku_name       = "GP_Gen5_2"
    max_size_gb    = 100
    zone_redundant = true
    collation      = "SQL_Latin1_General_CP1_CI_AS"
    backup_storage = "Geo"
  }
}

tags = {
  owner = "platform"
}
