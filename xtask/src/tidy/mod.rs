//! Rules that neither the compiler nor clippy keeps.

mod decisions;
mod error_codes;
mod layers;
mod migrations;
mod modules;
mod placeholders;
mod rules;
mod sizes;
mod stray;

use crate::Outcome;
use crate::tree::Tree;

pub fn run(tree: &Tree) -> Result<Outcome, String> {
    let mut outcome = Outcome::default();
    layers::check(tree, &mut outcome);
    modules::check(tree, &mut outcome);
    sizes::check(tree, &mut outcome);
    error_codes::check(tree, &mut outcome);
    placeholders::check(tree, &mut outcome);
    migrations::check(tree, &mut outcome);
    rules::check(tree, &mut outcome);
    decisions::check(tree, &mut outcome);
    stray::check(tree, &mut outcome);
    Ok(outcome)
}
