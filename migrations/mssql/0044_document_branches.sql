-- The branch of a document, and of a series that numbers the documents of one branch. Documents of the time before have none.
ALTER TABLE document ADD branch_id BINARY(16) NULL;
ALTER TABLE document ADD branch_code NVARCHAR(100) COLLATE Latin1_General_100_BIN2 NULL;
ALTER TABLE number_series ADD branch_id BINARY(16) NULL;
-- The branch of documents that name none.
ALTER TABLE company_profile ADD default_branch_id BINARY(16) NULL;
GO
CREATE INDEX ix_document_branch ON document (tenant_id, branch_id, document_type, id) WHERE branch_id IS NOT NULL;
CREATE INDEX ix_number_series_branch ON number_series (tenant_id, branch_id) WHERE branch_id IS NOT NULL;
