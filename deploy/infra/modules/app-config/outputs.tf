output "id" {
  description = "Id of the store, the scope of the right to read it."
  value       = azurerm_app_configuration.this.id
}

output "endpoint" {
  description = "What AppConfig:Endpoint is set to in the first region."
  value       = azurerm_app_configuration.this.endpoint
}

output "replica_endpoints" {
  description = "What AppConfig:Endpoint is set to where a replica is nearer, by the name of the replica."
  value       = { for replica in azurerm_app_configuration.this.replica : replica.name => replica.endpoint }
}
