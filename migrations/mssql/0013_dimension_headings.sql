-- Values that take no postings themselves, and rules that are exceptions to others.

ALTER TABLE dimension_value ADD postable BIT NOT NULL CONSTRAINT df_dimension_value_postable DEFAULT 1;

ALTER TABLE dimension_rule DROP CONSTRAINT ck_dimension_rule_kind;
ALTER TABLE dimension_rule ADD CONSTRAINT ck_dimension_rule_kind CHECK (kind IN (N'mandatory', N'fixed', N'forbidden', N'optional', N'blocked_combination', N'allowed_combination'));
