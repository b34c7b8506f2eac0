variable "name" {
  description = "What the names of the resources end with, such as erp-prod."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}$", var.name))
    error_message = "Use 2 to 31 lower-case letters, digits and hyphens; begin with a letter."
  }
}

variable "resource_group_name" {
  description = "Resource group of the resources; Front Door has no region."
  type        = string
}

variable "host_name" {
  description = "Public host name of the API, such as api.erp.example."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9-]+(\\.[a-z0-9-]+)+$", var.host_name))
    error_message = "Give a host name in lower case."
  }
}

variable "origins" {
  description = "The API gateways: host name, priority (1 is asked first), and the resource a private link leads to, from which region."
  type = map(object({
    host_name = string
    priority  = number
    private_link = optional(object({
      target_id = string
      location  = string
    }))
  }))

  validation {
    condition     = length(distinct([for origin in var.origins : origin.priority])) == length(var.origins)
    error_message = "Every origin needs a priority of its own: one region is active."
  }

  validation {
    condition     = contains([for origin in var.origins : origin.priority], 1)
    error_message = "One origin must have priority 1."
  }
}

variable "response_timeout_seconds" {
  description = "How long an answer may take; long reports are given up by the gateway a little before."
  type        = number
  default     = 240

  validation {
    condition     = var.response_timeout_seconds >= 16 && var.response_timeout_seconds <= 240
    error_message = "Front Door takes 16 to 240 seconds."
  }
}

variable "waf_mode" {
  description = "Prevention blocks; Detection only logs, for a first look at what would be blocked."
  type        = string
  default     = "Prevention"

  validation {
    condition     = contains(["Prevention", "Detection"], var.waf_mode)
    error_message = "Use Prevention or Detection."
  }
}

variable "waf_query_exclusions" {
  description = "Query parameters the rule set does not look into."
  type = list(object({
    operator = string
    selector = string
  }))
  default = [
    { operator = "Equals", selector = "or" },
    { operator = "Equals", selector = "sort" },
    { operator = "Equals", selector = "fields" },
    { operator = "Equals", selector = "cursor" },
  ]
}

variable "rate_limit_per_minute" {
  description = "Requests of one address in a minute that are let through."
  type        = number
  default     = 90000

  validation {
    condition     = var.rate_limit_per_minute >= 60000
    error_message = "Below 60000 the answers of the API's own limit would never be seen (Limits:RatePerMinutePerAddress)."
  }
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
}

variable "log_analytics_workspace_id" {
  description = "Workspace that the diagnostic logs go to."
  type        = string
}
