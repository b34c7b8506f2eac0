//! Reads typed values by their definitions and collects everything that is wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::command_line::BREAK_GLASS_LAYER;
use super::environment::Environment;
use super::error::{Notice, Problem};
use super::layers::{Found, Layers};
use super::registry::{Alias, KeyDef, Kind};
use super::values::{self, shown};

/// A value as given, with the name of its layer; `Development` defaults come from the layer `default`.
#[derive(Clone, PartialEq, Eq)]
pub struct Given {
    pub value: String,
    pub layer: String,
    /// The place of the layer among all of them, from the lowest.
    pub height: usize,
}

/// Name of the source of built-in values.
pub const DEFAULT_LAYER: &str = "default";

pub struct Reader<'a> {
    layers: &'a Layers,
    environment: Environment,
    problems: Vec<Problem>,
    notices: Vec<Notice>,
    /// Which services stay embedded, in words.
    idle: Vec<String>,
    /// Keys read so far: their old names have been warned of.
    read: BTreeSet<&'static str>,
}

impl<'a> Reader<'a> {
    pub fn new(layers: &'a Layers, environment: Environment) -> Self {
        Self {
            layers,
            environment,
            problems: Vec::new(),
            notices: Vec::new(),
            idle: Vec::new(),
            read: BTreeSet::new(),
        }
    }

