variable "vault_name" {
  description = "Name of the backup vault for blobs."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z][a-zA-Z0-9-]{1,49}$", var.vault_name))
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

variable "storage_accounts" {
  description = "Accounts whose containers are backed up, by a short name."
  type = map(object({
    id         = string
    containers = list(string)
  }))
}

variable "short_term_days" {
  description = "Days to any second of which the database can be restored."
  type        = number
  default     = 30

  validation {
    condition     = var.short_term_days >= 30 && var.short_term_days <= 35
    error_message = "30 days are required, and 35 are the most that Azure SQL Database keeps."
  }
}

variable "differential_hours" {
  description = "Hours between differential backups; Azure SQL Database knows 12 and 24."
  type        = number
  default     = 12

  validation {
    condition     = contains([12, 24], var.differential_hours)
    error_message = "Use 12 or 24."
  }
}

variable "weekly_retention" {
  description = "How long a weekly full backup is kept, ISO 8601."
  type        = string
  default     = "P5W"
}

variable "weekly_retention_days" {
  description = "The same for blobs, whose vault counts in days."
  type        = string
  default     = "P35D"
}

variable "monthly_retention" {
  description = "How long a monthly full backup is kept, ISO 8601."
  type        = string
  default     = "P12M"
}

variable "yearly_retention" {
  description = "How long a yearly full backup is kept, ISO 8601; what the law asks of books."
  type        = string
  default     = "P10Y"
}

variable "week_of_year" {
  description = "Week whose full backup is the yearly one."
  type        = number
  default     = 1

  validation {
    condition     = var.week_of_year >= 1 && var.week_of_year <= 52
    error_message = "Give a week from 1 to 52."
  }
}

variable "immutable" {
  description = "Whether nobody can shorten or delete backups before their time. It cannot be taken back."
  type        = bool
}
