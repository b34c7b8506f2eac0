-- The whole schema: platform, mechanics and general ledger. Every key leads with the tenant.
-- Tables are clustered by their key, but for those whose rows hold documents: SQLite keeps only a quarter of a page of
-- a clustered row in place, and a document would take an overflow page of its own.

-- One legal entity's books.
CREATE TABLE tenant (
    id BLOB NOT NULL CHECK (length(id) = 16),
    code TEXT NOT NULL CHECK (length(code) <= 50),
    name_ar TEXT CHECK (length(name_ar) <= 200),
    name_en TEXT CHECK (length(name_en) <= 200),
    currency TEXT NOT NULL CHECK (length(currency) <= 3),
    country TEXT NOT NULL CHECK (length(country) <= 2),
    template TEXT NOT NULL CHECK (length(template) <= 50),
    status TEXT NOT NULL CHECK (status IN ('active', 'suspended')),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_tenant PRIMARY KEY (id),
    CONSTRAINT uq_tenant_code UNIQUE (code)
) STRICT, WITHOUT ROWID;

-- One configuration value of a tenant, a JSON document.
CREATE TABLE tenant_setting (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    setting_key TEXT NOT NULL CHECK (length(setting_key) <= 100),
    value TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_tenant_setting PRIMARY KEY (tenant_id, setting_key),
    CONSTRAINT fk_tenant_setting_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;

-- A person; belongs to tenants through memberships.
CREATE TABLE app_user (
    id BLOB NOT NULL CHECK (length(id) = 16),
    email TEXT NOT NULL CHECK (length(email) <= 254),
    name TEXT NOT NULL CHECK (length(name) <= 200),
    search TEXT NOT NULL CHECK (length(search) <= 600),
    password_hash TEXT CHECK (length(password_hash) <= 300),
    locale TEXT NOT NULL CHECK (locale IN ('ar', 'en')),
    platform_admin INTEGER NOT NULL CHECK (platform_admin IN (0, 1)),
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    failed_attempts INTEGER NOT NULL,
    locked_until INTEGER,
    password_changed_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_app_user PRIMARY KEY (id),
    CONSTRAINT uq_app_user_email UNIQUE (email)
) STRICT, WITHOUT ROWID;

-- Which user may enter which tenant.
CREATE TABLE membership (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    user_id BLOB NOT NULL CHECK (length(user_id) = 16),
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    created_at INTEGER NOT NULL,
    CONSTRAINT pk_membership PRIMARY KEY (tenant_id, user_id),
    CONSTRAINT fk_membership_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_membership_user_id FOREIGN KEY (user_id) REFERENCES app_user (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_membership_user ON membership (user_id, tenant_id);

-- A named set of permissions.
CREATE TABLE role (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    code TEXT NOT NULL CHECK (length(code) <= 50),
    name_ar TEXT CHECK (length(name_ar) <= 200),
    name_en TEXT CHECK (length(name_en) <= 200),
    system INTEGER NOT NULL CHECK (system IN (0, 1)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_role PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_role_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_role_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE role_permission (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    role_id BLOB NOT NULL CHECK (length(role_id) = 16),
    permission TEXT NOT NULL CHECK (length(permission) <= 100),
    CONSTRAINT pk_role_permission PRIMARY KEY (tenant_id, role_id, permission),
    CONSTRAINT fk_role_permission_role_id FOREIGN KEY (tenant_id, role_id) REFERENCES role (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE role_assignment (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    role_id BLOB NOT NULL CHECK (length(role_id) = 16),
    user_id BLOB NOT NULL CHECK (length(user_id) = 16),
    expires_at INTEGER,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_role_assignment PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_role_assignment_user_role UNIQUE (tenant_id, user_id, role_id),
    CONSTRAINT fk_role_assignment_role_id FOREIGN KEY (tenant_id, role_id) REFERENCES role (tenant_id, id),
    CONSTRAINT fk_role_assignment_user_id FOREIGN KEY (tenant_id, user_id) REFERENCES membership (tenant_id, user_id)
) STRICT, WITHOUT ROWID;

-- A machine's key; only its SHA-256 is stored.
CREATE TABLE api_key (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    name TEXT NOT NULL CHECK (length(name) <= 200),
    prefix TEXT NOT NULL CHECK (length(prefix) <= 20),
    secret_hash BLOB NOT NULL CHECK (length(secret_hash) = 32),
    user_id BLOB NOT NULL CHECK (length(user_id) = 16),
    scopes TEXT NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER,
    last_used_at INTEGER,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_api_key PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_api_key_secret_hash UNIQUE (secret_hash),
    CONSTRAINT fk_api_key_user_id FOREIGN KEY (tenant_id, user_id) REFERENCES membership (tenant_id, user_id)
) STRICT, WITHOUT ROWID;

-- Rotated at each use; a second use revokes its whole family.
CREATE TABLE refresh_token (
    id BLOB NOT NULL CHECK (length(id) = 16),
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    user_id BLOB NOT NULL CHECK (length(user_id) = 16),
    family_id BLOB NOT NULL CHECK (length(family_id) = 16),
    token_hash BLOB NOT NULL CHECK (length(token_hash) = 32),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    revoked_at INTEGER,
    CONSTRAINT pk_refresh_token PRIMARY KEY (id),
    CONSTRAINT uq_refresh_token_hash UNIQUE (token_hash),
    CONSTRAINT fk_refresh_token_user_id FOREIGN KEY (user_id) REFERENCES app_user (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_refresh_token_family ON refresh_token (family_id);
CREATE INDEX ix_refresh_token_user ON refresh_token (user_id, expires_at);

-- The answer of a finished request under its key, kept 7 days.
CREATE TABLE idempotency (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    user_id BLOB NOT NULL CHECK (length(user_id) = 16),
    idempotency_key TEXT NOT NULL CHECK (length(idempotency_key) <= 255),
    request_hash BLOB NOT NULL CHECK (length(request_hash) = 32),
    body TEXT NOT NULL,
    entity_id BLOB CHECK (length(entity_id) = 16),
    entity_version INTEGER,
    created_at INTEGER NOT NULL,
    CONSTRAINT pk_idempotency PRIMARY KEY (tenant_id, user_id, idempotency_key)
) STRICT;
CREATE INDEX ix_idempotency_age ON idempotency (created_at);

-- The last value of a gapless sequence of a tenant.
CREATE TABLE counter (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    name TEXT NOT NULL CHECK (length(name) <= 100),
    value INTEGER NOT NULL,
    CONSTRAINT pk_counter PRIMARY KEY (tenant_id, name)
) STRICT, WITHOUT ROWID;

-- Who changed what, when, from what to what. Append-only.
CREATE TABLE audit_log (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    recorded_at INTEGER NOT NULL,
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('user', 'api_key', 'system')),
    actor_id BLOB CHECK (length(actor_id) = 16),
    user_id BLOB CHECK (length(user_id) = 16),
    action TEXT NOT NULL CHECK (length(action) <= 50),
    entity TEXT NOT NULL CHECK (length(entity) <= 50),
    entity_id BLOB NOT NULL CHECK (length(entity_id) = 16),
    before_document TEXT,
    after_document TEXT,
    request_id TEXT NOT NULL CHECK (length(request_id) <= 100),
    CONSTRAINT pk_audit_log PRIMARY KEY (tenant_id, id)
) STRICT;
CREATE INDEX ix_audit_log_entity ON audit_log (tenant_id, entity_id, id);

-- The change feed: gapless and ordered per tenant. Append-only.
CREATE TABLE outbox_event (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    sequence INTEGER NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    type TEXT NOT NULL CHECK (length(type) <= 100),
    entity TEXT NOT NULL CHECK (length(entity) <= 50),
    entity_id BLOB NOT NULL CHECK (length(entity_id) = 16),
    occurred_at INTEGER NOT NULL,
    data TEXT,
    CONSTRAINT pk_outbox_event PRIMARY KEY (tenant_id, sequence)
) STRICT;

-- Work that outlives its request.
CREATE TABLE job (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    type TEXT NOT NULL CHECK (length(type) <= 50),
    status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    progress INTEGER NOT NULL,
    total INTEGER,
    input TEXT NOT NULL,
    result TEXT,
    error TEXT,
    cancel_requested INTEGER NOT NULL CHECK (cancel_requested IN (0, 1)),
    created_by BLOB CHECK (length(created_by) = 16),
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER,
    version INTEGER NOT NULL,
    CONSTRAINT pk_job PRIMARY KEY (tenant_id, id)
) STRICT;
CREATE INDEX ix_job_status ON job (tenant_id, status, id);

-- The accounts the ledger itself posts to.
CREATE TABLE ledger_settings (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    retained_earnings_account_id BLOB CHECK (length(retained_earnings_account_id) = 16),
    rounding_account_id BLOB CHECK (length(rounding_account_id) = 16),
    opening_account_id BLOB CHECK (length(opening_account_id) = 16),
    exchange_account_id BLOB CHECK (length(exchange_account_id) = 16),
    version INTEGER NOT NULL,
    CONSTRAINT pk_ledger_settings PRIMARY KEY (tenant_id),
    CONSTRAINT fk_ledger_settings_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE currency (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    code TEXT NOT NULL CHECK (length(code) <= 3),
    name_ar TEXT CHECK (length(name_ar) <= 200),
    name_en TEXT CHECK (length(name_en) <= 200),
    scale INTEGER NOT NULL,
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_currency PRIMARY KEY (tenant_id, code),
    CONSTRAINT fk_currency_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;

-- Units of the company currency for one unit of `currency`, valid from `rate_date` until the next.
CREATE TABLE exchange_rate (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    currency TEXT NOT NULL CHECK (length(currency) <= 3),
    rate_date INTEGER NOT NULL,
    rate INTEGER NOT NULL,
    source TEXT CHECK (length(source) <= 100),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_exchange_rate PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_exchange_rate_date UNIQUE (tenant_id, currency, rate_date),
    CONSTRAINT fk_exchange_rate_currency FOREIGN KEY (tenant_id, currency) REFERENCES currency (tenant_id, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE account (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    code TEXT NOT NULL CHECK (length(code) <= 50),
    name_ar TEXT CHECK (length(name_ar) <= 200),
    name_en TEXT CHECK (length(name_en) <= 200),
    search TEXT NOT NULL CHECK (length(search) <= 600),
    type TEXT NOT NULL CHECK (type IN ('asset', 'liability', 'equity', 'income', 'expense')),
    subtype TEXT CHECK (length(subtype) <= 50),
    parent_id BLOB CHECK (length(parent_id) = 16),
    is_posting INTEGER NOT NULL CHECK (is_posting IN (0, 1)),
    currency TEXT CHECK (length(currency) <= 3),
    control TEXT NOT NULL CHECK (control IN ('none', 'receivable', 'payable', 'inventory', 'vat')),
    cash_flow TEXT NOT NULL CHECK (cash_flow IN ('none', 'operating', 'investing', 'financing', 'cash')),
    reconcilable INTEGER NOT NULL CHECK (reconcilable IN (0, 1)),
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_account PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_account_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_account_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_account_parent_id FOREIGN KEY (tenant_id, parent_id) REFERENCES account (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_account_parent ON account (tenant_id, parent_id);

CREATE TABLE number_series (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    code TEXT NOT NULL CHECK (length(code) <= 50),
    name_ar TEXT CHECK (length(name_ar) <= 200),
    name_en TEXT CHECK (length(name_en) <= 200),
    document_type TEXT NOT NULL CHECK (length(document_type) <= 50),
    pattern TEXT NOT NULL CHECK (length(pattern) <= 100),
    reset TEXT NOT NULL CHECK (reset IN ('never', 'fiscal_year', 'year', 'month')),
    gapless INTEGER NOT NULL CHECK (gapless IN (0, 1)),
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_number_series PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_number_series_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_number_series_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;

-- The last number given in one period of a series; written last in a posting (R14).
CREATE TABLE number_series_counter (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    series_id BLOB NOT NULL CHECK (length(series_id) = 16),
    period_key TEXT NOT NULL CHECK (length(period_key) <= 20),
    last_number INTEGER NOT NULL,
    CONSTRAINT pk_number_series_counter PRIMARY KEY (tenant_id, series_id, period_key),
    CONSTRAINT fk_number_series_counter_series_id FOREIGN KEY (tenant_id, series_id) REFERENCES number_series (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    code TEXT NOT NULL CHECK (length(code) <= 50),
    name_ar TEXT CHECK (length(name_ar) <= 200),
    name_en TEXT CHECK (length(name_en) <= 200),
    search TEXT NOT NULL CHECK (length(search) <= 600),
    kind TEXT NOT NULL CHECK (kind IN ('general', 'sales', 'purchase', 'bank', 'cash', 'opening', 'closing')),
    number_series_id BLOB NOT NULL CHECK (length(number_series_id) = 16),
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_journal PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_journal_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_journal_number_series_id FOREIGN KEY (tenant_id, number_series_id) REFERENCES number_series (tenant_id, id)
) STRICT, WITHOUT ROWID;

-- The end of a journal's hash chain (R5).
CREATE TABLE journal_chain (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    journal_id BLOB NOT NULL CHECK (length(journal_id) = 16),
    sequence INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    CONSTRAINT pk_journal_chain PRIMARY KEY (tenant_id, journal_id),
    CONSTRAINT fk_journal_chain_journal_id FOREIGN KEY (tenant_id, journal_id) REFERENCES journal (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE fiscal_year (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    code TEXT NOT NULL CHECK (length(code) <= 50),
    name_ar TEXT CHECK (length(name_ar) <= 200),
    name_en TEXT CHECK (length(name_en) <= 200),
    start_date INTEGER NOT NULL,
    end_date INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'closed')),
    closed_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_fiscal_year PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_fiscal_year_code UNIQUE (tenant_id, code),
    CONSTRAINT uq_fiscal_year_start UNIQUE (tenant_id, start_date),
    CONSTRAINT fk_fiscal_year_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE fiscal_period (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    fiscal_year_id BLOB NOT NULL CHECK (length(fiscal_year_id) = 16),
    number INTEGER NOT NULL,
    name TEXT NOT NULL CHECK (length(name) <= 100),
    start_date INTEGER NOT NULL,
    end_date INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('regular', 'closing')),
    status TEXT NOT NULL CHECK (status IN ('open', 'closed')),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_fiscal_period PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_fiscal_period_number UNIQUE (tenant_id, fiscal_year_id, number),
    CONSTRAINT fk_fiscal_period_fiscal_year_id FOREIGN KEY (tenant_id, fiscal_year_id) REFERENCES fiscal_year (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_fiscal_period_start ON fiscal_period (tenant_id, start_date, kind);

-- Nothing is posted on or before `locked_through` (R11).
CREATE TABLE ledger_lock (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    kind TEXT NOT NULL CHECK (kind IN ('fiscal', 'sales', 'purchase', 'tax', 'hard')),
    locked_through INTEGER,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_ledger_lock PRIMARY KEY (tenant_id, kind),
    CONSTRAINT fk_ledger_lock_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE lock_exception (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    kind TEXT NOT NULL CHECK (kind IN ('fiscal', 'sales', 'purchase', 'tax')),
    user_id BLOB NOT NULL CHECK (length(user_id) = 16),
    reason TEXT NOT NULL CHECK (length(reason) <= 500),
    starts_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER,
    created_by BLOB CHECK (length(created_by) = 16),
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_lock_exception PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_lock_exception_user_id FOREIGN KEY (tenant_id, user_id) REFERENCES membership (tenant_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_lock_exception_user ON lock_exception (tenant_id, user_id, expires_at);

CREATE TABLE dimension (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    code TEXT NOT NULL CHECK (length(code) <= 50),
    name_ar TEXT CHECK (length(name_ar) <= 200),
    name_en TEXT CHECK (length(name_en) <= 200),
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_dimension PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_dimension_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_dimension_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE dimension_value (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    dimension_id BLOB NOT NULL CHECK (length(dimension_id) = 16),
    code TEXT NOT NULL CHECK (length(code) <= 50),
    name_ar TEXT CHECK (length(name_ar) <= 200),
    name_en TEXT CHECK (length(name_en) <= 200),
    search TEXT NOT NULL CHECK (length(search) <= 600),
    parent_id BLOB CHECK (length(parent_id) = 16),
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_dimension_value PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_dimension_value_code UNIQUE (tenant_id, dimension_id, code),
    CONSTRAINT fk_dimension_value_dimension_id FOREIGN KEY (tenant_id, dimension_id) REFERENCES dimension (tenant_id, id),
    CONSTRAINT fk_dimension_value_parent_id FOREIGN KEY (tenant_id, parent_id) REFERENCES dimension_value (tenant_id, id)
) STRICT, WITHOUT ROWID;

-- A combination of dimension values, stored once (R9).
CREATE TABLE dimension_set (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    content_key BLOB NOT NULL CHECK (length(content_key) = 32),
    CONSTRAINT pk_dimension_set PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_dimension_set_content_key UNIQUE (tenant_id, content_key)
) STRICT, WITHOUT ROWID;

CREATE TABLE dimension_set_value (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    set_id BLOB NOT NULL CHECK (length(set_id) = 16),
    dimension_id BLOB NOT NULL CHECK (length(dimension_id) = 16),
    value_id BLOB NOT NULL CHECK (length(value_id) = 16),
    CONSTRAINT pk_dimension_set_value PRIMARY KEY (tenant_id, set_id, dimension_id),
    CONSTRAINT fk_dimension_set_value_set_id FOREIGN KEY (tenant_id, set_id) REFERENCES dimension_set (tenant_id, id),
    CONSTRAINT fk_dimension_set_value_value_id FOREIGN KEY (tenant_id, value_id) REFERENCES dimension_value (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_dimension_set_value_value ON dimension_set_value (tenant_id, value_id, set_id);

CREATE TABLE dimension_rule (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    kind TEXT NOT NULL CHECK (kind IN ('mandatory', 'fixed', 'forbidden', 'blocked_combination')),
    account_id BLOB CHECK (length(account_id) = 16),
    account_code_prefix TEXT CHECK (length(account_code_prefix) <= 50),
    dimension_id BLOB CHECK (length(dimension_id) = 16),
    value_id BLOB CHECK (length(value_id) = 16),
    combination TEXT,
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_dimension_rule PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_dimension_rule_account_id FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id),
    CONSTRAINT fk_dimension_rule_dimension_id FOREIGN KEY (tenant_id, dimension_id) REFERENCES dimension (tenant_id, id),
    CONSTRAINT fk_dimension_rule_value_id FOREIGN KEY (tenant_id, value_id) REFERENCES dimension_value (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE journal_entry (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    journal_id BLOB NOT NULL CHECK (length(journal_id) = 16),
    kind TEXT NOT NULL CHECK (kind IN ('standard', 'opening', 'closing', 'reversal', 'revaluation')),
    status TEXT NOT NULL CHECK (status IN ('draft', 'posted', 'reversed')),
    number TEXT CHECK (length(number) <= 60),
    posting_date INTEGER NOT NULL,
    document_date INTEGER,
    fiscal_period_id BLOB CHECK (length(fiscal_period_id) = 16),
    currency TEXT NOT NULL CHECK (length(currency) <= 3),
    description TEXT CHECK (length(description) <= 500),
    reference TEXT CHECK (length(reference) <= 100),
    notes TEXT CHECK (length(notes) <= 2000),
    control_reason TEXT CHECK (length(control_reason) <= 500),
    reason TEXT CHECK (length(reason) <= 500),
    total INTEGER NOT NULL,
    line_count INTEGER NOT NULL,
    reverses_id BLOB CHECK (length(reverses_id) = 16),
    reversed_by_id BLOB CHECK (length(reversed_by_id) = 16),
    recurring_entry_id BLOB CHECK (length(recurring_entry_id) = 16),
    created_by BLOB CHECK (length(created_by) = 16),
    posted_by BLOB CHECK (length(posted_by) = 16),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    recorded_at INTEGER,
    chain_sequence INTEGER,
    hash BLOB CHECK (length(hash) = 32),
    previous_hash BLOB CHECK (length(previous_hash) = 32),
    version INTEGER NOT NULL,
    CONSTRAINT pk_journal_entry PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_journal_entry_journal_id FOREIGN KEY (tenant_id, journal_id) REFERENCES journal (tenant_id, id),
    CONSTRAINT fk_journal_entry_fiscal_period_id FOREIGN KEY (tenant_id, fiscal_period_id) REFERENCES fiscal_period (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX uq_journal_entry_number ON journal_entry (tenant_id, journal_id, number) WHERE number IS NOT NULL;
CREATE UNIQUE INDEX uq_journal_entry_chain ON journal_entry (tenant_id, journal_id, chain_sequence) WHERE chain_sequence IS NOT NULL;
CREATE UNIQUE INDEX uq_journal_entry_opening ON journal_entry (tenant_id) WHERE kind = 'opening' AND status = 'posted';
CREATE INDEX ix_journal_entry_draft_status ON journal_entry (tenant_id, posting_date, id) WHERE status = 'draft';
CREATE INDEX ix_journal_entry_posting_date ON journal_entry (tenant_id, posting_date, id);

-- The lines of a draft, a JSON document; gone when it is posted.
CREATE TABLE journal_entry_draft (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    entry_id BLOB NOT NULL CHECK (length(entry_id) = 16),
    document TEXT NOT NULL,
    CONSTRAINT pk_journal_entry_draft PRIMARY KEY (tenant_id, entry_id),
    CONSTRAINT fk_journal_entry_draft_entry_id FOREIGN KEY (tenant_id, entry_id) REFERENCES journal_entry (tenant_id, id)
) STRICT;

-- Posted lines. Append-only (R5): the application's login has no right to update or delete.
CREATE TABLE ledger_line (
    tenant_id BLOB NOT NULL,
    entry_id BLOB NOT NULL,
    line_no INTEGER NOT NULL,
    account_id BLOB NOT NULL,
    posting_date INTEGER NOT NULL,
    fiscal_period_id BLOB NOT NULL,
    debit INTEGER NOT NULL,
    credit INTEGER NOT NULL,
    currency TEXT NOT NULL,
    currency_debit INTEGER NOT NULL,
    currency_credit INTEGER NOT NULL,
    rate INTEGER NOT NULL,
    dimension_set_id BLOB NOT NULL,
    description TEXT,
    party TEXT,
    due_date INTEGER,
    reference TEXT,
    tax_code TEXT,
    rounding INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    CONSTRAINT pk_ledger_line PRIMARY KEY (tenant_id, entry_id, line_no),
    CONSTRAINT fk_ledger_line_entry_id FOREIGN KEY (tenant_id, entry_id) REFERENCES journal_entry (tenant_id, id),
    CONSTRAINT fk_ledger_line_account_id FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id),
    CONSTRAINT ck_ledger_line_one_side CHECK ((debit = 0 AND credit > 0) OR (credit = 0 AND debit > 0))
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_ledger_line_account ON ledger_line (tenant_id, account_id, posting_date, entry_id, line_no);

-- Maintained balance of an account in a period and currency; shards are summed by readers.
CREATE TABLE account_balance (
    tenant_id BLOB NOT NULL,
    fiscal_period_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    currency TEXT NOT NULL,
    shard INTEGER NOT NULL,
    debit INTEGER NOT NULL,
    credit INTEGER NOT NULL,
    currency_debit INTEGER NOT NULL,
    currency_credit INTEGER NOT NULL,
    CONSTRAINT pk_account_balance PRIMARY KEY (tenant_id, fiscal_period_id, account_id, currency, shard)
) STRICT, WITHOUT ROWID;

-- The same per dimension set; only lines that have dimensions.
CREATE TABLE dimension_balance (
    tenant_id BLOB NOT NULL,
    fiscal_period_id BLOB NOT NULL,
    account_id BLOB NOT NULL,
    dimension_set_id BLOB NOT NULL,
    currency TEXT NOT NULL,
    shard INTEGER NOT NULL,
    debit INTEGER NOT NULL,
    credit INTEGER NOT NULL,
    currency_debit INTEGER NOT NULL,
    currency_credit INTEGER NOT NULL,
    CONSTRAINT pk_dimension_balance PRIMARY KEY (tenant_id, fiscal_period_id, account_id, dimension_set_id, currency, shard)
) STRICT, WITHOUT ROWID;

-- The same per day, for dates inside a period.
CREATE TABLE daily_balance (
    tenant_id BLOB NOT NULL,
    fiscal_period_id BLOB NOT NULL,
    posting_date INTEGER NOT NULL,
    account_id BLOB NOT NULL,
    currency TEXT NOT NULL,
    shard INTEGER NOT NULL,
    debit INTEGER NOT NULL,
    credit INTEGER NOT NULL,
    currency_debit INTEGER NOT NULL,
    currency_credit INTEGER NOT NULL,
    CONSTRAINT pk_daily_balance PRIMARY KEY (tenant_id, fiscal_period_id, posting_date, account_id, currency, shard)
) STRICT, WITHOUT ROWID;

CREATE TABLE recurring_entry (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    code TEXT NOT NULL CHECK (length(code) <= 50),
    name_ar TEXT CHECK (length(name_ar) <= 200),
    name_en TEXT CHECK (length(name_en) <= 200),
    schedule TEXT NOT NULL,
    template TEXT NOT NULL,
    start_date INTEGER NOT NULL,
    end_date INTEGER,
    next_date INTEGER,
    auto_post INTEGER NOT NULL CHECK (auto_post IN (0, 1)),
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    last_error TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_recurring_entry PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_recurring_entry_code UNIQUE (tenant_id, code)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_recurring_entry_due ON recurring_entry (tenant_id, active, next_date);
