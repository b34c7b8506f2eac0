//! Tenants, users, roles and keys in SQL.
