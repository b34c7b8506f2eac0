variable "name" {
  description = "Name of the cluster."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9][a-zA-Z0-9-]{0,52}[a-zA-Z0-9]$", var.name))
    error_message = "Use 2 to 54 letters, digits and hyphens."
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
  description = "Entra directory of whoever uses the cluster."
  type        = string
}

variable "admin_group_object_ids" {
  description = "Entra groups whose members administer the cluster; local accounts do not exist."
  type        = list(string)

  validation {
    condition     = length(var.admin_group_object_ids) > 0
    error_message = "Name at least one group: without local accounts nobody else gets in."
  }
}

variable "kubernetes_version" {
  description = "Minor version the cluster starts with; patches come by themselves. Null: what Azure recommends."
  type        = string
  default     = null
}

variable "sku_tier" {
  description = "Standard has an agreed availability of the API server."
  type        = string
  default     = "Standard"

  validation {
    condition     = contains(["Standard", "Premium"], var.sku_tier)
    error_message = "Use Standard or Premium."
  }
}

variable "subnet_id" {
  description = "Subnet of the nodes."
  type        = string
}

variable "zones" {
  description = "Availability zones nodes are spread over."
  type        = list(string)

  validation {
    condition     = length(distinct(var.zones)) == 3
    error_message = "Give three zones: losing one must leave two."
  }
}

variable "system_pool" {
  description = "Nodes of the cluster's own pods."
  type = object({
    vm_size   = string
    min_count = number
    max_count = number
  })

  validation {
    condition     = var.system_pool.min_count >= 3
    error_message = "At least one node a zone."
  }
}

variable "app_pool" {
  description = "Nodes of the API: enough for both colours of a release."
  type = object({
    vm_size   = string
    min_count = number
    max_count = number
  })

  validation {
    condition     = var.app_pool.min_count >= 3
    error_message = "At least one node a zone."
  }
}

variable "host_encryption_enabled" {
  description = "Whether disks of nodes are encrypted on their hosts, too. The subscription must have the feature registered."
  type        = bool
  default     = true
}

variable "pod_cidr" {
  description = "Range of the pods' own addresses; not part of any network."
  type        = string
}

variable "service_cidr" {
  description = "Range of the services' addresses; not part of any network."
  type        = string
}

variable "keda_enabled" {
  description = "Whether the cluster brings KEDA, for overlays that scale by load instead of by processor and memory."
  type        = bool
  default     = true
}

variable "maintenance_day" {
  description = "Day whose evening nodes and patches are renewed in. The regions must differ."
  type        = string

  validation {
    condition     = contains(["Monday", "Tuesday", "Wednesday", "Thursday", "Sunday"], var.maintenance_day)
    error_message = "Use Sunday to Thursday: index maintenance has Friday and the integrity check Saturday."
  }
}

variable "control_plane_identity_id" {
  description = "Identity of the cluster. It needs its rights on the subnet and the kubelet's identity before the cluster is made."
  type        = string
}

variable "kubelet_identity" {
  description = "Identity that nodes pull images with."
  type = object({
    id        = string
    client_id = string
    object_id = string
  })
}

variable "log_analytics_workspace_id" {
  description = "Workspace that the diagnostic logs go to."
  type        = string
}
