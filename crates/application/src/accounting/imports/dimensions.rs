//! Dimensions of a file: found by code or name, or created.

use std::collections::HashMap;

use domain::accounting::dimension::{
    DIMENSIONS_PER_LINE_MAX, Dimension, DimensionCombination, DimensionValue,
};
use domain::error::Violation;
use domain::ids::{DimensionId, DimensionSetId, DimensionValueId};
use domain::text::{
    CODE_LENGTH_MAX, Code, LocalizedName, ascii_digit, code_key, is_code_character, is_invisible, search_form,
};

use super::cells::quoted;
use super::entry_file::{EntryFile, FileDimension};
use super::error::{
    IMPORT_COLUMN_TWICE, IMPORT_COLUMN_UNKNOWN, IMPORT_DIMENSION_INACTIVE, IMPORT_DIMENSION_UNKNOWN,
    IMPORT_TOO_MANY_DIMENSIONS,
};
use super::nearest::nearest;
use super::row_errors::RowErrors;
use super::row_reader::is_arabic;
use super::{ImportKind, columns};
use crate::accounting::dimensions::{DIMENSION, DIMENSION_VALUE, DimensionView};
use crate::accounting::error::DIMENSION_VALUE_UNKNOWN;
use crate::accounting::views::dimension::DimensionValueView;
use crate::changes::record;
use crate::error::AppResult;
use crate::master_data::Records;
use crate::ports::stored::Stored;
use crate::unit_of_work::UnitOfWork;

/// The code of a new value whose name has no letter of a code, and the beginning of the next one's.
const VALUE_CODE_DEFAULT: &str = "VALUE";

/// Each combination of the file as stored, and what had to be created for it.
#[derive(Debug, Default)]
pub struct Resolved {
    /// The combinations by their index; `None` when a value of one is unknown.
    pub combinations: Vec<Option<(DimensionCombination, DimensionSetId)>>,
    pub created_dimensions: Vec<String>,
    pub created_values: u64,
}

/// Finds every value of the file, or creates it where `create` allows it; problems are noted at the rows they are in.
/// A column that names no dimension is refused, unless `create` is set and its name is no slip of a known one.
pub async fn resolve(
    uow: &mut dyn UnitOfWork,
    file: &EntryFile,
    create: bool,
    errors: &mut RowErrors,
) -> AppResult<Resolved> {
    let mut resolved = Resolved::default();
    if file.dimensions.is_empty() {
        resolved.combinations = vec![Some((DimensionCombination::EMPTY, DimensionSetId::EMPTY))];
        return Ok(resolved);
    }
    let mut known = Known::load(uow).await?;
    let mut problems: HashMap<(u32, u32), Violation> = HashMap::new();
    let mut pairs: Vec<Vec<Option<(DimensionId, DimensionValueId)>>> = Vec::new();
    if file.dimensions.len() > DIMENSIONS_PER_LINE_MAX {
        let place = file.dimensions[DIMENSIONS_PER_LINE_MAX].place;
        let violation = Violation::new(&IMPORT_TOO_MANY_DIMENSIONS).with("max", DIMENSIONS_PER_LINE_MAX);
        errors.push(place, &quoted(&file.dimensions[DIMENSIONS_PER_LINE_MAX].heading), violation);
    }
    let mut named: Vec<DimensionId> = Vec::new();
    for (index, column) in file.dimensions.iter().enumerate() {
        let dimension = known.dimension(uow, column, create, &mut resolved).await?;
        // `Cost centre` and `cost-centre` are one.
        let twice = || Violation::new(&IMPORT_COLUMN_TWICE).with("name", quoted(&column.heading));
        let dimension = dimension.and_then(|id| if named.contains(&id) { Err(twice()) } else { Ok(id) });
        let dimension = match dimension {
            Ok(dimension) => dimension,
            Err(violation) => {
                errors.push(column.place, &quoted(&column.heading), violation);
                pairs.push(vec![None; column.values.texts().len()]);
                continue;
            }
        };
        named.push(dimension);
        let found = known.column(uow, dimension, column, create, &mut resolved).await?;
        let found = found.into_iter().zip(0..).map(|(value, text)| {
            value.map_err(|violation| problems.insert((index as u32, text), violation)).ok()
        });
        pairs.push(found.collect());
    }
    for combination in &file.combinations {
        let found: Option<Vec<_>> = combination
            .iter()
            .map(|(dimension, value)| pairs[*dimension as usize][*value as usize])
            .collect();
        resolved.combinations.push(match found.map(DimensionCombination::new) {
            Some(Ok(combination)) => {
                let set = uow.ledger().dimension_set(&combination).await?;
                Some((combination, set))
            }
            // More of them than a line takes was noted above.
            Some(Err(_)) | None => None,
        });
    }
    note(file, &resolved, &problems, errors);
    Ok(resolved)
}

