-- Minutes: 5
-- every five minutes (row L3), beside everything else: a log backup waits for none of it.
-- Install it as README.md says. The line above is how long the job may take; deploy/ci/checks/calendar.sh reads both.
IF DATENAME(TZOFFSET, SYSDATETIMEOFFSET()) <> N'+00:00'
    THROW 50050, N'SQL Agent runs by the local time of the server, and that is not UTC.', 1;
IF EXISTS (SELECT 1 FROM msdb.dbo.sysjobs AS j WHERE j.name = N'erp-backup-log')
    EXEC msdb.dbo.sp_delete_job @job_name = N'erp-backup-log', @delete_unused_schedule = 1;

EXEC msdb.dbo.sp_add_job
    @job_name = N'erp-backup-log',
    @owner_login_name = N'sa',
    @notify_level_eventlog = 2;

EXEC msdb.dbo.sp_add_jobstep
    @job_name = N'erp-backup-log',
    @step_name = N'run',
    @subsystem = N'CmdExec',
    @command = N'sqlcmd -S "$(Server)" -d "master" -E -b -i "$(Folder)/backup/log.sql" -v Database="$(Database)" BackupContainer="$(BackupContainer)"',
    @retry_attempts = 3,
    @retry_interval = 0;

EXEC msdb.dbo.sp_add_jobschedule
    @job_name = N'erp-backup-log',
    @name = N'erp-backup-log',
    @freq_type = 4,
    @freq_interval = 1,
    @freq_subday_type = 4,
    @freq_subday_interval = 5,
    @freq_recurrence_factor = 0,
    @active_start_time = 000000,
    @active_end_time = 235959;

EXEC msdb.dbo.sp_add_jobserver
    @job_name = N'erp-backup-log';
