-- Approval of entries made by hand: policies, requests with their steps as they were submitted, and substitutes.

-- A waiting draft stays a draft, so that every statement about drafts still finds it.
ALTER TABLE journal_entry ADD COLUMN approval_status TEXT CHECK (approval_status IN ('pending_approval', 'approved'));
CREATE INDEX ix_journal_entry_approval ON journal_entry (tenant_id, approval_status, id) WHERE approval_status IS NOT NULL;

-- Steps are a document: they are read and written with the policy.
CREATE TABLE approval_policy (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    code TEXT NOT NULL CHECK (length(code) <= 50),
    name_ar TEXT CHECK (length(name_ar) <= 200),
    name_en TEXT CHECK (length(name_en) <= 200),
    priority INTEGER NOT NULL,
    journal_id BLOB CHECK (length(journal_id) = 16),
    amount_from INTEGER,
    account_id BLOB CHECK (length(account_id) = 16),
    account_code_prefix TEXT CHECK (length(account_code_prefix) <= 50),
    account_code_from TEXT CHECK (length(account_code_from) <= 50),
    account_code_to TEXT CHECK (length(account_code_to) <= 50),
    dimension_id BLOB CHECK (length(dimension_id) = 16),
    value_id BLOB CHECK (length(value_id) = 16),
    steps TEXT NOT NULL,
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    search TEXT NOT NULL CHECK (length(search) <= 600),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_approval_policy PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_approval_policy_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_approval_policy_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE approval_delegation (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    from_user_id BLOB NOT NULL CHECK (length(from_user_id) = 16),
    to_user_id BLOB NOT NULL CHECK (length(to_user_id) = 16),
    from_date INTEGER NOT NULL,
    to_date INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_approval_delegation PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_approval_delegation_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_approval_delegation_to ON approval_delegation (tenant_id, to_user_id, to_date);

-- Requests stay when their entry is deleted. Steps are counted from 0.
CREATE TABLE approval (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    journal_entry_id BLOB NOT NULL CHECK (length(journal_entry_id) = 16),
    status TEXT NOT NULL CHECK (status IN ('pending', 'approved', 'rejected', 'recalled')),
    policy_id BLOB NOT NULL CHECK (length(policy_id) = 16),
    policy_code TEXT NOT NULL CHECK (length(policy_code) <= 50),
    journal_id BLOB NOT NULL CHECK (length(journal_id) = 16),
    posting_date INTEGER NOT NULL,
    total INTEGER NOT NULL,
    description TEXT CHECK (length(description) <= 500),
    created_by BLOB CHECK (length(created_by) = 16),
    submitted_by BLOB NOT NULL CHECK (length(submitted_by) = 16),
    submitted_at INTEGER NOT NULL,
    step INTEGER NOT NULL,
    steps TEXT NOT NULL,
    decisions TEXT NOT NULL,
    problems TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_approval PRIMARY KEY (tenant_id, id),
    CONSTRAINT fk_approval_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_approval_entry ON approval (tenant_id, journal_entry_id, id);
CREATE INDEX ix_approval_pending ON approval (tenant_id, id) WHERE status = 'pending';

-- The same as in the steps, for people who look for what they may decide: a role or a user.
CREATE TABLE approval_approver (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    approval_id BLOB NOT NULL CHECK (length(approval_id) = 16),
    step INTEGER NOT NULL,
    approver_id BLOB NOT NULL CHECK (length(approver_id) = 16),
    CONSTRAINT pk_approval_approver PRIMARY KEY (tenant_id, approval_id, step, approver_id),
    CONSTRAINT fk_approval_approver_approval_id FOREIGN KEY (tenant_id, approval_id) REFERENCES approval (tenant_id, id)
) STRICT, WITHOUT ROWID;

-- Everyone who does not decide any more: who made the entry, and who was counted. One person counts once.
CREATE TABLE approval_person (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    approval_id BLOB NOT NULL CHECK (length(approval_id) = 16),
    user_id BLOB NOT NULL CHECK (length(user_id) = 16),
    CONSTRAINT pk_approval_person PRIMARY KEY (tenant_id, approval_id, user_id),
    CONSTRAINT fk_approval_person_approval_id FOREIGN KEY (tenant_id, approval_id) REFERENCES approval (tenant_id, id)
) STRICT, WITHOUT ROWID;
