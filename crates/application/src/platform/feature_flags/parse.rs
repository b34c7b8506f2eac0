//! One flag from JSON. Values may be text, as settings are; names of fields are compared without regard to case.

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, Weekday};
use domain::platform::feature_flags::{
    Allocation, Audience, FeatureFlag, Filter, GroupRollout, GroupRule, Pattern, Percentage, PercentileRule,
    Range, Recurrence, Requirement, StatusOverride, TimeWindow, UserRule, Variant, Weekly,
};
use serde_json::Value;

use super::FlagProblem;

type Fields<'a> = BTreeMap<String, &'a Value>;
type Parsed<T> = Result<T, String>;

/// The members of an object by lower-case name.
pub fn fields(value: &Value) -> Option<Fields<'_>> {
    Some(value.as_object()?.iter().map(|(name, item)| (name.to_lowercase(), item)).collect())
}

/// A flag of the schema: `{"id": …, "enabled": …, "conditions": …}`; `None` without an id.
pub fn flag(json: &Value, problems: &mut Vec<FlagProblem>) -> Option<FeatureFlag> {
    let object = fields(json)?;
    let id = text(&object, "id").filter(|id| !id.is_empty())?;
    let mut flag = FeatureFlag::simple(&id, false);
    let mut tell = |reason: String| problems.push(FlagProblem { flag: id.clone(), reason });
    match object.get("enabled").map_or(Ok(false), |value| boolean(value)) {
        Ok(enabled) => flag.enabled = enabled,
        Err(reason) => tell(format!("enabled {reason}")),
    }
    if let Some(conditions) = object.get("conditions").and_then(|value| fields(value)) {
        flag.requirement = requirement(text(&conditions, "requirement_type"), &mut tell);
        flag.filters = filters(conditions.get("client_filters").copied(), &mut tell);
    }
    flag.variants = variants(object.get("variants").copied(), &mut tell);
    if let Some(given) = object.get("allocation").and_then(|value| fields(value)) {
        match allocation(&given) {
            Ok(allocation) => flag.allocation = Some(allocation),
            Err(reason) => tell(format!("allocation: {reason}")),
        }
    }
    Some(flag)
}

/// A flag of a section: `true`, `false`, or `{"RequirementType": …, "EnabledFor": […]}`.
pub fn section_flag(id: &str, section: &Value, problems: &mut Vec<FlagProblem>) -> FeatureFlag {
    let mut flag = FeatureFlag::simple(id, false);
    let mut tell = |reason: String| problems.push(FlagProblem { flag: id.to_owned(), reason });
    match fields(section) {
        None => match boolean(section) {
            Ok(enabled) => flag.enabled = enabled,
            Err(reason) => tell(reason),
        },
        Some(object) => {
            flag.requirement = requirement(text(&object, "requirementtype"), &mut tell);
            let enabled_for = object.get("enabledfor").copied();
            flag.filters = filters(enabled_for, &mut tell);
            // Here, unlike in the schema, nothing to be enabled for means off; `true` in the place of filters means on.
            let outright = enabled_for.is_some_and(|value| boolean(value) == Ok(true));
            flag.enabled = outright || !flag.filters.is_empty();
        }
    }
    flag
}

fn requirement(given: Option<String>, tell: &mut dyn FnMut(String)) -> Requirement {
    match given.as_deref().map(str::to_lowercase).as_deref() {
        None | Some("" | "any") => Requirement::Any,
        Some("all") => Requirement::All,
        Some(_) => {
            tell("requirement_type is neither Any nor All; All holds".to_owned());
            Requirement::All
        }
    }
}

fn filters(given: Option<&Value>, tell: &mut dyn FnMut(String)) -> Vec<Filter> {
    let items = given.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    items
        .iter()
        .map(|item| {
            filter(item).unwrap_or_else(|reason| {
                tell(reason);
                Filter::Closed
            })
        })
        .collect()
}

fn filter(item: &Value) -> Parsed<Filter> {
    let object = fields(item).ok_or("a filter is not an object")?;
    let name = text(&object, "name").ok_or("a filter has no name")?;
    let parameters = object.get("parameters").and_then(|value| fields(value)).unwrap_or_default();
    let short = name.to_lowercase();
    let parsed = match short.strip_prefix("microsoft.").unwrap_or(&short) {
        "alwayson" | "on" => Ok(Filter::AlwaysOn),
        "percentage" => number(&parameters, "value").map(|value| Filter::Percentage(value.unwrap_or(-1.0))),
        "targeting" => audience(&parameters).map(Filter::Targeting),
        "timewindow" => time_window(&parameters).map(Filter::TimeWindow),
        _ => Err("is not known".to_owned()),
    };
    parsed.map_err(|reason| format!("filter {name}: {reason}"))
}

