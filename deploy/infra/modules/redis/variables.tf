variable "name" {
  description = "Name of the cache, unique in its region."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,58}[a-z0-9]$", var.name))
    error_message = "Use 3 to 60 lower-case letters, digits and hyphens."
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

variable "sku_name" {
  description = "Size of the cache, such as Balanced_B5."
  type        = string

  validation {
    condition     = can(regex("^(Balanced_B|MemoryOptimized_M|ComputeOptimized_X|FlashOptimized_A)[0-9]+$", var.sku_name))
    error_message = "Give a size of Azure Managed Redis; those of Azure Cache for Redis are being retired."
  }
}

variable "high_availability_enabled" {
  description = "Whether the cache has replicas, in other zones where the region has some."
  type        = bool
}

variable "data_owner_object_ids" {
  description = "Object ids of the identities that read and write the cache, by a short name."
  type        = map(string)
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
