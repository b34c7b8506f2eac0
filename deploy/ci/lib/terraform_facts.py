"""What the resources must say, whatever else changes: (requirement, module, type, path, what is wrong with a value)."""

import re

from terraform_tree import members, plain, value_at


def equals(*wanted):
    return lambda value: None if value in wanted else f"must be {' or '.join(map(str, wanted))}, is {value}"


def present(value):
    return None if value not in (None, "", []) else "must be set"


def given_by_variable(value):
    return None if re.fullmatch(r"\$\{var\.[a-z_.]+\}", str(value)) else f"must be given by a variable, is {value}"


CLOSED = equals(False, "Disabled")

FACTS = [
    ("A1", "front-door", "azurerm_cdn_frontdoor_profile", "sku_name", equals("Premium_AzureFrontDoor")),
    ("A1", "front-door", "azurerm_cdn_frontdoor_origin_group", "health_probe.request_type", equals("HEAD")),
    ("A1", "front-door", "azurerm_cdn_frontdoor_origin_group", "health_probe.interval_in_seconds", equals(30)),
    ("A1", "front-door", "azurerm_cdn_frontdoor_origin_group", "health_probe.path", equals("/health/ready")),
    ("A1", "front-door", "azurerm_cdn_frontdoor_origin", "private_link.target_type", equals("Gateway")),
    ("A1", "front-door", "azurerm_cdn_frontdoor_origin", "priority", present),
    ("A1", "front-door", "azurerm_cdn_frontdoor_origin", "certificate_name_check_enabled", equals(True)),
    ("X96", "front-door", "azurerm_cdn_frontdoor_firewall_policy", "managed_rule.type", present),
    ("X96", "front-door", "azurerm_cdn_frontdoor_security_policy", "security_policies.firewall.association.patterns_to_match", present),
    ("A3", "apim", "azurerm_api_management", "zones", present),
    ("A3", "apim", "azurerm_api_management", "virtual_network_configuration.subnet_id", present),
    ("X97", "apim", "azurerm_api_management_api_policy", "xml_content", present),
    ("A4", "aks", "azurerm_kubernetes_cluster", "private_cluster_enabled", equals(True)),
    ("A4", "aks", "azurerm_kubernetes_cluster", "private_cluster_public_fqdn_enabled", equals(False)),
    ("A4", "aks", "azurerm_kubernetes_cluster", "local_account_disabled", equals(True)),
    ("A4", "aks", "azurerm_kubernetes_cluster", "run_command_enabled", equals(False)),
    ("A4", "aks", "azurerm_kubernetes_cluster", "workload_identity_enabled", equals(True)),
    ("A4", "aks", "azurerm_kubernetes_cluster", "oidc_issuer_enabled", equals(True)),
    ("A4", "aks", "azurerm_kubernetes_cluster", "image_cleaner_enabled", equals(True)),
    ("A4", "aks", "azurerm_kubernetes_cluster", "network_profile.network_data_plane", equals("cilium")),
    ("A4", "aks", "azurerm_kubernetes_cluster", "network_profile.outbound_type", equals("userAssignedNATGateway")),
    ("A4", "aks", "azurerm_kubernetes_cluster", "azure_active_directory_role_based_access_control.azure_rbac_enabled", equals(True)),
    ("A4", "aks", "azurerm_kubernetes_cluster", "default_node_pool.zones", given_by_variable),
    ("A4", "aks", "azurerm_kubernetes_cluster", "default_node_pool.upgrade_settings.max_surge", equals("33%")),
    ("A4", "aks", "azurerm_kubernetes_cluster_node_pool", "zones", given_by_variable),
    ("A4", "aks", "azurerm_kubernetes_cluster_node_pool", "upgrade_settings.max_surge", equals("33%")),
    ("E10", "aks", "azurerm_kubernetes_cluster", "key_vault_secrets_provider.secret_rotation_enabled", equals(True)),
    ("A5", "acr", "azurerm_container_registry", "sku", equals("Premium")),
    ("A5", "acr", "azurerm_container_registry", "admin_enabled", equals(False)),
    ("A5", "acr", "azurerm_container_registry", "public_network_access_enabled", CLOSED),
    ("A5", "acr", "azurerm_container_registry", "georeplications.location", present),
    ("A6", "sql-failover-group", "azurerm_mssql_server", "public_network_access_enabled", CLOSED),
    ("A6", "sql-failover-group", "azurerm_mssql_server", "azuread_administrator.azuread_authentication_only", equals(True)),
    ("A6", "sql-failover-group", "azurerm_mssql_server", "minimum_tls_version", equals("1.2")),
    ("X31", "sql-failover-group", "azurerm_mssql_server", "connection_policy", given_by_variable),
    ("X68", "sql-failover-group", "azurerm_mssql_failover_group", "partner_server.id", present),
    ("X68", "sql-failover-group", "azurerm_mssql_failover_group", "databases", present),
    ("L4", "sql-failover-group", "azurerm_mssql_database", "short_term_retention_policy.retention_days", present),
    ("L4", "sql-failover-group", "azurerm_mssql_database", "long_term_retention_policy.monthly_retention", present),
    ("L5", "sql-failover-group", "azurerm_mssql_database", "geo_backup_enabled", equals(True)),
    ("A7", "redis", "azurerm_managed_redis", "public_network_access", CLOSED),
    ("A7", "redis", "azurerm_managed_redis", "default_database.client_protocol", equals("Encrypted")),
    ("A7", "redis", "azurerm_managed_redis", "default_database.access_keys_authentication_enabled", equals(False)),
    ("A8", "storage", "azurerm_storage_account", "public_network_access_enabled", CLOSED),
    ("A8", "storage", "azurerm_storage_account", "shared_access_key_enabled", equals(False)),
    ("A8", "storage", "azurerm_storage_account", "allow_nested_items_to_be_public", equals(False)),
    ("A8", "storage", "azurerm_storage_account", "min_tls_version", equals("TLS1_2")),
    ("A8", "storage", "azurerm_storage_account", "blob_properties.versioning_enabled", equals(True)),
    ("X74", "storage", "azurerm_storage_account", "blob_properties.delete_retention_policy.days", present),
    ("X74", "storage", "azurerm_storage_account", "blob_properties.container_delete_retention_policy.days", present),
    ("X74", "storage", "azurerm_storage_account", "blob_properties.restore_policy.days", present),
    ("L4", "storage", "azurerm_storage_container_immutability_policy", "immutability_period_in_days", present),
    ("L4", "storage", "azurerm_storage_management_policy", "rule.actions.base_blob.tier_to_archive_after_days_since_modification_greater_than", present),
    ("A9", "keyvault", "azurerm_key_vault", "purge_protection_enabled", equals(True)),
    ("A9", "keyvault", "azurerm_key_vault", "rbac_authorization_enabled", equals(True)),
    ("A9", "keyvault", "azurerm_key_vault", "public_network_access_enabled", CLOSED),
    ("A9", "keyvault", "azurerm_key_vault", "soft_delete_retention_days", equals(90)),
    ("A10", "app-config", "azurerm_app_configuration", "public_network_access", CLOSED),
    ("A10", "app-config", "azurerm_app_configuration", "local_auth_enabled", equals(False)),
    ("A10", "app-config", "azurerm_app_configuration", "purge_protection_enabled", equals(True)),
    ("A10", "app-config", "azurerm_app_configuration", "replica.location", present),
    ("H1", "monitoring", "azurerm_application_insights", "workspace_id", present),
    ("H1", "monitoring", "azurerm_application_insights", "internet_ingestion_enabled", equals(False)),
    ("K4", "monitoring", "azurerm_monitor_private_link_scope", "ingestion_access_mode", equals("PrivateOnly")),
    ("X32", "identity", "azurerm_federated_identity_credential", "audience", present),
    ("L4", "backup-policy", "azurerm_data_protection_backup_vault", "immutability", present),
]

