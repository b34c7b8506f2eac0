-- Minutes: 240
-- Saturday 04:00 UTC, after the full backup and before the first differential.
-- Install it as README.md says. The line above is how long the job may take; deploy/ci/checks/calendar.sh reads both.
IF DATENAME(TZOFFSET, SYSDATETIMEOFFSET()) <> N'+00:00'
    THROW 50050, N'SQL Agent runs by the local time of the server, and that is not UTC.', 1;
IF EXISTS (SELECT 1 FROM msdb.dbo.sysjobs AS j WHERE j.name = N'erp-integrity-check')
    EXEC msdb.dbo.sp_delete_job @job_name = N'erp-integrity-check', @delete_unused_schedule = 1;

EXEC msdb.dbo.sp_add_job
    @job_name = N'erp-integrity-check',
    @owner_login_name = N'sa',
    @notify_level_eventlog = 2;

EXEC msdb.dbo.sp_add_jobstep
    @job_name = N'erp-integrity-check',
    @step_name = N'run',
    @subsystem = N'CmdExec',
    @command = N'sqlcmd -S "$(Server)" -d "$(Database)" -E -b -i "$(Folder)/maintenance/integrity-check.sql"',
    @retry_attempts = 1,
    @retry_interval = 5;

EXEC msdb.dbo.sp_add_jobschedule
    @job_name = N'erp-integrity-check',
    @name = N'erp-integrity-check',
    @freq_type = 8,
    @freq_interval = 64,
    @freq_subday_type = 1,
    @freq_subday_interval = 0,
    @freq_recurrence_factor = 1,
    @active_start_time = 040000,
    @active_end_time = 235959;

EXEC msdb.dbo.sp_add_jobserver
    @job_name = N'erp-integrity-check';
