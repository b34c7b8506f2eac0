output "workload_identity_client_id" {
  description = "Client id of the API's identity: annotation of the service account, clientID of the SecretProviderClass."
  value       = module.identity.client_ids["api"]
}

output "key_vault_uri" {
  description = "Value of KeyVault:Uri in this region."
  value       = module.keyvault.uri
}

output "redis_connection_string" {
  description = "Value of ConnectionStrings:Redis in this region; the network policy lets its port through."
  value       = module.redis.connection_string
}

output "cluster" {
  description = "Cluster of this region."
  value       = { name = module.aks.name, private_fqdn = module.aks.private_fqdn }
}

output "resource_group_name" {
  description = "Resource group of this region, where the first SQL server stands, too."
  value       = azurerm_resource_group.this.name
}

output "app_configuration" {
  description = "Store: id, and endpoints of the store and of its replicas."
  value = {
    id       = module.app_config.id
    endpoint = module.app_config.endpoint
    replicas = module.app_config.replica_endpoints
  }
}

output "files" {
  description = "Account of the documents: value of AzureStorage:ConnectionString, and the container as a scope of rights."
  value = {
    connection_string = module.files.connection_string
    container_id      = module.files.container_ids["erp"]
  }
}

output "archive_container_ids" {
  description = "Containers of backups and of releases."
  value       = module.archive.container_ids
}

output "sql_short_term_retention" {
  description = "Short-term retention, for the layer with the database."
  value       = module.backup_policy.sql_short_term_retention
}

output "sql_long_term_retention" {
  description = "Long-term retention, for the layer with the database."
  value       = module.backup_policy.sql_long_term_retention
}