# Services with data: each must have a private endpoint of its own.
ENDPOINTS = {"acr", "app-config", "keyvault", "monitoring", "redis", "sql-failover-group", "storage"}

LITERAL_SECRET = re.compile(r"(?i)(password|secret|accountkey|sharedaccesskey|access_key|private_key|token)")
SECRET_VALUE = re.compile(r"(?i)accountkey=|sharedaccesssignature=|password=[^;\"]{4,}|-----BEGIN|[A-Za-z0-9+/]{60,}={0,2}")
NOT_SECRET = {"secret", "secretName", "secret_id", "secret_rotation_enabled", "secret_rotation_interval", "validation_token"}


def facts(modules):
    for row, module, kind, path, verdict in FACTS:
        directory = modules.get(module)
        bodies = [body for found, _, body in directory.resources if found == kind] if directory else []
        if not bodies:
            yield f"modules/{module}: has no {kind} ({row})"
        for body in bodies:
            values = value_at(body, path)
            if not values:
                yield f"modules/{module}: {kind}.{path} is not set ({row})"
            for value in values:
                if fault := verdict(value):
                    yield f"modules/{module}: {kind}.{path} {fault} ({row})"
    for module in sorted(ENDPOINTS):
        kinds = [kind for kind, _, _ in modules[module].resources] if module in modules else []
        if "azurerm_private_endpoint" not in kinds:
            yield f"modules/{module}: has no private endpoint (X96)"


def calls(layers):
    """What only the layers can say: who may act for the API, how files are kept, in how many regions something stands."""
    for name in ("primary", "secondary"):
        layer = layers[name]
        identity = members(layer.modules.get("identity", {}))
        text = str(identity.get("federated_credentials", ""))
        if "system:serviceaccount:erp-system:erp-api" not in text:
            yield f"live/{name}: no identity for system:serviceaccount:erp-system:erp-api (X32)"
        for module in ("keyvault", "redis", "aks"):
            if module not in layer.modules:
                yield f"live/{name}: has no {module} of its own (A5)"
    files = members(layers["primary"].modules.get("files", {}))
    if plain(files.get("replication_type")) != "RAGZRS" or "point_in_time_days" not in files:
        yield "live/primary: files must be RAGZRS and restorable to a point in time (A8, X74)"
    if "immutable_days" not in str(members(layers["primary"].modules.get("archive", {})).get("containers", "")):
        yield "live/primary: the archive has no immutable container (L4)"
    if "sql_failover_group" not in layers["secondary"].modules:
        yield "live/secondary: has no failover group (X68)"
    if "for_each" not in members(layers["shared"].modules.get("apim", {})):
        yield "live/shared: the API gateway must stand in both regions (A5)"


def secrets(where, value, key=""):
    if isinstance(value, dict):
        for name, member in value.items():
            if not name.startswith("__"):
                yield from secrets(where, member, plain(name))
    elif isinstance(value, list):
        for member in value:
            yield from secrets(where, member, key)
    elif isinstance(value, str):
        text = plain(value)
        named = LITERAL_SECRET.search(key) and key not in NOT_SECRET and text and not text.startswith("${") and "var." not in text
        if named or SECRET_VALUE.search(text):
            yield f"{where}: {key or 'a value'} looks like a secret that is written down"
