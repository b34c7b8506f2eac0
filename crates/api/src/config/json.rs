//! JSON settings files as operators write them.

use application::flat_json::{flatten, is_object};

use super::error::Problem;
use super::layers::{Layer, Scope};

/// Largest settings file, in bytes.
pub const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// Reads the text of a settings file into a layer called `name`.
pub fn layer(name: &str, text: &str) -> Result<Layer, Problem> {
    let settings = flatten("", text).map_err(|error| Problem::new(name, error.to_string()))?;
    if !is_object(text) {
        return Err(Problem::new(name, "must hold one JSON object"));
    }
    let mut layer = Layer::new(name, Scope::Own);
    for (key, value) in settings {
        // An empty piece of a section does not take away what another piece sets.
        if value.is_some() || !layer.contains(&key) {
            layer.set(&key, value);
        }
    }
    Ok(layer)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves: B2.
    #[test]
    fn a_file_becomes_a_layer() {
        let text = r#"{ // the port
            "Urls": "http://a//b,]", "Cors": { "AllowedOrigins": [ "x", "y", ], },
            "Seq": { "ServerUrl": null }, "Limits": { "BodyBytes": 10 , /* last */ },
        }"#;
        let layer = layer("f.json", text).unwrap();
        assert_eq!(layer.get("urls"), Some("http://a//b,]"));
        assert_eq!(layer.get("cors:allowedorigins:1"), Some("y"));
        assert_eq!(layer.get("Limits:BodyBytes"), Some("10"));
        assert!(layer.contains("Seq:ServerUrl") && layer.get("Seq:ServerUrl").is_none());
    }

    /// Proves: B2.
    #[test]
    fn a_broken_file_names_its_position() {
        let problem = layer("appsettings.json", "{\n  /* a\n */ \"A\": 1 \"B\": 2\n}").unwrap_err();
        assert!(problem.to_string().starts_with("appsettings.json: "), "{problem}");
        assert!(problem.to_string().contains("line 3"), "{problem}");
        assert!(layer("f.json", "[1]").is_err() && layer("f.json", "").is_err());
        let twice = layer("f.json", r#"{ "A": 1, "a": 2 }"#).unwrap_err().to_string();
        assert!(twice.contains("'a' is set twice"), "{twice}");
    }
}