fn audience(parameters: &Fields<'_>) -> Parsed<Audience> {
    let given = parameters.get("audience").and_then(|value| fields(value)).ok_or("has no Audience")?;
    let groups =
        given.get("groups").and_then(|value| value.as_array()).map(Vec::as_slice).unwrap_or_default();
    let rollout = |item: &Value| -> Parsed<GroupRollout> {
        let object = fields(item).ok_or("a group is not an object")?;
        let name = text(&object, "name").ok_or("a group has no Name")?;
        Ok(GroupRollout { name, percentage: percentage(&object, "rolloutpercentage")? })
    };
    let excluded = given.get("exclusion").and_then(|value| fields(value)).unwrap_or_default();
    Ok(Audience {
        users: texts(&given, "users"),
        groups: groups.iter().map(rollout).collect::<Parsed<_>>()?,
        default: percentage(&given, "defaultrolloutpercentage")?,
        excluded_users: texts(&excluded, "users"),
        excluded_groups: texts(&excluded, "groups"),
    })
}

fn time_window(parameters: &Fields<'_>) -> Parsed<TimeWindow> {
    let recurrence = match parameters.get("recurrence").and_then(|value| fields(value)) {
        None => None,
        Some(given) => Some(recurrence(&given)?),
    };
    TimeWindow::new(moment(parameters, "start")?, moment(parameters, "end")?, recurrence)
        .map_err(|error| error.to_string())
}

fn recurrence(given: &Fields<'_>) -> Parsed<Recurrence> {
    let part = |name: &str| given.get(name).and_then(|value| fields(value));
    let pattern = part("pattern").unwrap_or_default();
    let interval = whole(&pattern, "interval")?.unwrap_or(1);
    let kind = |object: &Fields<'_>| text(object, "type").map(|kind| kind.to_lowercase());
    let pattern = match kind(&pattern).as_deref() {
        None | Some("daily") => Pattern::Daily(interval),
        Some("weekly") => {
            let days: Parsed<Vec<Weekday>> =
                texts(&pattern, "daysofweek").iter().map(|day| weekday(day)).collect();
            let first_day = text(&pattern, "firstdayofweek").map_or(Ok(Weekday::Sun), |day| weekday(&day))?;
            Pattern::Weekly(Weekly { interval, days: days?, first_day })
        }
        _ => return Err("the Pattern's Type is neither Daily nor Weekly".to_owned()),
    };
    let range = part("range").unwrap_or_default();
    let range = match kind(&range).as_deref() {
        None | Some("noend") => Range::NoEnd,
        // Left out, both are the largest values .NET knows: the range does not end.
        Some("enddate") => moment(&range, "enddate")?.map_or(Range::NoEnd, Range::EndDate),
        Some("numbered") => whole(&range, "numberofoccurrences")?.map_or(Range::NoEnd, Range::Numbered),
        _ => return Err("the Range's Type is none of NoEnd, EndDate and Numbered".to_owned()),
    };
    Ok(Recurrence { pattern, range })
}

fn variants(given: Option<&Value>, tell: &mut dyn FnMut(String)) -> Vec<Variant> {
    let mut found = Vec::new();
    for item in given.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default() {
        let object = fields(item).unwrap_or_default();
        let Some(name) = text(&object, "name") else {
            tell("a variant has no name".to_owned());
            continue;
        };
        let status_override =
            match text(&object, "status_override").map(|text| text.to_lowercase()).as_deref() {
                None | Some("" | "none") => StatusOverride::None,
                Some("enabled") => StatusOverride::Enabled,
                Some("disabled") => StatusOverride::Disabled,
                Some(_) => {
                    tell(format!("variant {name}: status_override is none of None, Enabled and Disabled"));
                    StatusOverride::None
                }
            };
        let configuration = object.get("configuration_value").filter(|value| !value.is_null());
        let configuration = configuration.map(ToString::to_string);
        found.push(Variant { name, configuration, status_override });
    }
    found
}

fn allocation(given: &Fields<'_>) -> Parsed<Allocation> {
    let rules = |name: &str| {
        let items = given.get(name).and_then(|value| value.as_array()).map(Vec::as_slice).unwrap_or_default();
        items.iter().map(|item| fields(item).unwrap_or_default())
    };
    let variant = |rule: &Fields<'_>| text(rule, "variant").ok_or("a rule has no variant");
    let users = rules("user")
        .map(|rule| Ok(UserRule { variant: variant(&rule)?, users: texts(&rule, "users") }))
        .collect::<Parsed<_>>()?;
    let groups = rules("group")
        .map(|rule| Ok(GroupRule { variant: variant(&rule)?, groups: texts(&rule, "groups") }))
        .collect::<Parsed<_>>()?;
    let percentiles = rules("percentile")
        .map(|rule| {
            let (from, to) = (percentage(&rule, "from")?, percentage(&rule, "to")?);
            if from > to {
                return Err("a percentile begins after its end".to_owned());
            }
            Ok(PercentileRule { variant: variant(&rule)?, from, to })
        })
        .collect::<Parsed<_>>()?;
    Ok(Allocation {
        default_when_enabled: text(given, "default_when_enabled"),
        default_when_disabled: text(given, "default_when_disabled"),
        users,
        groups,
        percentiles,
        seed: text(given, "seed").filter(|seed| !seed.is_empty()),
    })
}

