-- The whole schema: platform, mechanics and general ledger. Every key leads with the tenant.

-- One legal entity's books.
CREATE TABLE tenant (
    id BINARY(16) NOT NULL,
    code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name_ar NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    name_en NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    currency NVARCHAR(3) COLLATE Latin1_General_100_BIN2 NOT NULL,
    country NVARCHAR(2) COLLATE Latin1_General_100_BIN2 NOT NULL,
    template NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    status NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_tenant_status CHECK (status IN (N'active', N'suspended')),
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_tenant PRIMARY KEY CLUSTERED (id),
    CONSTRAINT uq_tenant_code UNIQUE (code)
);

-- One configuration value of a tenant, a JSON document.
CREATE TABLE tenant_setting (
    tenant_id BINARY(16) NOT NULL,
    setting_key NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
    value NVARCHAR(MAX) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_tenant_setting PRIMARY KEY CLUSTERED (tenant_id, setting_key),
    CONSTRAINT fk_tenant_setting_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);

-- A person; belongs to tenants through memberships.
CREATE TABLE app_user (
    id BINARY(16) NOT NULL,
    email NVARCHAR(254) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NOT NULL,
    search NVARCHAR(600) COLLATE Latin1_General_100_BIN2 NOT NULL,
    password_hash NVARCHAR(300) COLLATE Latin1_General_100_BIN2 NULL,
    locale NVARCHAR(2) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_app_user_locale CHECK (locale IN (N'ar', N'en')),
    platform_admin BIT NOT NULL,
    active BIT NOT NULL,
    failed_attempts BIGINT NOT NULL,
    locked_until DATETIME2(6) NULL,
    password_changed_at DATETIME2(6) NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_app_user PRIMARY KEY CLUSTERED (id),
    CONSTRAINT uq_app_user_email UNIQUE (email)
);

-- Which user may enter which tenant.
CREATE TABLE membership (
    tenant_id BINARY(16) NOT NULL,
    user_id BINARY(16) NOT NULL,
    active BIT NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    CONSTRAINT pk_membership PRIMARY KEY CLUSTERED (tenant_id, user_id),
    CONSTRAINT fk_membership_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_membership_user_id FOREIGN KEY (user_id) REFERENCES app_user (id)
);
CREATE INDEX ix_membership_user ON membership (user_id, tenant_id);

-- A named set of permissions.
CREATE TABLE role (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name_ar NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    name_en NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    system BIT NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_role PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_role_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_role_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);

CREATE TABLE role_permission (
    tenant_id BINARY(16) NOT NULL,
    role_id BINARY(16) NOT NULL,
    permission NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CONSTRAINT pk_role_permission PRIMARY KEY CLUSTERED (tenant_id, role_id, permission),
    CONSTRAINT fk_role_permission_role_id FOREIGN KEY (tenant_id, role_id) REFERENCES role (tenant_id, id)
);

CREATE TABLE role_assignment (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    role_id BINARY(16) NOT NULL,
    user_id BINARY(16) NOT NULL,
    expires_at DATETIME2(6) NULL,
    created_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_role_assignment PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_role_assignment_user_role UNIQUE (tenant_id, user_id, role_id),
    CONSTRAINT fk_role_assignment_role_id FOREIGN KEY (tenant_id, role_id) REFERENCES role (tenant_id, id),
    CONSTRAINT fk_role_assignment_user_id FOREIGN KEY (tenant_id, user_id) REFERENCES membership (tenant_id, user_id)
);

-- A machine's key; only its SHA-256 is stored.
CREATE TABLE api_key (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    name NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NOT NULL,
    prefix NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL,
    secret_hash BINARY(32) NOT NULL,
    user_id BINARY(16) NOT NULL,
    scopes NVARCHAR(MAX) NOT NULL,
    expires_at DATETIME2(6) NULL,
    revoked_at DATETIME2(6) NULL,
    last_used_at DATETIME2(6) NULL,
    created_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_api_key PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_api_key_secret_hash UNIQUE (secret_hash),
    CONSTRAINT fk_api_key_user_id FOREIGN KEY (tenant_id, user_id) REFERENCES membership (tenant_id, user_id)
);

