variable "name" {
  description = "Name of the vault, unique in all of Azure."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z][a-zA-Z0-9-]{1,22}[a-zA-Z0-9]$", var.name))
    error_message = "Use 3 to 24 letters, digits and hyphens; begin with a letter."
  }
}

variable "location" {
  description = "Azure region."
  type        = string
}

variable "resource_group_name" {
  description = "Resource group of the resources."
  type        = string
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
}

variable "tenant_id" {
  description = "Entra directory whose identities may be given rights on the vault."
  type        = string
}

variable "log_analytics_workspace_id" {
  description = "Workspace that the diagnostic logs go to."
  type        = string
}

variable "private_endpoints" {
  description = "Regions that reach this service: where the endpoint goes, by a short name of the region."
  type = map(object({
    location            = string
    resource_group_name = string
    subnet_id           = string
    zone_ids            = map(string)
  }))

  validation {
    condition     = length(var.private_endpoints) > 0
    error_message = "Public access is off: without a private endpoint nobody reaches this service."
  }
}
