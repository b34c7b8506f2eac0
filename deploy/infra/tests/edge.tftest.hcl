# How requests come in, and what runs behind the gateway.
mock_provider "azurerm" {}
mock_provider "azapi" {}

variables {
  location                   = "uaenorth"
  resource_group_name        = "rg-test"
  tenant_id                  = "00000000-0000-0000-0000-000000000000"
  log_analytics_workspace_id = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/log"
  tags                       = {}
  zones                      = ["1", "2", "3"]
  subnet_id                  = "subnet"
  name                       = "erp-test"

  definitions          = "../apim"
  internal_domain      = "internal.erp.example"
  key_vault            = { id = "vault", uri = "https://erp-test-gw-kv.vault.azure.net/" }
  publisher            = { name = "ERP", email = "platform@erp.example" }
  application_insights = { id = "insights", connection_string = "InstrumentationKey=00000000-0000-0000-0000-000000000000" }
}

run "a_v2_gateway_leaves_out_what_its_tier_does_not_know" {
  command = plan

  module {
    source = "./modules/apim"
  }

  variables {
    sku_name = "PremiumV2_3"
  }

  assert {
    condition     = !strcontains(azurerm_api_management_api_policy.this["erp-v1"].xml_content, "<quota-by-key")
    error_message = "An unknown policy would fail the whole import."
  }

  assert {
    condition     = strcontains(azurerm_api_management_api_policy.this["erp-v1"].xml_content, "<rate-limit-by-key") && strcontains(azurerm_api_management_api_policy.this["erp-v1"].xml_content, "<validate-jwt")
    error_message = "Everything else of the policy stays."
  }

  assert {
    condition     = output.private_link && azurerm_api_management.this.zones == null
    error_message = "It is entered by private link, and its zones are not ours to choose."
  }

  assert {
    condition     = !azurerm_api_management.this.public_network_access_enabled
    error_message = "It is closed to the outside unless somebody says so."
  }
}

run "a_classic_gateway_has_zones_and_quotas" {
  command = plan

  module {
    source = "./modules/apim"
  }

  variables {
    sku_name = "Premium_3"
  }

  assert {
    condition     = length(azurerm_api_management.this.zones) == 3 && strcontains(azurerm_api_management_api_policy.this["erp-v1"].xml_content, "<quota-by-key")
    error_message = "Three zones, and the quota of a tenant."
  }
}

run "operations_have_their_policies_under_the_names_an_import_gives" {
  command = plan

  module {
    source = "./modules/apim"
  }

  variables {
    sku_name = "PremiumV2_3"
  }

  assert {
    condition     = contains(keys(azurerm_api_management_api_operation_policy.this), "create-journal-entry") && contains(keys(azurerm_api_management_api_operation_policy.this), "get-trial-balance")
    error_message = "create_journal_entry is imported as create-journal-entry."
  }

  assert {
    condition     = alltrue([for backend in azurerm_api_management_backend.this : startswith(backend.url, "https://gateway-")])
    error_message = "Clusters are called by TLS and by name."
  }
}

run "front_door_asks_one_region_first" {
  command = plan

  module {
    source = "./modules/front-door"
  }

  variables {
    host_name = "api.erp.example"
    origins = {
      primary = {
        host_name    = "erp-test-primary-apim.azure-api.net"
        priority     = 1
        private_link = { target_id = "apim-1", location = "uaenorth" }
      }
      secondary = {
        host_name    = "erp-test-secondary-apim.azure-api.net"
        priority     = 2
        private_link = { target_id = "apim-2", location = "uaenorth" }
      }
    }
  }

  assert {
    condition     = azurerm_cdn_frontdoor_origin_group.this.health_probe[0].request_type == "HEAD" && azurerm_cdn_frontdoor_origin_group.this.health_probe[0].interval_in_seconds == 30
    error_message = "A HEAD every thirty seconds."
  }

  assert {
    condition     = azurerm_cdn_frontdoor_firewall_policy.this.mode == "Prevention"
    error_message = "The firewall blocks."
  }
}

run "two_origins_of_one_priority_are_refused" {
  command = plan

  module {
    source = "./modules/front-door"
  }

  variables {
    host_name = "api.erp.example"
    origins = {
      primary   = { host_name = "a.azure-api.net", priority = 1 }
      secondary = { host_name = "b.azure-api.net", priority = 1 }
    }
  }

  expect_failures = [var.origins]
}

run "a_cluster_is_private_and_has_no_local_accounts" {
  command = plan

  module {
    source = "./modules/aks"
  }

  variables {
    admin_group_object_ids    = ["00000000-0000-0000-0000-000000000003"]
    system_pool               = { vm_size = "Standard_D4ds_v5", min_count = 3, max_count = 6 }
    app_pool                  = { vm_size = "Standard_D4ds_v5", min_count = 3, max_count = 6 }
    pod_cidr                  = "10.244.0.0/16"
    service_cidr              = "10.245.0.0/16"
    maintenance_day           = "Tuesday"
    control_plane_identity_id = "identity"
    kubelet_identity          = { id = "kubelet", client_id = "client", object_id = "object" }
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.private_cluster_enabled && azurerm_kubernetes_cluster.this.local_account_disabled && !azurerm_kubernetes_cluster.this.run_command_enabled
    error_message = "The API server is inside, and entered by Entra groups only."
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.network_profile[0].network_data_plane == "cilium" && azurerm_kubernetes_cluster.this.network_profile[0].dns_service_ip == "10.245.0.10"
    error_message = "Cilium decides about traffic."
  }

  assert {
    condition     = azurerm_kubernetes_cluster.this.workload_identity_enabled && azurerm_kubernetes_cluster.this.image_cleaner_enabled
    error_message = "Pods have identities, and old images go."
  }
}

run "an_identity_of_a_workload_administers_nothing" {
  command = plan

  module {
    source = "./modules/identity"
  }

  variables {
    identities       = { api = "id-test-api" }
    role_assignments = { all = { identity = "api", scope = "/", role_definition_name = "Contributor" } }
  }

  expect_failures = [var.role_assignments]
}
