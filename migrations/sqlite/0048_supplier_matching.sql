-- How far receipts may go beyond orders to a supplier, and whether its bills wait for receipts. Null is what the company says.
ALTER TABLE party ADD COLUMN supplier_over_receipt_percent INTEGER;
ALTER TABLE party ADD COLUMN supplier_match_policy TEXT CHECK (supplier_match_policy IN ('three_way', 'two_way'));
