//! The known name that a heading was probably meant to be.

use domain::accounting::import_profile::plain_heading;

use super::columns::Columns;

/// Characters of a heading that are compared.
const COMPARED_LENGTH_MAX: usize = 60;

/// The nearest known name, and whether it is so near that the heading is a slip of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nearest {
    pub name: String,
    pub slip: bool,
}

/// Looks among the columns and the codes and names of `dimensions`, each with the code to give for it.
pub fn nearest<'a>(
    heading: &str,
    columns: &Columns,
    dimensions: impl Iterator<Item = (&'a str, &'a str)>,
) -> Nearest {
    if let Some(name) = columns.meant(heading) {
        return Nearest { name: name.to_owned(), slip: true };
    }
    let wanted = stem(heading);
    let known = columns.words().map(|(word, name)| (stem(word), name.to_owned()));
    let known = known.chain(dimensions.map(|(word, code)| (stem(word), code.to_owned())));
    let ranked = known.map(|(word, name)| {
        let shorter = word.len().min(wanted.len());
        // The shorter a word is, the likelier another word looks like it by chance.
        let allowed = match shorter {
            0..=3 => 0,
            4..=5 => 1,
            _ => 2,
        };
        let distance = distance(&wanted, &word);
        // If two names are equally far, the longer one shares more with the heading.
        (distance > allowed, distance, std::cmp::Reverse(shorter), name)
    });
    let best = ranked.min();
    let (far, _, _, name) = best.unwrap_or((true, 0, std::cmp::Reverse(0), String::new()));
    Nearest { name, slip: !far }
}

/// A heading without separators, punctuation and the Arabic article.
fn stem(heading: &str) -> Vec<char> {
    let plain: Vec<char> =
        plain_heading(heading).chars().filter(|c| c.is_alphanumeric()).take(COMPARED_LENGTH_MAX).collect();
    match plain.as_slice() {
        ['ا', 'ل', rest @ ..] if rest.len() > 2 => rest.to_vec(),
        _ => plain,
    }
}

/// Insertions, deletions, substitutions and swaps of neighbours that make one text the other.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, y) in b.iter().enumerate() {
            let mut cost = (last[j] + usize::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::ImportKind;
    use super::super::columns;
    use super::*;

    fn found(heading: &str) -> Nearest {
        let dimensions =
            [("cost-centre", "cost-centre"), ("مركز التكلفة", "cost-centre"), ("branch", "branch")];
        nearest(heading, columns::of(ImportKind::JournalEntries), dimensions.into_iter())
    }

    #[test]
    fn a_slip_names_what_was_meant() {
        for (heading, name) in [
            ("discription", "description"),
            ("Descripton", "description"),
            ("dscription", "description"),
            ("desciprtion", "description"),
            ("acount", "account"),
            ("debet", "debit"),
            ("curency", "currency"),
            ("referance", "reference"),
            ("tax-cod", "tax_code"),
            ("cost center", "cost-centre"),
            ("cost_centre", "cost-centre"),
            ("Cost/Center", "cost-centre"),
            ("braanch", "branch"),
            ("notes", "line_description"),
            ("amount", "debit"),
            ("number", "entry"),
            ("بيان", "البيان"),
            ("مركز تكلفه", "cost-centre"),
        ] {
            let found = found(heading);
            assert_eq!((found.name.as_str(), found.slip), (name, true), "{heading}");
        }
    }

    #[test]
    fn another_word_is_no_slip() {
        for heading in [
            "project",
            "organization",
            "department_group",
            "region",
            "site",
            "team",
            "state",
            "entity",
            "hr",
            "rep",
            "المشروع",
        ] {
            assert!(!found(heading).slip, "{heading}: {:?}", found(heading));
        }
    }
}
