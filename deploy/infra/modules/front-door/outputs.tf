output "front_door_id" {
  description = "What Proxy:FrontDoorId is set to: the id in X-Azure-FDID."
  value       = azurerm_cdn_frontdoor_profile.this.resource_guid
}

output "endpoint_host_name" {
  description = "What the public host name is a CNAME of."
  value       = azurerm_cdn_frontdoor_endpoint.this.host_name
}

output "validation_token" {
  description = "Value of the TXT record _dnsauth below the public host name, which proves that the domain is ours."
  value       = azurerm_cdn_frontdoor_custom_domain.this.validation_token
}
