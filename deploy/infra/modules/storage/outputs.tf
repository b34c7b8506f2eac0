output "id" {
  description = "Id of the account, a scope of rights."
  value       = azurerm_storage_account.this.id
}

output "container_ids" {
  description = "Id of each container, the scope of rights on its blobs."
  value       = { for name, container in azurerm_storage_container.this : name => container.id }
}

output "connection_string" {
  description = "What AzureStorage:ConnectionString is set to. It has no key: the process enters with its identity."
  value       = "DefaultEndpointsProtocol=https;AccountName=${azurerm_storage_account.this.name};EndpointSuffix=core.windows.net"
}
