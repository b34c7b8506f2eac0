use application::platform::feature_flags::FeatureFlags;
use axum::extract::State;
use domain::platform::feature_flags::{FeatureFlag, Filter, Requirement};
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::{self, ApiResult};

/// A condition of a flag.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FlagConditionView {
    /// The kind of condition: `alwaysOn`, `percentage`, `targeting` or `timeWindow`; `closed` is a condition that is
    /// not understood, which no user passes.
    pub kind: &'static str,
    /// The percentage of users who pass, from 0 to 100: for `percentage`, and as the default of `targeting`.
    pub percentage: Option<f64>,
    /// Users who pass, by name.
    pub users: Vec<String>,
    /// Groups whose members pass, all or a percentage of them.
    pub groups: Vec<String>,
}

/// A flag as it is configured.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FlagDefinitionView {
    pub id: String,
    /// Whether the flag is on at all; if false, it is off for everybody.
    pub enabled: bool,
    /// Whether `any` or `all` of the conditions must hold. Without conditions the flag is on for everybody.
    pub requirement: &'static str,
    pub conditions: Vec<FlagConditionView>,
    /// The names of the flag's variants.
    pub variants: Vec<String>,
}

/// Every feature flag as it is configured.
#[derive(Debug, Serialize, ToSchema)]
pub struct FlagDefinitionsView {
    pub items: Vec<FlagDefinitionView>,
}

pub async fn definitions(State(current): State<FeatureFlags>) -> ApiResult {
    answer::json(&FlagDefinitionsView { items: flags(&current) })
}

pub fn flags(current: &FeatureFlags) -> Vec<FlagDefinitionView> {
    current.current().iter().map(definition).collect()
}

fn definition(flag: &FeatureFlag) -> FlagDefinitionView {
    FlagDefinitionView {
        id: flag.id.clone(),
        enabled: flag.enabled,
        requirement: match flag.requirement {
            Requirement::Any => "any",
            Requirement::All => "all",
        },
        conditions: flag.filters.iter().map(condition).collect(),
        variants: flag.variants.iter().map(|variant| variant.name.clone()).collect(),
    }
}

fn condition(filter: &Filter) -> FlagConditionView {
    let nobody = |kind| FlagConditionView { kind, percentage: None, users: Vec::new(), groups: Vec::new() };
    match filter {
        Filter::AlwaysOn => nobody("alwaysOn"),
        Filter::Percentage(percentage) => {
            FlagConditionView { percentage: Some(*percentage), ..nobody("percentage") }
        }
        Filter::Targeting(audience) => FlagConditionView {
            percentage: Some(audience.default.value()),
            users: audience.users.clone(),
            groups: audience.groups.iter().map(|group| group.name.clone()).collect(),
            ..nobody("targeting")
        },
        Filter::TimeWindow(_) => nobody("timeWindow"),
        Filter::Closed => nobody("closed"),
    }
}
