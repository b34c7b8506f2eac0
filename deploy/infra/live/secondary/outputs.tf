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

output "sql_connection_string" {
  description = "Value of ConnectionStrings:DefaultConnection in both regions."
  value       = module.sql_failover_group.connection_string
}

output "sql_read_only_connection_string" {
  description = "The same for reports on the other region's copy."
  value       = module.sql_failover_group.read_only_connection_string
}
