variable "name" {
  description = "Name of the store, unique in all of Azure."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9-]{5,50}$", var.name))
    error_message = "Use 5 to 50 letters, digits and hyphens."
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

variable "replicas" {
  description = "Regions with a copy of the store: region by the name of the replica."
  type        = map(string)

  validation {
    condition     = alltrue([for name in keys(var.replicas) : can(regex("^[a-zA-Z0-9]{1,50}$", name))])
    error_message = "Names of replicas are letters and digits."
  }
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
