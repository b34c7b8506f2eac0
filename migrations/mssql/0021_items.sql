-- Units that items are counted in. Decimals are those of a quantity in the unit.
CREATE TABLE unit (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name_ar NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    name_en NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    unece_code NVARCHAR(3) COLLATE Latin1_General_100_BIN2 NOT NULL,
    decimals BIGINT NOT NULL,
    active BIT NOT NULL,
    search NVARCHAR(600) COLLATE Latin1_General_100_BIN2 NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_unit PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_unit_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_unit_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);

-- Tax codes and currencies are named without foreign keys here: the version before deletes them.
CREATE TABLE item_category (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name_ar NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    name_en NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    parent_id BINARY(16) NULL,
    sales_tax_code_id BINARY(16) NULL,
    purchase_tax_code_id BINARY(16) NULL,
    active BIT NOT NULL,
    search NVARCHAR(600) COLLATE Latin1_General_100_BIN2 NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_item_category PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_item_category_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_item_category_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_item_category_parent_id FOREIGN KEY (tenant_id, parent_id) REFERENCES item_category (tenant_id, id)
);
CREATE INDEX ix_item_category_parent ON item_category (tenant_id, parent_id);

-- Weight, volume and price are millionths. Units and barcodes are read and written with the item, so they are documents in
-- its row; item_unit and item_barcode say the same for those who look for an item by one of them.
CREATE TABLE item (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name_ar NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    name_en NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    description NVARCHAR(1000) COLLATE Latin1_General_100_BIN2 NULL,
    kind NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL,
    category_id BINARY(16) NOT NULL,
    base_unit_id BINARY(16) NOT NULL,
    tracking NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL,
    purchase_unit_id BINARY(16) NULL,
    sales_unit_id BINARY(16) NULL,
    sales_price DECIMAL(19, 6) NULL,
    sales_tax_code_id BINARY(16) NULL,
    purchase_tax_code_id BINARY(16) NULL,
    weight DECIMAL(19, 6) NULL,
    volume DECIMAL(19, 6) NULL,
    hs_code NVARCHAR(12) COLLATE Latin1_General_100_BIN2 NULL,
    blocked NVARCHAR(20) COLLATE Latin1_General_100_BIN2 NOT NULL,
    blocked_reason NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    active BIT NOT NULL,
    units NVARCHAR(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
    barcodes NVARCHAR(4000) COLLATE Latin1_General_100_BIN2 NOT NULL,
    search NVARCHAR(600) COLLATE Latin1_General_100_BIN2 NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_item PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_item_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_item_category_id FOREIGN KEY (tenant_id, category_id) REFERENCES item_category (tenant_id, id),
    CONSTRAINT fk_item_base_unit_id FOREIGN KEY (tenant_id, base_unit_id) REFERENCES unit (tenant_id, id)
);
CREATE INDEX ix_item_category_id ON item (tenant_id, category_id);

-- The units of an item, its base unit among them: one of the unit is numerator / denominator base units.
CREATE TABLE item_unit (
    tenant_id BINARY(16) NOT NULL,
    item_id BINARY(16) NOT NULL,
    unit_id BINARY(16) NOT NULL,
    numerator BIGINT NOT NULL,
    denominator BIGINT NOT NULL,
    CONSTRAINT pk_item_unit PRIMARY KEY CLUSTERED (tenant_id, item_id, unit_id),
    CONSTRAINT fk_item_unit_item_id FOREIGN KEY (tenant_id, item_id) REFERENCES item (tenant_id, id),
    CONSTRAINT fk_item_unit_unit_id FOREIGN KEY (tenant_id, unit_id) REFERENCES unit (tenant_id, id)
);
CREATE INDEX ix_item_unit_unit ON item_unit (tenant_id, unit_id);

-- Barcodes in the form in which they are compared: digits filled up with zeros to 14.
CREATE TABLE item_barcode (
    tenant_id BINARY(16) NOT NULL,
    code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    item_id BINARY(16) NOT NULL,
    CONSTRAINT pk_item_barcode PRIMARY KEY CLUSTERED (tenant_id, code),
    CONSTRAINT fk_item_barcode_item_id FOREIGN KEY (tenant_id, item_id) REFERENCES item (tenant_id, id)
);
CREATE INDEX ix_item_barcode_item ON item_barcode (tenant_id, item_id);

CREATE TABLE price_list (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    code NVARCHAR(50) COLLATE Latin1_General_100_BIN2 NOT NULL,
    name_ar NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    name_en NVARCHAR(200) COLLATE Latin1_General_100_BIN2 NULL,
    currency NVARCHAR(3) COLLATE Latin1_General_100_BIN2 NOT NULL,
    prices_include_vat BIT NOT NULL,
    is_default BIT NOT NULL,
    valid_from DATE NULL,
    valid_to DATE NULL,
    active BIT NOT NULL,
    search NVARCHAR(600) COLLATE Latin1_General_100_BIN2 NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_price_list PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_price_list_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_price_list_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
);
-- A currency has one default list.
CREATE UNIQUE INDEX uq_price_list_default ON price_list (tenant_id, currency) WHERE is_default = 1;

-- Prices and quantities are millionths. Validity of prices with the same item, unit and quantity does not overlap.
CREATE TABLE price (
    tenant_id BINARY(16) NOT NULL,
    id BINARY(16) NOT NULL,
    price_list_id BINARY(16) NOT NULL,
    item_id BINARY(16) NOT NULL,
    unit_id BINARY(16) NOT NULL,
    quantity_from DECIMAL(19, 6) NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE NULL,
    price DECIMAL(19, 6) NOT NULL,
    discount_percent DECIMAL(19, 4) NOT NULL,
    created_at DATETIME2(6) NOT NULL,
    updated_at DATETIME2(6) NOT NULL,
    version BIGINT NOT NULL,
    CONSTRAINT pk_price PRIMARY KEY CLUSTERED (tenant_id, id),
    CONSTRAINT uq_price_key UNIQUE (tenant_id, price_list_id, item_id, unit_id, quantity_from, valid_from),
    CONSTRAINT fk_price_price_list_id FOREIGN KEY (tenant_id, price_list_id) REFERENCES price_list (tenant_id, id),
    CONSTRAINT fk_price_item_id FOREIGN KEY (tenant_id, item_id) REFERENCES item (tenant_id, id),
    CONSTRAINT fk_price_unit_id FOREIGN KEY (tenant_id, unit_id) REFERENCES unit (tenant_id, id)
);
CREATE INDEX ix_price_item ON price (tenant_id, item_id, unit_id);
CREATE INDEX ix_price_unit ON price (tenant_id, unit_id);
