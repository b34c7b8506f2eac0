-- Units that items are counted in. Decimals are those of a quantity in the unit.
CREATE TABLE unit (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    code TEXT NOT NULL CHECK (length(code) <= 50),
    name_ar TEXT CHECK (length(name_ar) <= 200),
    name_en TEXT CHECK (length(name_en) <= 200),
    unece_code TEXT NOT NULL CHECK (length(unece_code) <= 3),
    decimals INTEGER NOT NULL,
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    search TEXT NOT NULL CHECK (length(search) <= 600),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_unit PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_unit_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_unit_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;

-- Tax codes and currencies are named without foreign keys here: the version before deletes them.
CREATE TABLE item_category (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    code TEXT NOT NULL CHECK (length(code) <= 50),
    name_ar TEXT CHECK (length(name_ar) <= 200),
    name_en TEXT CHECK (length(name_en) <= 200),
    parent_id BLOB CHECK (length(parent_id) = 16),
    sales_tax_code_id BLOB CHECK (length(sales_tax_code_id) = 16),
    purchase_tax_code_id BLOB CHECK (length(purchase_tax_code_id) = 16),
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    search TEXT NOT NULL CHECK (length(search) <= 600),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_item_category PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_item_category_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_item_category_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id),
    CONSTRAINT fk_item_category_parent_id FOREIGN KEY (tenant_id, parent_id) REFERENCES item_category (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_item_category_parent ON item_category (tenant_id, parent_id);

-- Weight, volume and price are millionths. Units and barcodes are read and written with the item, so they are documents in
-- its row; item_unit and item_barcode say the same for those who look for an item by one of them.
CREATE TABLE item (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    code TEXT NOT NULL CHECK (length(code) <= 50),
    name_ar TEXT CHECK (length(name_ar) <= 200),
    name_en TEXT CHECK (length(name_en) <= 200),
    description TEXT CHECK (length(description) <= 1000),
    kind TEXT NOT NULL CHECK (length(kind) <= 20),
    category_id BLOB NOT NULL CHECK (length(category_id) = 16),
    base_unit_id BLOB NOT NULL CHECK (length(base_unit_id) = 16),
    tracking TEXT NOT NULL CHECK (length(tracking) <= 20),
    purchase_unit_id BLOB CHECK (length(purchase_unit_id) = 16),
    sales_unit_id BLOB CHECK (length(sales_unit_id) = 16),
    sales_price INTEGER,
    sales_tax_code_id BLOB CHECK (length(sales_tax_code_id) = 16),
    purchase_tax_code_id BLOB CHECK (length(purchase_tax_code_id) = 16),
    weight INTEGER,
    volume INTEGER,
    hs_code TEXT CHECK (length(hs_code) <= 12),
    blocked TEXT NOT NULL CHECK (length(blocked) <= 20),
    blocked_reason TEXT CHECK (length(blocked_reason) <= 200),
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    units TEXT NOT NULL CHECK (length(units) <= 4000),
    barcodes TEXT NOT NULL CHECK (length(barcodes) <= 4000),
    search TEXT NOT NULL CHECK (length(search) <= 600),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_item PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_item_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_item_category_id FOREIGN KEY (tenant_id, category_id) REFERENCES item_category (tenant_id, id),
    CONSTRAINT fk_item_base_unit_id FOREIGN KEY (tenant_id, base_unit_id) REFERENCES unit (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_item_category_id ON item (tenant_id, category_id);

-- The units of an item, its base unit among them: one of the unit is numerator / denominator base units.
CREATE TABLE item_unit (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    item_id BLOB NOT NULL CHECK (length(item_id) = 16),
    unit_id BLOB NOT NULL CHECK (length(unit_id) = 16),
    numerator INTEGER NOT NULL,
    denominator INTEGER NOT NULL,
    CONSTRAINT pk_item_unit PRIMARY KEY (tenant_id, item_id, unit_id),
    CONSTRAINT fk_item_unit_item_id FOREIGN KEY (tenant_id, item_id) REFERENCES item (tenant_id, id),
    CONSTRAINT fk_item_unit_unit_id FOREIGN KEY (tenant_id, unit_id) REFERENCES unit (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_item_unit_unit ON item_unit (tenant_id, unit_id);

-- Barcodes in the form in which they are compared: digits filled up with zeros to 14.
CREATE TABLE item_barcode (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    code TEXT NOT NULL CHECK (length(code) <= 50),
    item_id BLOB NOT NULL CHECK (length(item_id) = 16),
    CONSTRAINT pk_item_barcode PRIMARY KEY (tenant_id, code),
    CONSTRAINT fk_item_barcode_item_id FOREIGN KEY (tenant_id, item_id) REFERENCES item (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_item_barcode_item ON item_barcode (tenant_id, item_id);

CREATE TABLE price_list (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    code TEXT NOT NULL CHECK (length(code) <= 50),
    name_ar TEXT CHECK (length(name_ar) <= 200),
    name_en TEXT CHECK (length(name_en) <= 200),
    currency TEXT NOT NULL CHECK (length(currency) <= 3),
    prices_include_vat INTEGER NOT NULL CHECK (prices_include_vat IN (0, 1)),
    is_default INTEGER NOT NULL CHECK (is_default IN (0, 1)),
    valid_from INTEGER,
    valid_to INTEGER,
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    search TEXT NOT NULL CHECK (length(search) <= 600),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_price_list PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_price_list_code UNIQUE (tenant_id, code),
    CONSTRAINT fk_price_list_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (id)
) STRICT, WITHOUT ROWID;
-- A currency has one default list.
CREATE UNIQUE INDEX uq_price_list_default ON price_list (tenant_id, currency) WHERE is_default = 1;

-- Prices and quantities are millionths. Validity of prices with the same item, unit and quantity does not overlap.
CREATE TABLE price (
    tenant_id BLOB NOT NULL CHECK (length(tenant_id) = 16),
    id BLOB NOT NULL CHECK (length(id) = 16),
    price_list_id BLOB NOT NULL CHECK (length(price_list_id) = 16),
    item_id BLOB NOT NULL CHECK (length(item_id) = 16),
    unit_id BLOB NOT NULL CHECK (length(unit_id) = 16),
    quantity_from INTEGER NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_to INTEGER,
    price INTEGER NOT NULL,
    discount_percent INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_price PRIMARY KEY (tenant_id, id),
    CONSTRAINT uq_price_key UNIQUE (tenant_id, price_list_id, item_id, unit_id, quantity_from, valid_from),
    CONSTRAINT fk_price_price_list_id FOREIGN KEY (tenant_id, price_list_id) REFERENCES price_list (tenant_id, id),
    CONSTRAINT fk_price_item_id FOREIGN KEY (tenant_id, item_id) REFERENCES item (tenant_id, id),
    CONSTRAINT fk_price_unit_id FOREIGN KEY (tenant_id, unit_id) REFERENCES unit (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX ix_price_item ON price (tenant_id, item_id, unit_id);
CREATE INDEX ix_price_unit ON price (tenant_id, unit_id);
