variable "name" {
  description = "Name of the instance, unique in all of Azure."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z][a-zA-Z0-9-]{0,48}[a-zA-Z0-9]$", var.name))
    error_message = "Use 2 to 50 letters, digits and hyphens; begin with a letter."
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
  description = "Tier and units. StandardV2 and PremiumV2 are entered by private link; Premium has zones to choose and quota-by-key."
  type        = string

  validation {
    condition     = can(regex("^(StandardV2|PremiumV2|Premium)_[1-9][0-9]?$", var.sku_name))
    error_message = "Use StandardV2_n, PremiumV2_n or Premium_n: the other tiers reach no private network."
  }
}

variable "zones" {
  description = "Availability zones of an instance of the tier Premium, whose units must be a multiple of them."
  type        = list(string)
}

variable "subnet_id" {
  description = "Subnet the gateway calls the clusters from; delegated to Microsoft.Web/serverFarms for the v2 tiers, to nobody for Premium."
  type        = string
}

variable "public_network_access_enabled" {
  description = "Azure makes an instance only with true; false once the private link is approved."
  type        = bool
  default     = false
}

variable "publisher" {
  description = "Who publishes the API: name and address for notices."
  type = object({
    name  = string
    email = string
  })
}

variable "definitions" {
  description = "Directory with the document, the policies and the lists: deploy/apim."
  type        = string

  validation {
    condition     = fileexists("${var.definitions}/openapi/erp-v1.apim.json")
    error_message = "There is no openapi/erp-v1.apim.json in it."
  }
}

variable "internal_domain" {
  description = "Domain of the gateways of the clusters. Their certificates must be from a public authority, or one that was added to the instance."
  type        = string
}

variable "key_vault" {
  description = "Vault with the values of the named values: its id, and its address with a slash at the end."
  type = object({
    id  = string
    uri = string
  })

  validation {
    condition     = endswith(var.key_vault.uri, "/")
    error_message = "The address must end with a slash."
  }
}

variable "application_insights" {
  description = "Where telemetry goes; it is sent with the identity of the instance."
  type = object({
    id                = string
    connection_string = string
  })
  sensitive = true
}

variable "log_analytics_workspace_id" {
  description = "Workspace that the diagnostic logs go to."
  type        = string
}
