output "id" {
  description = "Id of the instance, what Front Door's private link leads to."
  value       = azurerm_api_management.this.id
}

output "gateway_host_name" {
  description = "Host name of the gateway."
  value       = trimprefix(azurerm_api_management.this.gateway_url, "https://")
}

output "private_link" {
  description = "Whether the gateway is entered by private link; an instance of the tier Premium is not."
  value       = !local.classic
}
