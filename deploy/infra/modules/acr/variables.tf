variable "name" {
  description = "Name of the registry, unique in all of Azure."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9]{5,50}$", var.name))
    error_message = "Use 5 to 50 letters and digits."
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

variable "replica_locations" {
  description = "Other regions that hold a copy, so that a region pulls images without the first one."
  type        = set(string)
}

variable "untagged_retention_days" {
  description = "Days after which manifests without a tag are removed."
  type        = number
  default     = 30

  validation {
    condition     = var.untagged_retention_days >= 7 && var.untagged_retention_days <= 365
    error_message = "Give 7 to 365 days: a rollback needs the image of the last release."
  }
}

variable "quarantine_enabled" {
  description = "Whether an image can be pulled only when a scanner has released it. Needs a scanner that does so."
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
