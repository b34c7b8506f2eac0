use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::{self, ApiResult};
use crate::config::{ShownSetting, Source};
use crate::operating::Operating;

/// A remote source of settings.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SettingsSourceView {
    /// The source: `key-vault` or `app-configuration`.
    pub source: &'static str,
    /// The seconds since the source last answered.
    pub age_seconds: f64,
}

/// Failed attempts to reload settings from one source.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReloadFailuresView {
    /// The source; `settings` for values that were refused.
    pub of: String,
    pub count: u64,
}

/// The settings in effect in the process that answers.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConfigurationView {
    pub sources: Vec<SettingsSourceView>,
    /// How often changed settings were put into force since the start.
    pub reloads: u64,
    pub reload_failures: Vec<ReloadFailuresView>,
    /// Keys that have changed but take effect only after a restart.
    pub restart_needed_for: Vec<&'static str>,
    pub settings: Vec<ShownSetting>,
}

pub async fn read(State(operating): State<Operating>) -> ApiResult {
    answer::json(&configuration(&operating))
}

pub fn configuration(operating: &Operating) -> ConfigurationView {
    let Some(live) = &operating.live else {
        return ConfigurationView {
            sources: Vec::new(),
            reloads: 0,
            reload_failures: Vec::new(),
            restart_needed_for: Vec::new(),
            settings: Vec::new(),
        };
    };
    let sources = [(Source::KeyVault, "key-vault"), (Source::AppConfiguration, "app-configuration")];
    let age = |(of, source)| Some(SettingsSourceView { source, age_seconds: live.age(of)?.as_secs_f64() });
    let (settings, waiting) = live.settings();
    let failures = live.failures().into_iter();
    ConfigurationView {
        sources: sources.into_iter().filter_map(age).collect(),
        reloads: live.reloads(),
        reload_failures: failures.map(|(of, count)| ReloadFailuresView { of, count }).collect(),
        restart_needed_for: waiting.into_iter().collect(),
        settings,
    }
}
