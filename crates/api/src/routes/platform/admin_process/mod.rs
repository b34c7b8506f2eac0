//! `/admin/…`: what the platform's administrators see of the running processes and do with them.

mod configuration;
mod feature_flags;
mod integrity_run;
mod log_level;
mod overview;

use application::authorize::Access;
use application::platform::change_log_levels::{ChangeLogLevels, ResetLogLevels};
use application::platform::jobs::JobView;
use application::platform::log_levels::SharedLevelsView;
use application::platform::outbox::{OutboxReplayView, RecordOutboxReplay};

pub use self::configuration::ConfigurationView;
pub use self::feature_flags::FlagDefinitionView;

use self::feature_flags::FlagDefinitionsView;
use self::integrity_run::IntegrityRunBody;
use self::overview::{ReplayOutboxBody, SlowStatementsView};
use crate::extract::Media;
use crate::operating::OverviewView;
use crate::operating::log_level::{LogLevelBody, LogLevelView};
use crate::operation::Operations;

const TAG: &str = "operation";

pub fn operations(ops: &mut Operations) {
    ops.tag(
        TAG,
        "The running processes, for platform administrators. Unless stated otherwise, an answer describes \
         the process that answers, which `process` names.",
    );
    seen(ops);
    done(ops);
}

fn seen(ops: &mut Operations) {
    ops.get("/admin/overview", overview::overview)
        .id("get_overview")
        .tag(TAG)
        .summary("Read the state of the process")
        .description(
            "Health, the performance targets over the last minute, the last hour, load, cache and slow \
             statements. As `text/html` it is the content of the page `/ops`, which also has the \
             configuration and the feature flags.",
        )
        .access(Access::PlatformAdmin)
        .ok::<OverviewView>()
        .also(Media::Html.as_str());
    ops.get("/admin/slow-statements", overview::slow_statements)
        .id("list_slow_statements")
        .tag(TAG)
        .summary("List the statements that were slow")
        .description(
            "Database statements that took 50 ms or longer since the start of the process, by name. \
             `erp-api diag slow-queries` asks SQL Server for the statements it has recorded.",
        )
        .access(Access::PlatformAdmin)
        .ok::<SlowStatementsView>();
    ops.get("/admin/configuration", configuration::read)
        .id("get_configuration")
        .tag(TAG)
        .summary("Read the configuration in effect")
        .description(
            "Lists every key with its value and source. Secrets, and the values of unknown keys, are shown \
             as `***`.",
        )
        .access(Access::PlatformAdmin)
        .ok::<ConfigurationView>();
    ops.get("/admin/feature-flags", feature_flags::definitions)
        .id("list_feature_flag_definitions")
        .tag(TAG)
        .summary("List the feature flags as they are defined")
        .description("Lists the conditions of each flag. `/feature-flags` has the results for the caller.")
        .access(Access::PlatformAdmin)
        .ok::<FlagDefinitionsView>();
    ops.get("/admin/log-level", log_level::read)
        .id("get_log_level")
        .tag(TAG)
        .summary("Read the log levels")
        .access(Access::PlatformAdmin)
        .ok::<LogLevelView>();
}

fn done(ops: &mut Operations) {
    ops.put("/admin/log-level", log_level::change)
        .id("change_log_level")
        .tag(TAG)
        .summary("Change the log levels of all processes for a while")
        .description(
            "In the process that answers, the levels take effect at once; in the others within five \
             seconds. They end by themselves. To change only one process, use the admin listener of that \
             process.",
        )
        .command::<ChangeLogLevels>()
        .body::<LogLevelBody>()
        .ok::<SharedLevelsView>();
    ops.delete("/admin/log-level", log_level::reset)
        .id("reset_log_level")
        .tag(TAG)
        .summary("Go back to the configured log levels in all processes")
        .command::<ResetLogLevels>()
        .ok::<SharedLevelsView>();
    ops.post("/admin/outbox/replay", overview::replay_outbox)
        .id("replay_outbox")
        .tag(TAG)
        .summary("Notify all processes again of recent changes")
        .description(
            "For processes that may have missed changes, for instance after Redis lost its memory: their \
             caches drop whatever has changed, and their event streams read again. Repeating a notification \
             does no harm.",
        )
        .command::<RecordOutboxReplay>()
        .body::<ReplayOutboxBody>()
        .ok::<OutboxReplayView>();
    ops.post("/admin/integrity-runs", integrity_run::create)
        .id("create_integrity_run")
        .tag(TAG)
        .summary("Verify the books of all tenants")
        .description(
            "Runs every check and recomputes every hash chain, as a job of your tenant. Its `result` has \
             `ok`, the number of `tenants` and posted `entries` verified, the number of tenants that are \
             `broken`, and `findings`: for the first of those, `tenantId`, `code`, the `checks` that fail \
             and the `chains` that are broken.",
        )
        .access(Access::PlatformAdmin)
        .optional_body::<IntegrityRunBody>()
        .accepted::<JobView>();
}