-- Rotated at each use; a second use revokes its whole family.
CREATE TABLE refresh_token (
    id BINARY(16) NOT NULL,
    tenant_id BINARY(16) NOT NULL,
    user_id BINARY(16) NOT NULL,
    family_id BINARY(16) NOT NULL,
    token_hash BINARY(32) NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    expires_at DATETIME2(6) NOT NULL,
    used_at DATETIME2(6) NULL,
    revoked_at DATETIME2(6) NULL,
    CONSTRAINT pk_refresh_token PRIMARY KEY CLUSTERED (id),
    CONSTRAINT uq_refresh_token_hash UNIQUE (token_hash),
    CONSTRAINT fk_refresh_token_user_id FOREIGN KEY (user_id) REFERENCES app_user (id)
);
CREATE INDEX ix_refresh_token_family ON refresh_token (family_id);
CREATE INDEX ix_refresh_token_user ON refresh_token (user_id, expires_at);

-- The answer of a finished request under its key, kept 7 days.
CREATE TABLE idempotency (
    tenant_id BINARY(16) NOT NULL,
    user_id BINARY(16) NOT NULL,
    idempotency_key NVARCHAR(255) COLLATE Latin1_General_100_BIN2 NOT NULL,
    request_hash BINARY(32) NOT NULL,
    body NVARCHAR(MAX) NOT NULL,
    entity_id BINARY(16) NULL,
    entity_version BIGINT NULL,
    created_at DATETIME2(6) NOT NULL,
    CONSTRAINT pk_idempotency PRIMARY KEY CLUSTERED (tenant_id, user_id, idempotency_key)
);
CREATE INDEX ix_idempotency_age ON idempotency (created_at);

-- The last value of a gapless sequence of a tenant.
CREATE TABLE counter (
    tenant_id BINARY(16) NOT NULL,
    name NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
    value BIGINT NOT NULL,
    CONSTRAINT pk_counter PRIMARY KEY CLUSTERED (tenant_id, name)
);

-- Who changed what, when, from what to what. Append-only.
CREATE TABLE audit_log (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    recorded_at DATETIME2(6) NOT NULL,
    actor_kind NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_audit_log_actor_kind CHECK (actor_kind IN (N'user', N'api_key', N'system')),
    actor_id BINARY(16) NULL,
    user_id BINARY(16) NULL,
    action NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    entity NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    entity_id BINARY(16) NOT NULL,
    before_document NVARCHAR(MAX) NULL,
    after_document NVARCHAR(MAX) NULL,
    request_id NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CONSTRAINT pk_audit_log PRIMARY KEY CLUSTERED (tenant_id, id)
);
CREATE INDEX ix_audit_log_entity ON audit_log (tenant_id, entity_id, id);

-- The change feed: gapless and ordered per tenant. Append-only.
CREATE TABLE outbox_event (
    tenant_id BINARY(16) NOT NULL,
    sequence BIGINT NOT NULL,
    id BINARY(16) NOT NULL,
    type NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
    entity NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    entity_id BINARY(16) NOT NULL,
    occurred_at DATETIME2(6) NOT NULL,
    data NVARCHAR(MAX) NULL,
    CONSTRAINT pk_outbox_event PRIMARY KEY CLUSTERED (tenant_id, sequence)
);

-- Work that outlives its request.
CREATE TABLE job (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    type NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    status NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_job_status CHECK (status IN (N'queued', N'running', N'succeeded', N'failed', N'cancelled')),
    progress BIGINT NOT NULL,
    total BIGINT NULL,
    input NVARCHAR(MAX) NOT NULL,
    result NVARCHAR(MAX) NULL,
    error NVARCHAR(MAX) NULL,
    cancel_requested BIT NOT NULL,
    created_by BINARY(16) NULL,
    created_at DATETIME2(6) NOT NULL,
    started_at DATETIME2(6) NULL,
    finished_at DATETIME2(6) NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_job PRIMARY KEY CLUSTERED (tenant_id, id)
);
CREATE INDEX ix_job_status ON job (tenant_id, status, id);

-- The accounts the ledger itself posts to.
CREATE TABLE ledger_settings (
    tenant_id BINARY(16) NOT NULL,
    retained_earnings_account_id BINARY(16) NULL,
    rounding_account_id BINARY(16) NULL,
    opening_account_id BINARY(16) NULL,
    exchange_account_id BINARY(16) NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_ledger_settings PRIMARY KEY CLUSTERED (tenant_id),
    CONSTRAINT fk_ledger_settings_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);

