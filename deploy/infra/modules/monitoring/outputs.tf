output "log_analytics_workspace_id" {
  description = "Workspace that diagnostic logs go to."
  value       = azurerm_log_analytics_workspace.this.id
}

output "application_insights_id" {
  description = "Id of Application Insights."
  value       = azurerm_application_insights.this.id
}

output "connection_string" {
  description = "What ApplicationInsights:ConnectionString is set to; belongs into the vault."
  value       = azurerm_application_insights.this.connection_string
  sensitive   = true
}

output "action_group_ids" {
  description = "Id of each action group; the alerts of deploy/monitoring name them."
  value       = { for key, group in azurerm_monitor_action_group.this : key => group.id }
}