    pub fn environment(&self) -> Environment {
        self.environment
    }
    pub fn layers(&self) -> &'a Layers {
        self.layers
    }
    /// The keys somebody has read.
    #[cfg(test)]
    pub fn keys_read(&self) -> &BTreeSet<&'static str> {
        &self.read
    }
    /// The problems, and the notices to be logged.
    pub fn finish(mut self) -> (Vec<Problem>, Vec<Notice>) {
        if !self.idle.is_empty() {
            self.notices.push(Notice::information(format!("Embedded: {}.", self.idle.join("; "))));
        }
        (self.problems, self.notices)
    }
    /// A service that stays embedded; all of them are one notice.
    pub fn idle(&mut self, what: String) {
        self.idle.push(what);
    }
    pub fn notice(&mut self, notice: Notice) {
        self.notices.push(notice);
    }
    pub fn report(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    /// Reports the value given for `def`, which must be set.
    pub fn reject(&mut self, def: &'static KeyDef, reason: impl Into<String>) {
        let mut problem = Problem::new(def.key, reason);
        if let Some(given) = resolve(self.layers, def) {
            problem = problem.given(shown(&given.value, def.secret), given.layer);
        }
        self.problems.push(problem);
    }

    /// Warns of a key that locates a source and is set by one it cannot be read from.
    pub fn must_be_low(&mut self, def: &'static KeyDef) {
        if let Some(given) = resolve(self.layers, def).filter(|given| self.layers.is_upper(&given.layer)) {
            self.notice(Notice::warning(format!(
                "{} from {} is not used: it is read from the sources up to the command line.",
                def.key, given.layer
            )));
        }
    }

    /// The value somebody set; blank is not set. Old names draw their warning here, once.
    pub fn optional(&mut self, def: &'static KeyDef) -> Option<String> {
        self.warn_of_aliases(def);
        let given = resolve(self.layers, def)?;
        (!def.is_placeholder(&given.value)).then_some(given.value)
    }

    /// The value set, or the default of the environment.
    pub fn text(&mut self, def: &'static KeyDef) -> Option<String> {
        let default = def.default_in(self.environment.is_development());
        self.optional(def).or_else(|| default.map(str::to_owned))
    }

    pub fn integer(&mut self, def: &'static KeyDef) -> u64 {
        let Kind::Integer { min, max, unit } = def.kind else { return 0 };
        let Some(text) = self.text(def) else { return min };
        match text.trim().parse::<u64>() {
            Ok(value) if (min..=max).contains(&value) => value,
            _ => {
                self.reject(def, format!("expected a whole number of {unit} from {min} to {max}"));
                min
            }
        }
    }

    /// An integer as `usize`, for counts and sizes.
    pub fn count(&mut self, def: &'static KeyDef) -> usize {
        usize::try_from(self.integer(def)).unwrap_or(usize::MAX)
    }

    /// A count or size that is derived from something else where nobody sets it.
    pub fn optional_count(&mut self, def: &'static KeyDef) -> Option<usize> {
        self.optional(def).is_some().then(|| self.count(def))
    }

    pub fn seconds(&mut self, def: &'static KeyDef) -> Duration {
        Duration::from_secs(self.integer(def))
    }

    pub fn duration(&mut self, def: &'static KeyDef) -> Duration {
        let Kind::Duration { min, max } = def.kind else { return Duration::ZERO };
        let text = self.text(def).unwrap_or_default();
        match values::duration(&text) {
            Some(value) if (min..=max).contains(&value.as_secs()) => value,
            _ => {
                let reason = format!("expected hh:mm:ss or a number of seconds from {min} to {max}");
                self.reject(def, reason);
                Duration::from_secs(max)
            }
        }
    }

    pub fn switch(&mut self, def: &'static KeyDef) -> bool {
        self.choice(def) == "true"
    }

    /// One of the words of the definition, as spelt there.
    pub fn choice(&mut self, def: &'static KeyDef) -> &'static str {
        let Kind::Choice(words) = def.kind else { return "" };
        let text = self.text(def).unwrap_or_default();
        match choose(words, &text) {
            Some(word) => word,
            None => {
                self.reject(def, format!("expected one of {}", words.join(", ")));
                words.first().copied().unwrap_or_default()
            }
        }
    }

    /// The members of a group (`Auth:SigningKeys:*`) as (name or index, value), or its aliases in their order; of both,
    /// those that the highest source gives.
    pub fn group(&mut self, def: &'static KeyDef) -> Vec<(String, String)> {
        self.warn_of_aliases(def);
        match group(self.layers, def) {
            Group::Members(members) => {
                let usable = members.into_iter().filter(|(_, found)| !def.is_placeholder(found.value));
                usable.map(|(name, found)| (name, found.value.to_owned())).collect()
            }
            Group::Aliases(given) => {
                let usable = given.into_iter().filter(|(_, given)| !def.is_placeholder(&given.value));
                usable.map(|(key, given)| (key.to_owned(), given.value)).collect()
            }
        }
    }

    /// Everything below a section (`FeatureManagement:**`) by the rest of its key.
    pub fn section(&mut self, def: &'static KeyDef) -> BTreeMap<String, String> {
        self.read.insert(def.key);
        let below = self.layers.descendants(def.section().unwrap_or(def.key));
        below.into_iter().map(|(rest, found)| (rest, found.value.to_owned())).collect()
    }

    /// A section of flags, each of which may have a value of its own beside the keys below it. `true` always counts, as in
    /// .NET; anything else counts unless a higher source describes the flag by what is below.
    pub fn flags(&mut self, def: &'static KeyDef) -> BTreeMap<String, String> {
        self.read.insert(def.key);
        let below = self.layers.descendants(def.section().unwrap_or(def.key));
        let described: Vec<(String, usize)> = below
            .iter()
            .filter_map(|(rest, found)| Some((rest.split_once(':')?.0.to_lowercase(), found.height)))
            .collect();
        let overruled = |flag: &str, found: &Found<'_>| {
            let flag = flag.to_lowercase();
            let higher = described.iter().any(|(name, height)| *name == flag && *height > found.height);
            higher && !found.value.trim().eq_ignore_ascii_case("true")
        };
        let counts = below.into_iter().filter(|(rest, found)| rest.contains(':') || !overruled(rest, found));
        counts.map(|(rest, found)| (rest, found.value.to_owned())).collect()
    }

    /// The flags of a section that `--break-glass` sets. Other notations of the same flags no longer count.
    pub fn broken_glass(&self, def: &'static KeyDef) -> BTreeSet<String> {
        let below = self.layers.descendants(def.section().unwrap_or(def.key));
        let broken = below.into_iter().filter(|(_, found)| found.layer == BREAK_GLASS_LAYER);
        broken.map(|(rest, _)| rest.split(':').next().unwrap_or_default().to_lowercase()).collect()
    }

    /// Reports one member of a group.
    pub fn reject_member(&mut self, def: &'static KeyDef, name: &str, reason: impl Into<String>) {
        let is_alias = def.aliases.iter().any(|alias| alias.key == name);
        let key =
            if is_alias { name.to_owned() } else { format!("{}:{name}", def.group().unwrap_or(def.key)) };
        let given =
            self.layers.get(&key).map(|found| (shown(found.value, def.secret), found.layer.to_owned()));
        self.problems.push(Problem { key, given, reason: reason.into() });
    }

    fn warn_of_aliases(&mut self, def: &'static KeyDef) {
        if !self.read.insert(def.key) {
            return;
        }
        let winner = match def.group() {
            Some(_) => match group(self.layers, def) {
                Group::Members(members) => members.first().map(|(_, member)| Given {
                    value: String::new(),
                    layer: member.layer.to_owned(),
                    height: member.height,
                }),
                Group::Aliases(_) => None,
            },
            None => resolve(self.layers, def),
        };
        for alias in def.aliases {
            let Some(given) = from_alias(self.layers, alias) else { continue };
            if alias.deprecated {
                self.notice(Notice::warning(format!(
                    "{} (from {}) is an old name: set {} instead.",
                    alias.key, given.layer, def.key
                )));
            }
            let differs = |winner: &&Given| winner.value != given.value && !def.is_placeholder(&given.value);
            if let Some(winner) = winner.as_ref().filter(differs) {
                self.notice(Notice::warning(format!(
                    "{} from {} is not used: {} has another value from {}.",
                    alias.key, given.layer, def.key, winner.layer
                )));
            }
        }
    }
}

