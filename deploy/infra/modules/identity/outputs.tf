output "ids" {
  description = "Resource id of each identity."
  value       = { for key, identity in azurerm_user_assigned_identity.this : key => identity.id }
}

output "client_ids" {
  description = "Client id of each identity; that of the API goes to the annotation of its service account."
  value       = { for key, identity in azurerm_user_assigned_identity.this : key => identity.client_id }
}

output "principal_ids" {
  description = "Object id of each identity."
  value       = { for key, identity in azurerm_user_assigned_identity.this : key => identity.principal_id }
}

output "entitled_ids" {
  description = "Resource ids again, known only when the rights are in place: for what does not start without them."
  value       = { for key, identity in azurerm_user_assigned_identity.this : key => identity.id }
  depends_on  = [azurerm_role_assignment.this]
}
