//! Parties: whoever the company does business with, once for each person in law (R40).

#[cfg(test)]
mod tests;

use super::address::{self, Address};
use super::contact::Contact;
use super::registration::Registrations;
use super::roles::{Customer, Supplier};
use crate::country::Country;
use crate::error::{Language, Violation, Violations};
use crate::ids::Id;
use crate::money::Currency;
use crate::text::{Code, LocalizedName, beginning, search_form};

pub type PartyId = Id<Party>;

/// Longest reason for having a party twice, in characters.
pub const DUPLICATE_REASON_LENGTH_MAX: usize = 200;
/// Longest name as it is compared, in characters.
pub const NAME_KEY_LENGTH_MAX: usize = 400;

crate::errors! {
    PARTY_DUPLICATE = "party_duplicate", Conflict, User,
        "Party {party} (id {id}) has the same {member}: {number}.",
        "للطرف {party} (المعرّف {id}) نفس قيمة {member}: {number}.";
    PARTY_CODE_FIXED = "party_code_fixed", Conflict, User,
        "Entries name the party {code}, so its code no longer changes.",
        "توجد قيود تذكر الطرف {code}، لذا لا يتغير رمزه بعد الآن.";
    PARTY_MERGED = "party_merged", Conflict, User,
        "Party {code} was merged into another party and no longer changes.",
        "دُمج الطرف {code} في طرف آخر ولم يعد يتغير.";
    PARTY_MERGE_SELF = "party_merge_self", Rule, User,
        "A party is merged into another one, and not into itself.", "يُدمج الطرف في طرف آخر، لا في نفسه.";
    PARTY_MERGE_INTO_ARCHIVED = "party_merge_into_archived", Rule, User,
        "Party {code} is archived, so nothing is merged into it.", "الطرف {code} مؤرشف، فلا يُدمج فيه شيء.";
    PARTY_MERGE_ANONYMOUS = "party_merge_anonymous", Rule, User,
        "Party {code} stands for customers without a name, so it is not merged.",
        "يمثل الطرف {code} عملاء بلا أسماء، فلا يُدمج.";
    PARTY_MERGE_TOO_LARGE = "party_merge_too_large", TooLarge, User,
        "Party {code} has more than {max} drafts, quotations and orders: delete or close some first.",
        "للطرف {code} أكثر من {max} من المسودات وعروض الأسعار والأوامر: احذف بعضها أو أغلقه أولًا.";
    PARTY_ANONYMOUS_MEMBER = "party_anonymous_member", Rule, User,
        "An anonymous party stands for customers who pay at once and has no {member}.",
        "الطرف المجهول يمثل عملاء يدفعون فورًا وليس له {member}.";
    PARTY_ANONYMOUS_CUSTOMER = "party_anonymous_customer", Rule, User,
        "An anonymous party is a customer.", "الطرف المجهول يكون عميلًا.";
}

crate::choices! {
    /// The legal kind of a party.
    pub enum PartyKind {
        Company = "company",
        Person = "person",
        Government = "government",
    }
}

crate::choices! {
    /// Whether business is done with a party.
    pub enum PartyStatus {
        Active = "active",
        /// Kept for its history only.
        Archived = "archived",
    }
}

/// A name as it is compared with others: without spaces, letter case, Arabic letter variants and marks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameKeys {
    pub ar: Option<String>,
    pub en: Option<String>,
}

impl NameKeys {
    pub fn of(name: &LocalizedName) -> Self {
        Self { ar: name.ar().map(name_key), en: name.en().map(name_key) }
    }
}

/// The form in which names of parties are compared.
pub fn name_key(name: &str) -> String {
    let folded: String = search_form(name).chars().filter(|c| !c.is_whitespace()).collect();
    beginning(&folded, NAME_KEY_LENGTH_MAX).to_owned()
}

/// A customer, a supplier, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    pub id: PartyId,
    pub code: Code,
    pub name: LocalizedName,
    pub name_keys: NameKeys,
    pub kind: PartyKind,
    pub country: Country,
    /// The language in which it is written to.
    pub language: Language,
    pub status: PartyStatus,
    /// Stands for customers without a name, who pay at once.
    pub anonymous: bool,
    pub customer: Option<Customer>,
    pub supplier: Option<Supplier>,
    pub registrations: Registrations,
    pub addresses: Vec<Address>,
    pub contacts: Vec<Contact>,
    /// The reason for which it may share a number with another party.
    pub allow_duplicate_reason: Option<String>,
    /// The party that it became.
    pub merged_into_id: Option<PartyId>,
    pub version: i64,
}

impl Party {
    /// Everything about the party that contradicts itself.
    pub fn check(&self, company: Currency) -> Violations {
        let mut violations = address::check(&self.addresses);
        let mut below = |at: &str, found: Violations| {
            violations.extend(found.into_vec().into_iter().map(|violation| {
                let pointer = format!("{at}{}", violation.pointer);
                violation.at(pointer)
            }));
        };
        if let Some(customer) = &self.customer {
            below("/customer", customer.check(company));
        }
        if let Some(supplier) = &self.supplier {
            below("/supplier", supplier.check());
        }
        if self.anonymous {
            self.check_anonymous(&mut violations);
        }
        violations
    }

    fn check_anonymous(&self, violations: &mut Violations) {
        let limit = self.customer.as_ref().is_some_and(|customer| customer.credit_limit.is_some());
        for (given, at, member) in [
            (limit, "/customer/creditLimit", "creditLimit"),
            (self.supplier.is_some(), "/supplier", "supplier"),
        ] {
            if given {
                violations.push(Violation::new(&PARTY_ANONYMOUS_MEMBER).at(at).with("member", member));
            }
        }
        if self.customer.is_none() {
            violations.push(Violation::new(&PARTY_ANONYMOUS_CUSTOMER).at("/customer"));
        }
    }

    pub fn is_active(&self) -> bool {
        self.status == PartyStatus::Active
    }

    /// Whether no other active party may have its numbers.
    pub fn claims_numbers(&self) -> bool {
        self.is_active() && self.allow_duplicate_reason.is_none()
    }
}
