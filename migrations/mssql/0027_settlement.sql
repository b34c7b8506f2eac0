-- Discounts for early payment, and write-offs. An item knows until when it grants a discount; an allocation knows the payment's one
-- that it belongs to, and the note or the write-off that was made for it.
ALTER TABLE open_item ADD discount_date DATE NULL;
ALTER TABLE open_item ADD discount_amount DECIMAL(19,4) NULL;
ALTER TABLE allocation ADD belongs_to_id BINARY(16) NULL;
ALTER TABLE allocation ADD document_id BINARY(16) NULL;
GO
CREATE INDEX ix_allocation_belongs_to ON allocation (tenant_id, belongs_to_id) WHERE belongs_to_id IS NOT NULL;
CREATE INDEX ix_allocation_document ON allocation (tenant_id, document_id) WHERE document_id IS NOT NULL;

ALTER TABLE company_profile ADD discount_without_vat BIT NOT NULL CONSTRAINT df_company_profile_discount_without_vat DEFAULT 0;
ALTER TABLE company_profile ADD payment_tolerances NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NULL;

-- What was taken off open items without any money. The items are read and written whole.
CREATE TABLE write_off (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    kind NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL,
    status NVARCHAR(10) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_write_off_status CHECK (status IN (N'posted', N'reversed')),
    number NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
    control NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL,
    party NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NOT NULL,
    account_id BINARY(16) NOT NULL,
    write_off_date DATE NOT NULL,
    currency NVARCHAR(3) COLLATE Latin1_General_100_BIN2 NOT NULL,
    amount DECIMAL(19,4) NOT NULL,
    company_amount DECIMAL(19,4) NOT NULL,
    entry_id BINARY(16) NOT NULL,
    reversal_entry_id BINARY(16) NULL,
    reason NVARCHAR(500) COLLATE Latin1_General_100_BIN2 NOT NULL,
    items NVARCHAR(MAX) COLLATE Latin1_General_100_BIN2 NOT NULL,
    created_by BINARY(16) NULL,
    created_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_write_off PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT fk_write_off_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);
CREATE INDEX ix_write_off_date ON write_off (tenant_id, write_off_date, id);
CREATE INDEX ix_write_off_party ON write_off (tenant_id, party, id);
CREATE INDEX ix_write_off_entry ON write_off (tenant_id, entry_id);
