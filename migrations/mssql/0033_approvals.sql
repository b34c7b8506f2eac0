-- Approval of entries made by hand: policies, requests with their steps as they were submitted, and substitutes.

-- A waiting draft stays a draft, so that every statement about drafts still finds it.
ALTER TABLE journal_entry ADD approval_status NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NULL CONSTRAINT ck_journal_entry_approval_status CHECK (approval_status IN (N'pending_approval', N'approved'));
GO
CREATE INDEX ix_journal_entry_approval ON journal_entry (tenant_id, approval_status, id) WHERE approval_status IS NOT NULL;

-- Steps are a document: they are read and written with the policy.
CREATE TABLE approval_policy (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name_ar NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    name_en NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    priority BIGINT NOT NULL,
    journal_id BINARY(16) NULL,
    amount_from DECIMAL(19,4) NULL,
    account_id BINARY(16) NULL,
    account_code_prefix NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NULL,
    account_code_from NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NULL,
    account_code_to NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NULL,
    dimension_id BINARY(16) NULL,
    value_id BINARY(16) NULL,
    steps NVARCHAR(MAX) NOT NULL,
    active BIT NOT NULL,
    search NVARCHAR(600) COLLATE Latin1_General_100_BIN2 NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_approval_policy PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_approval_policy_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_approval_policy_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);

CREATE TABLE approval_delegation (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    from_user_id BINARY(16) NOT NULL,
    to_user_id BINARY(16) NOT NULL,
    from_date DATE NOT NULL,
    to_date DATE NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_approval_delegation PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT fk_approval_delegation_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);
CREATE INDEX ix_approval_delegation_to ON approval_delegation (tenant_id, to_user_id, to_date);

-- Requests stay when their entry is deleted. Steps are counted from 0.
CREATE TABLE approval (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    journal_entry_id BINARY(16) NOT NULL,
    status NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_approval_status CHECK (status IN (N'pending', N'approved', N'rejected', N'recalled')),
    policy_id BINARY(16) NOT NULL,
    policy_code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    journal_id BINARY(16) NOT NULL,
    posting_date DATE NOT NULL,
    total DECIMAL(19,4) NOT NULL,
    description NVARCHAR(500) COLLATE Latin1_General_100_BIN2 NULL,
    created_by BINARY(16) NULL,
    submitted_by BINARY(16) NOT NULL,
    submitted_at DATETIME2(6) NOT NULL,
    step BIGINT NOT NULL,
    steps NVARCHAR(MAX) NOT NULL,
    decisions NVARCHAR(MAX) NOT NULL,
    problems NVARCHAR(MAX) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_approval PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT fk_approval_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);
CREATE INDEX ix_approval_entry ON approval (tenant_id, journal_entry_id, id);
CREATE INDEX ix_approval_pending ON approval (tenant_id, id) WHERE status = 'pending';

-- The same as in the steps, for people who look for what they may decide: a role or a user.
CREATE TABLE approval_approver (
    tenant_id BINARY(16) NOT NULL,
    approval_id BINARY(16) NOT NULL,
    step BIGINT NOT NULL,
    approver_id BINARY(16) NOT NULL,
    CONSTRAINT pk_approval_approver PRIMARY KEY CLUSTERED (tenant_id, approval_id, step, approver_id),
    CONSTRAINT fk_approval_approver_approval_id FOREIGN KEY (tenant_id, approval_id) REFERENCES approval (tenant_id, id)
);

-- Everyone who does not decide any more: who made the entry, and who was counted. One person counts once.
CREATE TABLE approval_person (
    tenant_id BINARY(16) NOT NULL,
    approval_id BINARY(16) NOT NULL,
    user_id BINARY(16) NOT NULL,
    CONSTRAINT pk_approval_person PRIMARY KEY CLUSTERED (tenant_id, approval_id, user_id),
    CONSTRAINT fk_approval_person_approval_id FOREIGN KEY (tenant_id, approval_id) REFERENCES approval (tenant_id, id)
);
