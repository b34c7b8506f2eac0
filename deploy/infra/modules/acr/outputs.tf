output "id" {
  description = "Id of the registry, the scope of the right to pull."
  value       = azurerm_container_registry.this.id
}

output "login_server" {
  description = "What images are named by."
  value       = azurerm_container_registry.this.login_server
}
