output "virtual_network_id" {
  description = "Id of the virtual network."
  value       = azurerm_virtual_network.this.id
}

output "virtual_network_name" {
  description = "Name of the virtual network."
  value       = azurerm_virtual_network.this.name
}

output "subnet_ids" {
  description = "Id of each subnet by its name. Known only when the rules and the way out of the subnet are in place."
  value       = { for key, subnet in azurerm_subnet.this : key => subnet.id }
  depends_on = [
    azurerm_subnet_network_security_group_association.this,
    azurerm_subnet_nat_gateway_association.this,
    azurerm_nat_gateway_public_ip_association.this,
  ]
}

output "endpoint" {
  description = "Where private endpoints of this region go: what the modules of services take as a value of private_endpoints."
  value = {
    location            = var.location
    resource_group_name = var.resource_group_name
    subnet_id           = azurerm_subnet.this["private-endpoints"].id
    zone_ids            = { for name, zone in azurerm_private_dns_zone.this : name => zone.id }
  }
}

output "egress_ip_address" {
  description = "The address requests to the outside come from, for allow-lists of others."
  value       = azurerm_public_ip.egress.ip_address
}