CREATE TABLE currency (
    tenant_id BINARY(16) NOT NULL,
    code NVARCHAR(3) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name_ar NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    name_en NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    scale BIGINT NOT NULL,
    active BIT NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_currency PRIMARY KEY CLUSTERED (tenant_id, code),
    CONSTRAINT fk_currency_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);

-- Units of the company currency for one unit of `currency`, valid from `rate_date` until the next.
CREATE TABLE exchange_rate (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    currency NVARCHAR(3) COLLATE Latin1_General_100_BIN2 NOT NULL,
    rate_date DATE NOT NULL,
    rate DECIMAL(19,10) NOT NULL,
    source NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_exchange_rate PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_exchange_rate_date UNIQUE (tenant_id, currency, rate_date),
    CONSTRAINT fk_exchange_rate_currency FOREIGN KEY (tenant_id, currency) REFERENCES currency (tenant_id, code)
);

CREATE TABLE account (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name_ar NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    name_en NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    search NVARCHAR(600) COLLATE Latin1_General_100_BIN2 NOT NULL,
    type NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_account_type CHECK (type IN (N'asset', N'liability', N'equity', N'income', N'expense')),
    subtype NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NULL,
    parent_id BINARY(16) NULL,
    is_posting BIT NOT NULL,
    currency NVARCHAR(3) COLLATE Latin1_General_100_BIN2 NULL,
    control NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_account_control CHECK (control IN (N'none', N'receivable', N'payable', N'inventory', N'vat')),
    cash_flow NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_account_cash_flow CHECK (cash_flow IN (N'none', N'operating', N'investing', N'financing', N'cash')),
    reconcilable BIT NOT NULL,
    active BIT NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_account PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_account_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_account_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_account_parent_id FOREIGN KEY (tenant_id, parent_id) REFERENCES account (tenant_id, id)
);
CREATE INDEX ix_account_parent ON account (tenant_id, parent_id);

CREATE TABLE number_series (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name_ar NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    name_en NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    document_type NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    pattern NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
    reset NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_number_series_reset CHECK (reset IN (N'never', N'fiscal_year', N'year', N'month')),
    gapless BIT NOT NULL,
    active BIT NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_number_series PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_number_series_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_number_series_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);

-- The last number given in one period of a series; written last in a posting (R14).
CREATE TABLE number_series_counter (
    tenant_id BINARY(16) NOT NULL,
    series_id BINARY(16) NOT NULL,
    period_key NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL,
    last_number BIGINT NOT NULL,
    CONSTRAINT pk_number_series_counter PRIMARY KEY CLUSTERED (tenant_id, series_id, period_key),
    CONSTRAINT fk_number_series_counter_series_id FOREIGN KEY (tenant_id, series_id) REFERENCES number_series (tenant_id, id)
);

CREATE TABLE journal (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name_ar NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    name_en NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    search NVARCHAR(600) COLLATE Latin1_General_100_BIN2 NOT NULL,
    kind NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_journal_kind CHECK (kind IN (N'general', N'sales', N'purchase', N'bank', N'cash', N'opening', N'closing')),
    number_series_id BINARY(16) NOT NULL,
    active BIT NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_journal PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_journal_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_journal_number_series_id FOREIGN KEY (tenant_id, number_series_id) REFERENCES number_series (tenant_id, id)
);

-- The end of a journal's hash chain (R5).
CREATE TABLE journal_chain (
    tenant_id BINARY(16) NOT NULL,
    journal_id BINARY(16) NOT NULL,
    sequence BIGINT NOT NULL,
    hash BINARY(32) NOT NULL,
    CONSTRAINT pk_journal_chain PRIMARY KEY CLUSTERED (tenant_id, journal_id),
    CONSTRAINT fk_journal_chain_journal_id FOREIGN KEY (tenant_id, journal_id) REFERENCES journal (tenant_id, id)
);

CREATE TABLE fiscal_year (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name_ar NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    name_en NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    start_date DATE NOT NULL,
    end_date DATE NOT NULL,
    status NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_fiscal_year_status CHECK (status IN (N'open', N'closed')),
    closed_at DATETIME2(6) NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_fiscal_year PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_fiscal_year_code UNIQUE (tenant_id, code),
    CONSTRAINT uq_fiscal_year_start UNIQUE (tenant_id, start_date),
    CONSTRAINT fk_fiscal_year_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);

