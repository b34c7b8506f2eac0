variable "name" {
  description = "Name of the account, unique in all of Azure."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9]{3,24}$", var.name))
    error_message = "Use 3 to 24 lower-case letters and digits."
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

variable "replication_type" {
  description = "RAGZRS: three zones, and a copy in the paired region that may be read. RAGRS where the tier Archive is needed, which accounts with zones do not have."
  type        = string
  default     = "RAGZRS"

  validation {
    condition     = contains(["RAGZRS", "RAGRS"], var.replication_type)
    error_message = "Use RAGZRS or RAGRS: what is stored must be readable in another region."
  }
}

variable "access_tier" {
  description = "Tier of new blobs."
  type        = string
  default     = "Hot"

  validation {
    condition     = contains(["Hot", "Cool", "Cold"], var.access_tier)
    error_message = "Use Hot, Cool or Cold."
  }
}

variable "soft_delete_days" {
  description = "Days for which deleted blobs, versions and containers can be brought back."
  type        = number
  default     = 35

  validation {
    condition     = var.soft_delete_days >= 7 && var.soft_delete_days <= 365
    error_message = "Give 7 to 365 days."
  }
}

variable "point_in_time_days" {
  description = "Days to any point of which containers can be restored. Null: not at all, as where containers are immutable."
  type        = number
  default     = null

  validation {
    condition     = var.point_in_time_days == null ? true : var.point_in_time_days < var.soft_delete_days
    error_message = "It must be less than soft_delete_days."
  }
}

variable "containers" {
  description = "Containers by name: days they are immutable for, and when blobs and their old versions change tier or go. Null is never."
  type = map(object({
    immutable_days            = optional(number)
    cool_after_days           = optional(number)
    cold_after_days           = optional(number)
    archive_after_days        = optional(number)
    delete_after_days         = optional(number)
    version_cold_after_days   = optional(number)
    version_delete_after_days = optional(number)
  }))

  validation {
    condition = alltrue([
      for container in var.containers : container.archive_after_days == null || var.replication_type == "RAGRS"
    ])
    error_message = "The tier Archive needs replication_type RAGRS."
  }

  validation {
    condition = alltrue([
      for container in var.containers :
      container.immutable_days == null || container.delete_after_days == null ? true : container.delete_after_days > container.immutable_days
    ])
    error_message = "Blobs cannot be deleted while they are immutable."
  }
}

variable "immutability_locked" {
  description = "Whether the immutability of containers is locked for good. Lock it when the periods have proved right."
  type        = bool
}

variable "trusted_services" {
  description = "Whether Azure's own backup service may pass the network rules."
  type        = bool
  default     = false
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