/// The word of `words` that `text` is, in any case.
pub fn choose(words: &[&'static str], text: &str) -> Option<&'static str> {
    words.iter().copied().find(|word| word.eq_ignore_ascii_case(text.trim()))
}

/// The value that is set for a key. Its own name counts before its old names wherever they stand; another accepted name counts when
/// a higher source gives it. Blank is not set, and a placeholder only stands where nothing better does.
pub fn resolve(layers: &Layers, def: &KeyDef) -> Option<Given> {
    let own = layers.get(def.key).map(|found| given(found, None));
    let aliases = def.aliases.iter().filter_map(|alias| {
        let given = from_alias(layers, alias)?;
        let beaten = own.as_ref().is_some_and(|own| alias.deprecated || given.height <= own.height);
        Some((beaten, given))
    });
    let (below, mut above): (Vec<_>, Vec<_>) = aliases.partition(|(beaten, _)| *beaten);
    if own.is_some() {
        // The sort is stable: among names of one source their order decides.
        above.sort_by_key(|(_, given)| std::cmp::Reverse(given.height));
    }
    let in_order = above.into_iter().map(|(_, given)| given).chain(own);
    let given: Vec<Given> = in_order.chain(below.into_iter().map(|(_, given)| given)).collect();
    given.iter().find(|given| !def.is_placeholder(&given.value)).or(given.first()).cloned()
}

/// The members of a group.
pub enum Group<'a> {
    Members(Vec<(String, Found<'a>)>),
    Aliases(Vec<(&'static str, Given)>),
}

/// The members of a group unless a higher source gives its aliases.
pub fn group<'a>(layers: &'a Layers, def: &KeyDef) -> Group<'a> {
    let members = layers.children(def.group().unwrap_or(def.key));
    let aliases: Vec<_> =
        def.aliases.iter().filter_map(|alias| Some((alias.key, from_alias(layers, alias)?))).collect();
    let members_height = members.iter().map(|(_, found)| found.height).max();
    let aliases_height = aliases.iter().map(|(_, given)| given.height).max();
    if members_height >= aliases_height && members_height.is_some() {
        Group::Members(members)
    } else {
        Group::Aliases(aliases)
    }
}

fn from_alias(layers: &Layers, alias: &Alias) -> Option<Given> {
    Some(given(layers.get(alias.key)?, alias.template))
}

fn given(found: Found<'_>, template: Option<&str>) -> Given {
    let value = template
        .map_or_else(|| found.value.to_owned(), |template| template.replace("{}", found.value.trim()));
    Given { value, layer: found.layer.to_owned(), height: found.height }
}
