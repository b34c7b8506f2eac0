-- Quotations and orders. Their states stand beside the states of the ledger, which the version before knows.
ALTER TABLE document ADD
    state NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NULL
        CONSTRAINT ck_document_state CHECK (state IN (N'sent', N'accepted', N'declined', N'expired', N'confirmed', N'closed', N'cancelled')),
    valid_until DATE NULL,
    order_id BINARY(16) NULL;
GO
CREATE INDEX ix_document_order ON document (tenant_id, order_id) WHERE order_id IS NOT NULL;
CREATE INDEX ix_document_valid_until ON document (tenant_id, valid_until, id) WHERE state = 'sent';

-- What has become of the lines of orders, in base units: maintained by whatever delivers, invoices and credits them.
CREATE TABLE line_progress (
    tenant_id BINARY(16) NOT NULL,
    document_id BINARY(16) NOT NULL,
    line_no BIGINT NOT NULL,
    party_id BINARY(16) NOT NULL,
    item_id BINARY(16) NULL,
    ordered DECIMAL(19,6) NOT NULL,
    cancelled DECIMAL(19,6) NOT NULL,
    delivered DECIMAL(19,6) NOT NULL,
    returned DECIMAL(19,6) NOT NULL,
    invoiced DECIMAL(19,6) NOT NULL,
    credited DECIMAL(19,6) NOT NULL,
    amount DECIMAL(19,4) NOT NULL,
    exposure DECIMAL(19,4) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_line_progress PRIMARY KEY CLUSTERED (tenant_id, document_id, line_no),
    CONSTRAINT ck_line_progress_wanted CHECK (cancelled BETWEEN 0 AND ordered),
    CONSTRAINT ck_line_progress_delivered CHECK (returned BETWEEN 0 AND delivered AND delivered - returned <= ordered - cancelled),
    CONSTRAINT ck_line_progress_invoiced CHECK (credited BETWEEN 0 AND invoiced AND invoiced - credited <= ordered - cancelled)
);
CREATE INDEX ix_line_progress_party ON line_progress (tenant_id, party_id) WHERE exposure <> 0;
CREATE INDEX ix_line_progress_item ON line_progress (tenant_id, item_id) WHERE item_id IS NOT NULL;

-- Why: which line of a document did what to which line of another one. Rows are only added.
CREATE TABLE document_link (
    tenant_id BINARY(16) NOT NULL,
    from_id BINARY(16) NOT NULL,
    from_line BIGINT NOT NULL,
    to_id BINARY(16) NOT NULL,
    to_line BIGINT NOT NULL,
    kind NVARCHAR(10) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT ck_document_link_kind CHECK (kind IN (N'bills', N'fulfils', N'corrects')),
    quantity DECIMAL(19,6) NOT NULL,
    CONSTRAINT pk_document_link PRIMARY KEY CLUSTERED (tenant_id, from_id, from_line, to_id, to_line, kind)
);
CREATE INDEX ix_document_link_to ON document_link (tenant_id, to_id, to_line, kind);

-- How far prices on bills may be from those of the orders.
ALTER TABLE company_profile ADD
    price_tolerance_percent DECIMAL(19,4) NOT NULL CONSTRAINT df_company_profile_price_tolerance_percent DEFAULT 0,
    price_tolerance_amount DECIMAL(19,4) NOT NULL CONSTRAINT df_company_profile_price_tolerance_amount DEFAULT 0;
