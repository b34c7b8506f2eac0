output "endpoints" {
  description = "Where private endpoints go, by region."
  value       = local.endpoints
}

output "aks_subnet_ids" {
  description = "Subnet of the nodes, by region."
  value       = { for region, network in module.network : region => network.subnet_ids["aks"] }
}

output "egress_ip_addresses" {
  description = "Address that requests to the outside come from, by region."
  value       = { for region, network in module.network : region => network.egress_ip_address }
}

output "container_registry" {
  description = "Registry: id for the right to pull, and what images are named by."
  value       = { id = module.acr.id, login_server = module.acr.login_server }
}

output "log_analytics_workspace_id" {
  description = "Workspace that diagnostic logs go to."
  value       = module.monitoring.log_analytics_workspace_id
}

output "action_group_ids" {
  description = "Whom alerts are sent to."
  value       = module.monitoring.action_group_ids
}

output "application_insights_connection_string" {
  description = "Value of the secret ApplicationInsights--ConnectionString of both vaults."
  value       = module.monitoring.connection_string
  sensitive   = true
}

output "gateway_vault_uri" {
  description = "Vault in which the values of deploy/apim/named-values.json are kept."
  value       = module.keyvault.uri
}

output "front_door" {
  description = "What DNS and the API have to know of Front Door."
  value = {
    id               = module.front_door.front_door_id
    host_name        = module.front_door.endpoint_host_name
    validation_token = module.front_door.validation_token
  }
}
