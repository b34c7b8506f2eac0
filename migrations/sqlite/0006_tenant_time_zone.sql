-- Where a tenant's days begin, a name of the IANA database. Null in rows of earlier versions: the zone of the country's capital.
ALTER TABLE tenant ADD COLUMN time_zone TEXT CHECK (length(time_zone) <= 64);