fn note(
    file: &EntryFile,
    resolved: &Resolved,
    problems: &HashMap<(u32, u32), Violation>,
    errors: &mut RowErrors,
) {
    let bad = file.lines.iter().filter(|line| resolved.combinations[line.combination as usize].is_none());
    for line in bad {
        for pair in &file.combinations[line.combination as usize] {
            if let Some(violation) = problems.get(pair) {
                errors.push(line.place, &file.dimensions[pair.0 as usize].heading, violation.clone());
            }
        }
    }
}

/// The tenant's dimensions and values.
struct Known {
    dimensions: Vec<Dimension>,
    values: HashMap<DimensionId, Vec<DimensionValue>>,
}

impl Known {
    async fn load(uow: &mut dyn UnitOfWork) -> AppResult<Self> {
        let dimensions = uow.imports().all_dimensions().await?;
        let mut values: HashMap<DimensionId, Vec<DimensionValue>> = HashMap::new();
        for value in uow.imports().all_dimension_values().await? {
            values.entry(value.dimension_id).or_default().push(value);
        }
        Ok(Self { dimensions, values })
    }

    /// The dimension that a column names by its code, or a new one.
    async fn dimension(
        &mut self,
        uow: &mut dyn UnitOfWork,
        column: &FileDimension,
        create: bool,
        resolved: &mut Resolved,
    ) -> AppResult<Result<DimensionId, Violation>> {
        let (heading, shown) = (column.heading.as_str(), quoted(&column.heading));
        let code = code_key(&code_of(heading));
        if let Some(known) = self.dimensions.iter().find(|known| code_key(known.code.as_str()) == code) {
            let inactive = || Violation::new(&IMPORT_DIMENSION_INACTIVE).with("name", &known.code);
            return Ok(known.active.then_some(known.id).ok_or_else(inactive));
        }
        let columns = columns::of(ImportKind::JournalEntries);
        let named = self.dimensions.iter().flat_map(|known| {
            let words = [Some(known.code.as_str()), known.name.ar(), known.name.en()];
            words.into_iter().flatten().map(|word| (word, known.code.as_str()))
        });
        let nearest = nearest(heading, columns, named);
        let def = match (nearest.slip, create) {
            (true, _) => &IMPORT_COLUMN_UNKNOWN,
            (false, false) => &IMPORT_DIMENSION_UNKNOWN,
            (false, true) => {
                let created = self.create_dimension(uow, heading).await?;
                return Ok(created.map(|dimension| {
                    resolved.created_dimensions.push(dimension.code.as_str().to_owned());
                    let id = dimension.id;
                    self.dimensions.push(dimension);
                    id
                }));
            }
        };
        let violation = Violation::new(def).with("name", shown).with("nearest", nearest.name);
        Ok(Err(violation.with("allowed", columns.names())))
    }

    /// The value of each text of a column.
    async fn column(
        &mut self,
        uow: &mut dyn UnitOfWork,
        dimension: DimensionId,
        column: &FileDimension,
        create: bool,
        resolved: &mut Resolved,
    ) -> AppResult<Vec<Result<(DimensionId, DimensionValueId), Violation>>> {
        let texts = column.values.texts();
        let unknown = |value: &str| {
            let violation =
                Violation::new(&DIMENSION_VALUE_UNKNOWN).with("dimension", quoted(&column.heading));
            Err(violation.with("value", quoted(value)))
        };
        let mut values = Values::of(self.values.remove(&dimension).unwrap_or_default());
        // In the order of the texts, so that the codes of new values do not depend on the order of the rows.
        let mut order: Vec<usize> = (0..texts.len()).collect();
        order.sort_by_key(|index| &texts[*index]);
        let mut found: Vec<_> = texts.iter().map(|text| unknown(text)).collect();
        for index in order {
            let text = &texts[index];
            found[index] = match values.find(text) {
                Some(value) if value.active => Ok((dimension, value.id)),
                None if create => values.create(uow, dimension, text).map(|id| (dimension, id)),
                _ => unknown(text),
            };
        }
        uow.imports().add_dimension_values(&values.created).await?;
        resolved.created_values += values.created.len() as u64;
        for value in std::mem::take(&mut values.created) {
            let view = DimensionValueView::from(&Stored { value, updated_at: uow.now() });
            record(uow, DIMENSION_VALUE, view.id, "created", None, Some(&view));
        }
        Ok(found)
    }

