//! Collects the fields of events and spans.

use std::borrow::Cow;
use std::error::Error;
use std::fmt::Debug;

use serde_json::Value;
use tracing::field::{Field, Visit};

use super::{request, secrets};

/// Longest text of one field, in bytes; the rest is cut.
pub const FIELD_BYTES_MAX: usize = 8192;
/// Most causes of an error that are written.
const CAUSES_MAX: usize = 10;

/// The fields of an event or span in the order in which they were given.
#[derive(Debug, Default, Clone)]
pub struct Fields {
    pub message: Cow<'static, str>,
    pub properties: Vec<(&'static str, Value)>,
    pub exception: Option<String>,
    /// Set by a field `fatal = true`: an error that ends the process.
    pub fatal: bool,
}

impl Fields {
    fn put(&mut self, field: &Field, value: Value) {
        let name = field.name();
        match self.properties.iter_mut().find(|(own, _)| *own == name) {
            Some((_, old)) => *old = value,
            None => self.properties.push((name, value)),
        }
    }

    fn put_text(&mut self, field: &Field, text: String) {
        let text = shortened(secrets::hide(text));
        if field.name() == "message" {
            self.message = Cow::Owned(text);
        } else {
            self.put(field, Value::String(text));
        }
    }
}

fn shortened(mut text: String) -> String {
    if text.len() > FIELD_BYTES_MAX {
        text.truncate(text.floor_char_boundary(FIELD_BYTES_MAX));
        text.push('…');
    }
    text
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.put_text(field, format!("{value:?}"));
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        match request::TEMPLATES.into_iter().find(|known| field.name() == "message" && *known == value) {
            // These come by the thousand.
            Some(known) => self.message = Cow::Borrowed(known),
            None => self.put_text(field, value.to_owned()),
        }
    }
    fn record_bool(&mut self, field: &Field, value: bool) {
        if field.name() == "fatal" {
            self.fatal = value;
        } else {
            self.put(field, Value::Bool(value));
        }
    }
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, Value::from(value));
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, Value::from(value));
    }
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, Value::from(value));
    }
    fn record_error(&mut self, _: &Field, value: &(dyn Error + 'static)) {
        let mut text = value.to_string();
        let mut cause = value.source();
        for _ in 0..CAUSES_MAX {
            let Some(error) = cause else { break };
            text.push_str("\n ---> ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        self.exception = Some(shortened(secrets::hide(text)));
    }
}
