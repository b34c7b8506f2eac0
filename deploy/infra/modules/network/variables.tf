variable "name" {
  description = "What the names of the resources end with, such as erp-prod-primary."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9-]{3,40}$", var.name))
    error_message = "Use 3 to 40 lower-case letters, digits and hyphens."
  }
}

variable "location" {
  description = "Azure region of the network."
  type        = string
}

variable "resource_group_name" {
  description = "Resource group of the network and its DNS zones."
  type        = string
}

variable "address_space" {
  description = "Address ranges of the virtual network; they must not overlap those of a network it is peered with."
  type        = list(string)

  validation {
    condition     = length(var.address_space) > 0 && alltrue([for range in var.address_space : can(cidrhost(range, 0))])
    error_message = "Give at least one range in CIDR notation."
  }
}

variable "subnets" {
  description = "Subnets by name: range, service they are delegated to, whether they leave through the NAT gateway or hold private link services, and what may enter."
  type = map(object({
    address_prefix       = string
    delegation           = optional(string)
    egress               = optional(bool, false)
    private_link_service = optional(bool, false)
    inbound = optional(map(object({
      description = string
      priority    = number
      source      = string
      destination = string
      ports       = list(string)
    })), {})
  }))

  validation {
    condition     = alltrue([for subnet in var.subnets : can(cidrhost(subnet.address_prefix, 0))])
    error_message = "Every address_prefix must be a range in CIDR notation."
  }

  validation {
    condition     = contains(keys(var.subnets), "private-endpoints")
    error_message = "One subnet must be called private-endpoints."
  }
}

variable "zones" {
  description = "Availability zones of the egress address."
  type        = list(string)
}

variable "private_dns_zones" {
  description = "Names of the private DNS zones for private endpoints."
  type        = set(string)

  validation {
    condition     = alltrue([for zone in var.private_dns_zones : startswith(zone, "privatelink.")])
    error_message = "Zones of private endpoints begin with privatelink."
  }
}

variable "internal_domain" {
  description = "Domain of the private zone in which APIM finds the gateways of the clusters."
  type        = string
}

variable "internal_hosts" {
  description = "Address of each gateway's internal load balancer by its host name in internal_domain."
  type        = map(string)

  validation {
    condition     = alltrue([for address in var.internal_hosts : can(cidrhost("${address}/32", 0))])
    error_message = "Give IPv4 addresses."
  }
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
}
