variable "name" {
  description = "What the names of the resources end with, such as erp-prod."
  type        = string
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

variable "retention_days" {
  description = "Days for which logs and telemetry can be queried."
  type        = number
  default     = 90

  validation {
    condition     = contains([30, 60, 90, 120, 180, 270, 365, 550, 730], var.retention_days)
    error_message = "Give 30, 60, 90, 120, 180, 270, 365, 550 or 730 days."
  }
}

variable "daily_quota_gb" {
  description = "Most that is taken in a day; -1 is no limit."
  type        = number
}

variable "internet_query_enabled" {
  description = "Whether people may query from outside the networks, with their own rights."
  type        = bool
  default     = true
}

variable "action_groups" {
  description = "Whom alerts are sent to; page and ticket must be there."
  type = map(object({
    short_name = string
    emails     = list(string)
    role_ids   = optional(list(string), [])
  }))

  validation {
    condition     = contains(keys(var.action_groups), "page") && contains(keys(var.action_groups), "ticket")
    error_message = "Give the groups page and ticket."
  }

  validation {
    condition     = alltrue([for group in var.action_groups : length(group.short_name) <= 12])
    error_message = "A short_name has at most 12 characters."
  }

  validation {
    condition     = alltrue([for group in var.action_groups : length(group.emails) + length(group.role_ids) > 0])
    error_message = "A group without a receiver tells nobody."
  }
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
