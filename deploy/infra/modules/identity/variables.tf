variable "identities" {
  description = "Managed identities: their names in Azure by the short names used below."
  type        = map(string)
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

variable "federated_credentials" {
  description = "Service accounts of clusters that may act as an identity, by the name of the credential."
  type = map(object({
    identity = string
    issuer   = string
    subject  = string
  }))
  default = {}

  validation {
    condition = alltrue([
      for credential in var.federated_credentials : can(regex("^system:serviceaccount:[a-z0-9-]+:[a-z0-9-]+$", credential.subject))
    ])
    error_message = "A subject is system:serviceaccount:NAMESPACE:NAME, never a pattern."
  }
}

variable "role_assignments" {
  description = "Rights of the identities: the narrowest role on the narrowest scope."
  type = map(object({
    identity             = string
    scope                = string
    role_definition_name = string
  }))
  default = {}

  validation {
    condition = alltrue([
      for assignment in var.role_assignments :
      !contains(["Owner", "Contributor", "User Access Administrator", "Role Based Access Control Administrator"], assignment.role_definition_name)
    ])
    error_message = "No identity of a workload may administer resources or rights."
  }
}