CREATE TABLE fiscal_period (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    fiscal_year_id BINARY(16) NOT NULL,
    number BIGINT NOT NULL,
    name NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
    start_date DATE NOT NULL,
    end_date DATE NOT NULL,
    kind NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_fiscal_period_kind CHECK (kind IN (N'regular', N'closing')),
    status NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_fiscal_period_status CHECK (status IN (N'open', N'closed')),
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_fiscal_period PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_fiscal_period_number UNIQUE (tenant_id, fiscal_year_id, number),
    CONSTRAINT fk_fiscal_period_fiscal_year_id FOREIGN KEY (tenant_id, fiscal_year_id) REFERENCES fiscal_year (tenant_id, id)
);
CREATE INDEX ix_fiscal_period_start ON fiscal_period (tenant_id, start_date, kind);

-- Nothing is posted on or before `locked_through` (R11).
CREATE TABLE ledger_lock (
    tenant_id BINARY(16) NOT NULL,
    kind NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_ledger_lock_kind CHECK (kind IN (N'fiscal', N'sales', N'purchase', N'tax', N'hard')),
    locked_through DATE NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_ledger_lock PRIMARY KEY CLUSTERED (tenant_id, kind),
    CONSTRAINT fk_ledger_lock_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);

CREATE TABLE lock_exception (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    kind NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_lock_exception_kind CHECK (kind IN (N'fiscal', N'sales', N'purchase', N'tax')),
    user_id BINARY(16) NOT NULL,
    reason NVARCHAR(500) COLLATE Latin1_General_100_BIN2 NOT NULL,
    starts_at DATETIME2(6) NOT NULL,
    expires_at DATETIME2(6) NOT NULL,
    revoked_at DATETIME2(6) NULL,
    created_by BINARY(16) NULL,
    created_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_lock_exception PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT fk_lock_exception_user_id FOREIGN KEY (tenant_id, user_id) REFERENCES membership (tenant_id, user_id)
);
CREATE INDEX ix_lock_exception_user ON lock_exception (tenant_id, user_id, expires_at);

CREATE TABLE dimension (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name_ar NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    name_en NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    active BIT NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_dimension PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_dimension_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_dimension_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);

CREATE TABLE dimension_value (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    dimension_id BINARY(16) NOT NULL,
    code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name_ar NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    name_en NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    search NVARCHAR(600) COLLATE Latin1_General_100_BIN2 NOT NULL,
    parent_id BINARY(16) NULL,
    active BIT NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_dimension_value PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_dimension_value_code UNIQUE (tenant_id, dimension_id, code),
    CONSTRAINT fk_dimension_value_dimension_id FOREIGN KEY (tenant_id, dimension_id) REFERENCES dimension (tenant_id, id),
    CONSTRAINT fk_dimension_value_parent_id FOREIGN KEY (tenant_id, parent_id) REFERENCES dimension_value (tenant_id, id)
);

-- A combination of dimension values, stored once (R9).
CREATE TABLE dimension_set (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    content_key BINARY(32) NOT NULL,
    CONSTRAINT pk_dimension_set PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_dimension_set_content_key UNIQUE (tenant_id, content_key)
);

CREATE TABLE dimension_set_value (
    tenant_id BINARY(16) NOT NULL,
    set_id BINARY(16) NOT NULL,
    dimension_id BINARY(16) NOT NULL,
    value_id BINARY(16) NOT NULL,
    CONSTRAINT pk_dimension_set_value PRIMARY KEY CLUSTERED (tenant_id, set_id, dimension_id),
    CONSTRAINT fk_dimension_set_value_set_id FOREIGN KEY (tenant_id, set_id) REFERENCES dimension_set (tenant_id, id),
    CONSTRAINT fk_dimension_set_value_value_id FOREIGN KEY (tenant_id, value_id) REFERENCES dimension_value (tenant_id, id)
);
CREATE INDEX ix_dimension_set_value_value ON dimension_set_value (tenant_id, value_id, set_id);

