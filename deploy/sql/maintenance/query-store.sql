-- The Query Store: what ran, for how long, by which plan (row G6). Azure SQL Database has it by default and cannot switch it off.
-- Beside the specification's options: capture without one-off queries, clean-up before the store is full (a full one turns
-- READ_ONLY), a limit of plans, and waits. Alert where actual_state differs from desired_state:
--   SELECT actual_state_desc, desired_state_desc, readonly_reason FROM sys.database_query_store_options;
ALTER DATABASE CURRENT SET QUERY_STORE = ON
(
    OPERATION_MODE = READ_WRITE,
    CLEANUP_POLICY = (STALE_QUERY_THRESHOLD_DAYS = 30),
    DATA_FLUSH_INTERVAL_SECONDS = 900,
    MAX_STORAGE_SIZE_MB = 1000,
    INTERVAL_LENGTH_MINUTES = 60,
    QUERY_CAPTURE_MODE = AUTO,
    SIZE_BASED_CLEANUP_MODE = AUTO,
    MAX_PLANS_PER_QUERY = 200,
    WAIT_STATS_CAPTURE_MODE = ON
);
