output "id" {
  description = "Id of the cache."
  value       = azurerm_managed_redis.this.id
}

output "connection_string" {
  description = "What ConnectionStrings:Redis is set to. It has no secret: the process enters with its identity."
  value       = "${azurerm_managed_redis.this.hostname}:${azurerm_managed_redis.this.default_database[0].port},ssl=true,abortConnect=false"
}

output "port" {
  description = "Port of the cache, which the network policy must let through."
  value       = azurerm_managed_redis.this.default_database[0].port
}