    async fn create_dimension(
        &self,
        uow: &mut dyn UnitOfWork,
        header: &str,
    ) -> AppResult<Result<Dimension, Violation>> {
        let named = Code::parse(&code_of(header)).and_then(|code| Ok((code, name_of(header)?)));
        let (code, name) = match named {
            Ok(named) => named,
            Err(violation) => return Ok(Err(violation)),
        };
        let id = DimensionId::new(uow.new_id());
        let dimension = Dimension { id, code, name, active: true, version: 1 };
        Records::<Dimension>::insert(uow, &dimension).await?;
        let stored = Stored { value: dimension, updated_at: uow.now() };
        let view = DimensionView::from(&stored);
        record(uow, DIMENSION, view.id, "created", None, Some(&view));
        Ok(Ok(stored.value))
    }
}

/// The values of one dimension, by code and by name.
struct Values {
    by_code: HashMap<String, (DimensionValueId, bool)>,
    by_name: HashMap<String, (DimensionValueId, bool)>,
    created: Vec<DimensionValue>,
}

struct Found {
    id: DimensionValueId,
    active: bool,
}

impl Values {
    fn of(stored: Vec<DimensionValue>) -> Self {
        let mut values = Self { by_code: HashMap::new(), by_name: HashMap::new(), created: Vec::new() };
        for value in &stored {
            values.add(value);
        }
        values
    }

    fn add(&mut self, value: &DimensionValue) {
        let known = (value.id, value.active);
        self.by_code.entry(code_key(value.code.as_str())).or_insert(known);
        for name in [value.name.ar(), value.name.en()].into_iter().flatten() {
            self.by_name.entry(search_form(name)).or_insert(known);
        }
    }

    /// A cell says the code or, since codes have no spaces, the name.
    fn find(&self, text: &str) -> Option<Found> {
        let known = self.by_code.get(&code_key(text)).or_else(|| self.by_name.get(&search_form(text)));
        known.map(|(id, active)| Found { id: *id, active: *active })
    }

    fn create(
        &mut self,
        uow: &mut dyn UnitOfWork,
        dimension_id: DimensionId,
        text: &str,
    ) -> Result<DimensionValueId, Violation> {
        let name = name_of(text)?;
        let wanted = code_of(text);
        // A name in letters that no code has.
        let wanted = if wanted.is_empty() { VALUE_CODE_DEFAULT } else { wanted.as_str() };
        let code = self.free_code(wanted)?;
        let id = DimensionValueId::new(uow.new_id());
        let value = DimensionValue {
            id,
            dimension_id,
            code,
            name,
            parent_id: None,
            postable: true,
            active: true,
            version: 1,
        };
        self.add(&value);
        self.created.push(value);
        Ok(id)
    }

    /// The code, or the first of `CODE-2`, `CODE-3` … that no other value has.
    fn free_code(&self, wanted: &str) -> Result<Code, Violation> {
        let mut candidate = wanted.to_owned();
        let mut number = 1_u32;
        while self.by_code.contains_key(&code_key(&candidate)) {
            number += 1;
            let suffix = format!("-{number}");
            candidate = wanted.chars().take(CODE_LENGTH_MAX - suffix.len()).collect();
            candidate.push_str(&suffix);
        }
        Code::parse(&candidate)
    }
}

/// A text as a code: what a code may not contain becomes a hyphen.
fn code_of(text: &str) -> String {
    let mut code = String::new();
    for c in text.trim().chars().map(ascii_digit).filter(|c| !is_invisible(*c) && !is_mark(*c)) {
        if is_code_character(c) && c != '-' {
            code.push(c);
        } else if !code.is_empty() && !code.ends_with('-') {
            code.push('-');
        }
    }
    let code: String = code.chars().take(CODE_LENGTH_MAX).collect();
    code.trim_end_matches('-').to_owned()
}

/// Whether the character is a mark above or below a letter.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}' | '\u{064B}'..='\u{065F}' | '\u{0670}')
}

fn name_of(text: &str) -> Result<LocalizedName, Violation> {
    let arabic = is_arabic(text);
    let name = LocalizedName::parse(arabic.then_some(text), (!arabic).then_some(text));
    name.map_err(|violation| violation.at(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_a_code() {
        for (text, code) in [
            ("Northeast Division", "Northeast-Division"),
            (" R&D / Labs ", "R-D-/-Labs"),
            ("فرع الرياض", "فرع-الرياض"),
            ("P-1.2_a", "P-1.2_a"),
            ("الفَرْع ١", "الفرع-1"),
            ("北京", ""),
            ("!!", ""),
        ] {
            assert_eq!(code_of(text), code);
        }
        assert!(code_of(&"x".repeat(80)).len() == CODE_LENGTH_MAX);
    }
}
