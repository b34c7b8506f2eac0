-- How far receipts may go beyond orders to a supplier, and whether its bills wait for receipts. Null is what the company says.
ALTER TABLE party ADD supplier_over_receipt_percent DECIMAL(19,4) NULL;
ALTER TABLE party ADD supplier_match_policy NVARCHAR(10) COLLATE Latin1_General_100_BIN2 NULL CONSTRAINT ck_party_supplier_match_policy CHECK (supplier_match_policy IN (N'three_way', N'two_way'));
