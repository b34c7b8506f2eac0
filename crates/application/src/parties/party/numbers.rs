//! Numbers that two active parties would share (R46).

use std::collections::{BTreeSet, HashMap};

use domain::error::Violation;
use domain::parties::party::{PARTY_DUPLICATE, Party};
use domain::parties::registration::RegistrationScheme;

use super::ALLOW_DUPLICATE;
use crate::error::{AppResult, PERMISSION_DENIED};
use crate::master_data::Check;
use crate::parties::ports::NumberHolder;
use crate::unit_of_work::UnitOfWork;

/// The active parties that have the numbers of others.
pub struct Sharing(HashMap<(RegistrationScheme, String), Vec<NumberHolder>>);

impl Sharing {
    /// The owners of the numbers of these parties: one statement for each scheme, however many parties there are.
    pub async fn read(parties: &[&Party], uow: &mut dyn UnitOfWork) -> AppResult<Self> {
        let mut numbers: HashMap<RegistrationScheme, BTreeSet<String>> = HashMap::new();
        for (scheme, number) in
            parties.iter().filter(|party| party.is_active()).flat_map(|party| party.registrations.unshared())
        {
            numbers.entry(scheme).or_default().insert(number.to_owned());
        }
        let mut found: HashMap<_, Vec<NumberHolder>> = HashMap::new();
        for (scheme, numbers) in &numbers {
            for holder in uow.parties().number_holders(*scheme, numbers).await? {
                found.entry((*scheme, holder.number.clone())).or_default().push(holder);
            }
        }
        Ok(Self(found))
    }

    /// One more party has its numbers from now on.
    pub fn add(&mut self, party: &Party) {
        for (scheme, number) in party.registrations.unshared() {
            let holder =
                NumberHolder { party: party.id, code: party.code.to_string(), number: number.to_owned() };
            self.0.entry((scheme, number.to_owned())).or_default().push(holder);
        }
    }

    /// A violation for every number that another party has.
    pub fn violations(&self, party: &Party) -> Vec<Violation> {
        let mut found = Vec::new();
        for (scheme, number) in party.registrations.unshared() {
            let holders = self.0.get(&(scheme, number.to_owned())).map_or(&[][..], Vec::as_slice);
            let Some(holder) = holders.iter().find(|holder| holder.party != party.id) else { continue };
            let place = party.registrations.iter().position(|registration| registration.scheme == scheme);
            let duplicate = Violation::new(&PARTY_DUPLICATE)
                .at(format!("/registrations/{}/number", place.unwrap_or_default()))
                .with("party", &holder.code)
                .with("id", holder.party)
                .with("member", scheme)
                .with("number", number);
            found.push(duplicate);
        }
        found
    }

    /// The reason to keep with the party: the one given, where a number is shared and the caller may allow that. Without one, or
    /// without the permission, what is shared is refused.
    pub fn reason(&self, party: &Party, given: Option<&str>, check: &mut Check<'_>) -> Option<String> {
        let found = if party.is_active() { self.violations(party) } else { Vec::new() };
        if given.is_some() && !check.ctx.permissions.allows(ALLOW_DUPLICATE) {
            let denied = Violation::new(&PERMISSION_DENIED).at("/allowDuplicateReason");
            check.refuse(denied.with("permission", ALLOW_DUPLICATE));
        }
        if given.is_none() {
            check.violations.extend(found);
            return None;
        }
        given.filter(|_| !found.is_empty()).map(str::to_owned)
    }
}