CREATE TABLE dimension_rule (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    kind NVARCHAR(30) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_dimension_rule_kind CHECK (kind IN (N'mandatory', N'fixed', N'forbidden', N'blocked_combination')),
    account_id BINARY(16) NULL,
    account_code_prefix NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NULL,
    dimension_id BINARY(16) NULL,
    value_id BINARY(16) NULL,
    combination NVARCHAR(MAX) NULL,
    active BIT NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_dimension_rule PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT fk_dimension_rule_account_id FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id),
    CONSTRAINT fk_dimension_rule_dimension_id FOREIGN KEY (tenant_id, dimension_id) REFERENCES dimension (tenant_id, id),
    CONSTRAINT fk_dimension_rule_value_id FOREIGN KEY (tenant_id, value_id) REFERENCES dimension_value (tenant_id, id)
);

CREATE TABLE journal_entry (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    journal_id BINARY(16) NOT NULL,
    kind NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_journal_entry_kind CHECK (kind IN (N'standard', N'opening', N'closing', N'reversal', N'revaluation')),
    status NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_journal_entry_status CHECK (status IN (N'draft', N'posted', N'reversed')),
    number NVARCHAR(60) COLLATE Latin1_General_100_BIN2 NULL,
    posting_date DATE NOT NULL,
    document_date DATE NULL,
    fiscal_period_id BINARY(16) NULL,
    currency NVARCHAR(3) COLLATE Latin1_General_100_BIN2 NOT NULL,
    description NVARCHAR(500) COLLATE Latin1_General_100_BIN2 NULL,
    reference NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NULL,
    notes NVARCHAR(2000) COLLATE Latin1_General_100_BIN2 NULL,
    control_reason NVARCHAR(500) COLLATE Latin1_General_100_BIN2 NULL,
    reason NVARCHAR(500) COLLATE Latin1_General_100_BIN2 NULL,
    total DECIMAL(19,4) NOT NULL,
    line_count BIGINT NOT NULL,
    reverses_id BINARY(16) NULL,
    reversed_by_id BINARY(16) NULL,
    recurring_entry_id BINARY(16) NULL,
    created_by BINARY(16) NULL,
    posted_by BINARY(16) NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    recorded_at DATETIME2(6) NULL,
    chain_sequence BIGINT NULL,
    hash BINARY(32) NULL,
    previous_hash BINARY(32) NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_journal_entry PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT fk_journal_entry_journal_id FOREIGN KEY (tenant_id, journal_id) REFERENCES journal (tenant_id, id),
    CONSTRAINT fk_journal_entry_fiscal_period_id FOREIGN KEY (tenant_id, fiscal_period_id) REFERENCES fiscal_period (tenant_id, id)
);
CREATE UNIQUE INDEX uq_journal_entry_number ON journal_entry (tenant_id, journal_id, number) WHERE number IS NOT NULL;
CREATE UNIQUE INDEX uq_journal_entry_chain ON journal_entry (tenant_id, journal_id, chain_sequence) WHERE chain_sequence IS NOT NULL;
CREATE UNIQUE INDEX uq_journal_entry_opening ON journal_entry (tenant_id) WHERE kind = 'opening' AND status = 'posted';
CREATE INDEX ix_journal_entry_draft_status ON journal_entry (tenant_id, posting_date, id) WHERE status = 'draft';
CREATE INDEX ix_journal_entry_posting_date ON journal_entry (tenant_id, posting_date, id);

-- The lines of a draft, a JSON document; gone when it is posted.
CREATE TABLE journal_entry_draft (
    tenant_id BINARY(16) NOT NULL,
    entry_id BINARY(16) NOT NULL,
    document NVARCHAR(MAX) NOT NULL,
    CONSTRAINT pk_journal_entry_draft PRIMARY KEY CLUSTERED (tenant_id, entry_id),
    CONSTRAINT fk_journal_entry_draft_entry_id FOREIGN KEY (tenant_id, entry_id) REFERENCES journal_entry (tenant_id, id)
);