fn text(object: &Fields<'_>, name: &str) -> Option<String> {
    match object.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn texts(object: &Fields<'_>, name: &str) -> Vec<String> {
    let items = object.get(name).and_then(|value| value.as_array()).map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn boolean(value: &Value) -> Parsed<bool> {
    match value {
        Value::Bool(value) => Ok(*value),
        Value::String(text) if text.trim().eq_ignore_ascii_case("true") => Ok(true),
        Value::String(text) if text.trim().eq_ignore_ascii_case("false") => Ok(false),
        _ => Err("is neither true nor false".to_owned()),
    }
}

fn number(object: &Fields<'_>, name: &str) -> Parsed<Option<f64>> {
    let parsed = match object.get(name) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Number(number)) => number.as_f64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        Some(_) => None,
    };
    parsed.filter(|number| number.is_finite()).map(Some).ok_or_else(|| format!("{name} is not a number"))
}

/// 0 if not given.
fn percentage(object: &Fields<'_>, name: &str) -> Parsed<Percentage> {
    let value = number(object, name)?.unwrap_or(0.0);
    Percentage::new(value).ok_or_else(|| format!("{name} is not between 0 and 100"))
}

fn whole(object: &Fields<'_>, name: &str) -> Parsed<Option<u32>> {
    match text(object, name) {
        None => Ok(None),
        Some(text) => text.trim().parse().map(Some).map_err(|_| format!("{name} is not a whole number")),
    }
}

/// Dates with times that .NET reads without a culture, beside RFC 1123 and RFC 3339: with an offset, then without.
const WITH_OFFSET: [&str; 12] = [
    "%Y-%m-%dT%H:%M:%S%.f%z",
    "%Y-%m-%dT%H:%M%z",
    "%Y-%m-%d %H:%M:%S%.f%z",
    "%Y-%m-%d %H:%M:%S%.f %z",
    "%Y-%m-%d %H:%M%z",
    "%Y-%m-%d %H:%M %z",
    "%m/%d/%Y %H:%M:%S%.f%z",
    "%m/%d/%Y %H:%M:%S%.f %z",
    "%m/%d/%Y %H:%M %z",
    "%m/%d/%Y %I:%M:%S %p %z",
    "%Y/%m/%d %H:%M:%S%.f %z",
    "%d %b %Y %H:%M:%S%.f %z",
];
const WITHOUT_OFFSET: [&str; 12] = [
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
    "%m/%d/%Y %H:%M:%S%.f",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M %p",
    "%Y/%m/%d %H:%M:%S%.f",
    "%Y/%m/%d %H:%M",
    "%d %b %Y %H:%M:%S%.f",
    "%a, %d %b %Y %H:%M:%S%.f",
];
const DATE_ONLY: [&str; 4] = ["%Y-%m-%d", "%m/%d/%Y", "%Y/%m/%d", "%d %b %Y"];

/// RFC 1123 as the portal writes it, RFC 3339, or one of the forms above; without an offset it is UTC. A slashed date has
/// the month first, as in .NET's invariant culture.
fn moment(object: &Fields<'_>, name: &str) -> Parsed<Option<DateTime<FixedOffset>>> {
    let Some(text) = text(object, name).filter(|text| !text.trim().is_empty()) else { return Ok(None) };
    let text = text.trim();
    let utc_text = text.strip_suffix(['Z', 'z']).map(str::trim_end);
    let with_offset = || WITH_OFFSET.iter().find_map(|format| DateTime::parse_from_str(text, format).ok());
    let utc = || {
        let text = utc_text.unwrap_or(text);
        let local = WITHOUT_OFFSET.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
        let midnight = || DATE_ONLY.iter().find_map(|format| NaiveDate::parse_from_str(text, format).ok());
        let local = local.or_else(|| midnight()?.and_hms_opt(0, 0, 0));
        local.map(|moment| moment.and_utc().fixed_offset())
    };
    let parsed = DateTime::parse_from_rfc2822(text).or_else(|_| DateTime::parse_from_rfc3339(text)).ok();
    let parsed = parsed.or_else(with_offset).or_else(utc);
    parsed.map(Some).ok_or_else(|| format!("{name} is not a date and time"))
}

fn weekday(text: &str) -> Parsed<Weekday> {
    text.parse().map_err(|_| format!("'{text}' is not a day of the week"))
}
