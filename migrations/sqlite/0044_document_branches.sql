-- The branch of a document, and of a series that numbers the documents of one branch. Documents of the time before have none.
ALTER TABLE document ADD COLUMN branch_id BLOB CHECK (length(branch_id) = 16);
ALTER TABLE document ADD COLUMN branch_code TEXT CHECK (length(branch_code) <= 100);
CREATE INDEX ix_document_branch ON document (tenant_id, branch_id, document_type, id) WHERE branch_id IS NOT NULL;
ALTER TABLE number_series ADD COLUMN branch_id BLOB CHECK (length(branch_id) = 16);
CREATE INDEX ix_number_series_branch ON number_series (tenant_id, branch_id) WHERE branch_id IS NOT NULL;
-- The branch of documents that name none.
ALTER TABLE company_profile ADD COLUMN default_branch_id BLOB CHECK (length(default_branch_id) = 16);
