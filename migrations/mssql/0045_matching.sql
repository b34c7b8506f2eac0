-- How far receipts and bills may go beyond an order, and whether bills wait for receipts: for the company and for single items.
ALTER TABLE company_profile ADD over_receipt_percent DECIMAL(19,4) NOT NULL CONSTRAINT df_company_profile_over_receipt_percent DEFAULT 0;
ALTER TABLE company_profile ADD match_policy NVARCHAR(10) COLLATE Latin1_General_100_BIN2 NOT NULL CONSTRAINT df_company_profile_match_policy DEFAULT N'three_way' CONSTRAINT ck_company_profile_match_policy CHECK (match_policy IN (N'three_way', N'two_way'));
ALTER TABLE item ADD over_receipt_percent DECIMAL(19,4) NULL;
ALTER TABLE item ADD match_policy NVARCHAR(10) COLLATE Latin1_General_100_BIN2 NULL CONSTRAINT ck_item_match_policy CHECK (match_policy IN (N'three_way', N'two_way'));

-- The limits of a line become wider by what may be received beyond the order.
ALTER TABLE line_progress ADD beyond DECIMAL(19,6) NOT NULL CONSTRAINT df_line_progress_beyond DEFAULT 0;
ALTER TABLE line_progress ADD two_way BIT NOT NULL CONSTRAINT df_line_progress_two_way DEFAULT 0;
ALTER TABLE line_progress DROP CONSTRAINT ck_line_progress_delivered;
ALTER TABLE line_progress DROP CONSTRAINT ck_line_progress_invoiced;
GO
ALTER TABLE line_progress ADD CONSTRAINT ck_line_progress_beyond CHECK (beyond >= 0);
ALTER TABLE line_progress ADD CONSTRAINT ck_line_progress_delivered CHECK (returned BETWEEN 0 AND delivered AND delivered - returned <= ordered - cancelled + beyond);
ALTER TABLE line_progress ADD CONSTRAINT ck_line_progress_invoiced CHECK (credited BETWEEN 0 AND invoiced AND invoiced - credited <= ordered - cancelled + beyond);