-- Posted lines. Append-only (R5): the application's login has no right to update or delete.
CREATE TABLE ledger_line (
    tenant_id BINARY(16) NOT NULL,
    entry_id BINARY(16) NOT NULL,
    line_no BIGINT NOT NULL,
    account_id BINARY(16) NOT NULL,
    posting_date DATE NOT NULL,
    fiscal_period_id BINARY(16) NOT NULL,
    debit DECIMAL(19,4) NOT NULL,
    credit DECIMAL(19,4) NOT NULL,
    currency NVARCHAR(3) COLLATE Latin1_General_100_BIN2 NOT NULL,
    currency_debit DECIMAL(19,4) NOT NULL,
    currency_credit DECIMAL(19,4) NOT NULL,
    rate DECIMAL(19,10) NOT NULL,
    dimension_set_id BINARY(16) NOT NULL,
    description NVARCHAR(500) COLLATE Latin1_General_100_BIN2 NULL,
    party NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NULL,
    due_date DATE NULL,
    reference NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NULL,
    tax_code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NULL,
    rounding BIT NOT NULL,
    recorded_at DATETIME2(6) NOT NULL,
    CONSTRAINT pk_ledger_line PRIMARY KEY CLUSTERED (tenant_id, entry_id, line_no),
    CONSTRAINT fk_ledger_line_entry_id FOREIGN KEY (tenant_id, entry_id) REFERENCES journal_entry (tenant_id, id),
    CONSTRAINT fk_ledger_line_account_id FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id),
    CONSTRAINT ck_ledger_line_one_side CHECK ((debit = 0 AND credit > 0) OR (credit = 0 AND debit > 0))
);
CREATE INDEX ix_ledger_line_account ON ledger_line (tenant_id, account_id, posting_date, entry_id, line_no);

-- Maintained balance of an account in a period and currency; shards are summed by readers.
CREATE TABLE account_balance (
    tenant_id BINARY(16) NOT NULL,
    fiscal_period_id BINARY(16) NOT NULL,
    account_id BINARY(16) NOT NULL,
    currency NVARCHAR(3) COLLATE Latin1_General_100_BIN2 NOT NULL,
    shard BIGINT NOT NULL,
    debit DECIMAL(19,4) NOT NULL,
    credit DECIMAL(19,4) NOT NULL,
    currency_debit DECIMAL(19,4) NOT NULL,
    currency_credit DECIMAL(19,4) NOT NULL,
    CONSTRAINT pk_account_balance PRIMARY KEY CLUSTERED (tenant_id, fiscal_period_id, account_id, currency, shard)
);

-- The same per dimension set; only lines that have dimensions.
CREATE TABLE dimension_balance (
    tenant_id BINARY(16) NOT NULL,
    fiscal_period_id BINARY(16) NOT NULL,
    account_id BINARY(16) NOT NULL,
    dimension_set_id BINARY(16) NOT NULL,
    currency NVARCHAR(3) COLLATE Latin1_General_100_BIN2 NOT NULL,
    shard BIGINT NOT NULL,
    debit DECIMAL(19,4) NOT NULL,
    credit DECIMAL(19,4) NOT NULL,
    currency_debit DECIMAL(19,4) NOT NULL,
    currency_credit DECIMAL(19,4) NOT NULL,
    CONSTRAINT pk_dimension_balance PRIMARY KEY CLUSTERED (tenant_id, fiscal_period_id, account_id, dimension_set_id, currency, shard)
);

-- The same per day, for dates inside a period.
CREATE TABLE daily_balance (
    tenant_id BINARY(16) NOT NULL,
    fiscal_period_id BINARY(16) NOT NULL,
    posting_date DATE NOT NULL,
    account_id BINARY(16) NOT NULL,
    currency NVARCHAR(3) COLLATE Latin1_General_100_BIN2 NOT NULL,
    shard BIGINT NOT NULL,
    debit DECIMAL(19,4) NOT NULL,
    credit DECIMAL(19,4) NOT NULL,
    currency_debit DECIMAL(19,4) NOT NULL,
    currency_credit DECIMAL(19,4) NOT NULL,
    CONSTRAINT pk_daily_balance PRIMARY KEY CLUSTERED (tenant_id, fiscal_period_id, posting_date, account_id, currency, shard)
);

CREATE TABLE recurring_entry (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name_ar NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    name_en NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    schedule NVARCHAR(MAX) NOT NULL,
    template NVARCHAR(MAX) NOT NULL,
    start_date DATE NOT NULL,
    end_date DATE NULL,
    next_date DATE NULL,
    auto_post BIT NOT NULL,
    active BIT NOT NULL,
    last_error NVARCHAR(MAX) NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_recurring_entry PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_recurring_entry_code UNIQUE (tenant_id, code)
);
CREATE INDEX ix_recurring_entry_due ON recurring_entry (tenant_id, active, next_date);
