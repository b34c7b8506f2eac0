variable "servers" {
  description = "The two logical servers: primary and secondary, each with its own region."
  type = map(object({
    name                = string
    location            = string
    resource_group_name = string
  }))

  validation {
    condition     = toset(keys(var.servers)) == toset(["primary", "secondary"])
    error_message = "Give exactly the servers primary and secondary."
  }

  validation {
    condition     = length(distinct([for server in var.servers : server.location])) == 2
    error_message = "The two servers must stand in different regions."
  }
}

variable "failover_group_name" {
  description = "Name of the group: the listener is NAME.database.windows.net."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{0,61}[a-z0-9]$", var.failover_group_name))
    error_message = "Use 2 to 63 lower-case letters, digits and hyphens."
  }
}

variable "failover_grace_minutes" {
  description = "Minutes after which Azure fails over by itself and accepts the loss of what was not replicated. Null: people decide."
  type        = number
  default     = null

  validation {
    condition     = var.failover_grace_minutes == null ? true : var.failover_grace_minutes >= 60
    error_message = "Give at least 60 minutes, or null."
  }
}

variable "tenant_id" {
  description = "Entra directory of the administrators."
  type        = string
}

variable "administrator_group" {
  description = "Entra group whose members administer both servers."
  type = object({
    name      = string
    object_id = string
  })
}

variable "connection_policy" {
  description = "Proxy needs port 1433 only; Redirect is faster and needs 11000 to 11999 let through as well."
  type        = string
  default     = "Proxy"

  validation {
    condition     = contains(["Proxy", "Redirect"], var.connection_policy)
    error_message = "Use Proxy or Redirect: Default differs by where the client stands."
  }
}

variable "database" {
  description = "The database: name, size and redundancy."
  type = object({
    name           = string
    sku_name       = string
    max_size_gb    = number
    zone_redundant = bool
    read_scale     = optional(bool)
    collation      = string
    backup_storage = string
  })

  validation {
    condition     = contains(["Geo", "GeoZone"], var.database.backup_storage)
    error_message = "Backups must be kept in another region, too: Geo or GeoZone."
  }
}

variable "short_term_retention" {
  description = "Point-in-time restore; see the module backup-policy."
  type = object({
    retention_days           = number
    backup_interval_in_hours = number
  })
}

variable "long_term_retention" {
  description = "Full backups that are kept for longer; see the module backup-policy."
  type = object({
    weekly       = string
    monthly      = string
    yearly       = string
    week_of_year = number
    immutable    = bool
  })
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

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
}
