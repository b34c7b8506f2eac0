output "id" {
  description = "Id of the vault, the scope of rights on it."
  value       = azurerm_key_vault.this.id
}

output "uri" {
  description = "What KeyVault:Uri is set to."
  value       = azurerm_key_vault.this.vault_uri
}
