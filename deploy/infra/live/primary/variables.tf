variable "subscription_id" {
  description = "Subscription of the environment. Backups that must survive an attacker are copied to another one; see README.md."
  type        = string

  validation {
    condition     = can(regex("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", var.subscription_id))
    error_message = "Give the id of a subscription."
  }
}

variable "environment" {
  description = "What ASPNETCORE_ENVIRONMENT is set to."
  type        = string

  validation {
    condition     = contains(["Staging", "Production"], var.environment)
    error_message = "Use Staging or Production; Development needs nothing of Azure."
  }
}

variable "environment_code" {
  description = "The same in names of resources."
  type        = string

  validation {
    condition     = contains(["staging", "prod"], var.environment_code)
    error_message = "Use staging or prod."
  }
}

variable "regions" {
  description = "The two regions; of each, this layer needs the location only."
  type = map(object({
    location = string
  }))
}

variable "zones" {
  description = "Availability zones that are used in both regions."
  type        = list(string)

  validation {
    condition     = length(distinct(var.zones)) == 3
    error_message = "Give three zones."
  }
}

variable "state" {
  description = "Where the state of the other layers is read from."
  type = object({
    resource_group_name  = string
    storage_account_name = string
    container_name       = string
  })
}

variable "names" {
  description = "Names that other documents know, and that are unique in all of Azure."
  type = object({
    primary_key_vault = string
    app_configuration = string
    files_storage     = string
    archive_storage   = string
  })
}

variable "immutability_locked" {
  description = "Whether periods of immutability are final. It cannot be taken back: false until they have proved right."
  type        = bool
}

variable "redis" {
  description = "Cache: size, and whether it has replicas."
  type = object({
    sku_name                  = string
    high_availability_enabled = bool
  })
}

variable "aks" {
  description = "Cluster: who administers it, version, nodes and ranges of its own."
  type = object({
    admin_group_object_ids = list(string)
    kubernetes_version     = optional(string)
    pod_cidr               = string
    service_cidr           = string
    system_pool = object({
      vm_size   = string
      min_count = number
      max_count = number
    })
    app_pool = object({
      vm_size   = string
      min_count = number
      max_count = number
    })
  })
}

variable "tags" {
  description = "Tags of every resource, such as the cost centre."
  type        = map(string)
}
