output "sql_short_term_retention" {
  description = "Short-term retention of the database."
  value       = local.short_term
}

output "sql_long_term_retention" {
  description = "Long-term retention of the database."
  value       = local.long_term
}

output "vault_id" {
  description = "Id of the backup vault."
  value       = azurerm_data_protection_backup_vault.this.id
}
