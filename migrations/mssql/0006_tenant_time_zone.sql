-- Where a tenant's days begin, a name of the IANA database. Null in rows of earlier versions: the zone of the country's capital.
ALTER TABLE tenant ADD time_zone NVARCHAR(64) COLLATE Latin1_General_100_BIN2 NULL;
