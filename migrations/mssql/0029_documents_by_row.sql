-- SQL Server keeps long texts apart from the rows of a key, so that nothing changes here; SQLite's table of documents is made anew.
DECLARE @documents_by_row BIT = 1;
