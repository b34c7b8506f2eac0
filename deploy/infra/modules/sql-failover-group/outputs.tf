output "listener" {
  description = "Host name that always leads to the primary server."
  value       = "${azurerm_mssql_failover_group.this.name}.database.windows.net"
}

output "connection_string" {
  description = "What ConnectionStrings:DefaultConnection is set to. It has no credentials: the process enters with its identity."
  value       = "Server=tcp:${azurerm_mssql_failover_group.this.name}.database.windows.net,1433;Database=${azurerm_mssql_database.this.name};Encrypt=True;Connect Timeout=30;Application Name=ERP-API"
}

output "read_only_connection_string" {
  description = "The same for reports on the other region's copy."
  value       = "Server=tcp:${azurerm_mssql_failover_group.this.name}.secondary.database.windows.net,1433;Database=${azurerm_mssql_database.this.name};Encrypt=True;Connect Timeout=30;Application Name=ERP-API;ApplicationIntent=ReadOnly"
}

output "database_id" {
  description = "Id of the database on the server that was made as primary."
  value       = azurerm_mssql_database.this.id
}

output "server_ids" {
  description = "Id of each server."
  value       = { for key, server in azurerm_mssql_server.this : key => server.id }
}
