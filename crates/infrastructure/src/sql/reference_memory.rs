//! The writer's memory of reference data: accounts, journals, periods, settings.
//!
//! Posting asks for the same few rows thousands of times a second. The embedded engine has one writer, so whatever
//! changes them passes through it: a write to a marked table ([`super::reference_tables`]) forgets what is remembered of
//! its tenant, and nothing of that tenant is remembered again until the work that wrote has ended, committed or not.

use std::collections::HashMap;

use uuid::Uuid;

use super::reference_tables::{Touch, tenant_of};
use super::value::{Row, Value};

/// Answers remembered at once; beyond it the tenant with the most of them is forgotten.
const ANSWERS_MAX: usize = 50_000;

#[derive(Default)]
struct Answers {
    of: HashMap<&'static str, HashMap<Vec<Value>, Vec<Row>>>,
    count: usize,
}

#[derive(Default)]
pub struct ReferenceMemory {
    tenants: HashMap<Uuid, Answers>,
    count: usize,
    /// Tenants whose reference data was written in the work that is running.
    changing: Vec<Uuid>,
    /// Tables that grow were written in the work that is running.
    growing: bool,
}

impl ReferenceMemory {
    pub fn get(&self, name: &'static str, params: &[Value]) -> Option<Vec<Row>> {
        let answers = self.tenants.get(&tenant_of(params.first())?)?;
        answers.of.get(name)?.get(params).cloned()
    }

    /// `grows` says that the answer comes from a table to which postings add rows.
    pub fn put(&mut self, name: &'static str, params: &[Value], rows: &[Row], grows: bool) {
        let Some(tenant) = tenant_of(params.first()) else { return };
        if self.changing.contains(&tenant) || (grows && (self.growing || rows.is_empty())) {
            return;
        }
        if self.count >= ANSWERS_MAX {
            let largest = self.tenants.iter().max_by_key(|(_, answers)| answers.count);
            if let Some(largest) = largest.map(|(tenant, _)| *tenant) {
                self.forget_tenant(largest);
            }
        }
        let answers = self.tenants.entry(tenant).or_default();
        if answers.of.entry(name).or_default().insert(params.to_vec(), rows.to_vec()).is_none() {
            answers.count += 1;
            self.count += 1;
        }
    }

    /// Called before each write with the mark of its table and its first parameter, the tenant.
    pub fn will_write(&mut self, touch: Touch, first: Option<&Value>) {
        match (touch, tenant_of(first)) {
            (Touch::Nothing, _) => {}
            (Touch::Grows, _) => self.growing = true,
            (Touch::Changes, Some(tenant)) => {
                self.forget_tenant(tenant);
                if !self.changing.contains(&tenant) {
                    self.changing.push(tenant);
                }
            }
            // The tenant is not known, so the memory of all tenants is dropped.
            (Touch::Changes, None) => {
                self.changing.extend(self.tenants.keys());
                self.forget();
            }
        }
    }

    /// The work has ended; from here on what is read is committed.
    pub fn work_ended(&mut self) {
        self.changing.clear();
        self.growing = false;
    }

    /// Also after a commit that failed: what its works read of one another never was.
    pub fn forget(&mut self) {
        self.tenants.clear();
        self.count = 0;
    }

    fn forget_tenant(&mut self, tenant: Uuid) {
        if let Some(answers) = self.tenants.remove(&tenant) {
            self.count -= answers.count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::value::Names;
    use super::*;

    const NAME: &str = "accounting.facts.accounts";

    fn of(tenant: u128) -> [Value; 2] {
        [Value::Id(Uuid::from_u128(tenant)), Value::Int(1)]
    }

    fn row() -> [Row; 1] {
        [Row::new(Names::new(["n"]), vec![Value::Int(7)])]
    }

    #[test]
    fn nothing_uncommitted_is_remembered() {
        let mut memory = ReferenceMemory::default();
        let (params, other) = (of(1), of(2));
        memory.put(NAME, &params, &row(), false);
        memory.put(NAME, &other, &row(), false);
        memory.will_write(Touch::Nothing, params.first());
        assert_eq!(memory.get(NAME, &params), Some(row().to_vec()), "posting changes no account");
        memory.will_write(Touch::Changes, params.first());
        assert_eq!(memory.get(NAME, &params), None);
        assert_eq!(
            memory.get(NAME, &other),
            Some(row().to_vec()),
            "another tenant's accounts did not change"
        );
        memory.put(NAME, &params, &row(), false);
        assert_eq!(memory.get(NAME, &params), None, "the work that wrote may still be rolled back");
        memory.work_ended();
        memory.put(NAME, &params, &row(), false);
        assert!(memory.get(NAME, &params).is_some());
    }

    #[test]
    fn a_combination_is_remembered_only_once_it_is_there_for_good() {
        let mut memory = ReferenceMemory::default();
        let params = of(1);
        memory.put(NAME, &params, &[], true);
        assert_eq!(memory.get(NAME, &params), None, "a posting may add it at any time");
        memory.will_write(Touch::Grows, params.first());
        memory.put(NAME, &params, &row(), true);
        assert_eq!(memory.get(NAME, &params), None, "the work that added it may still be rolled back");
        memory.work_ended();
        memory.put(NAME, &params, &row(), true);
        assert!(memory.get(NAME, &params).is_some());
    }

    #[test]
    fn the_memory_is_bounded_and_the_largest_tenant_makes_room() {
        let mut memory = ReferenceMemory::default();
        let small = of(1);
        memory.put(NAME, &small, &row(), false);
        for n in 0..ANSWERS_MAX as i64 {
            memory.put(NAME, &[Value::Id(Uuid::from_u128(2)), Value::Int(n)], &row(), false);
        }
        assert!(memory.count <= ANSWERS_MAX, "{}", memory.count);
        assert!(memory.get(NAME, &small).is_some());
    }
}
