//! The connection string of Application Insights (B10).

use application::ports::configuration::SecretText;

use super::values::service_url;

/// The endpoint of connection strings that name none.
const INGESTION_DEFAULT: &str = "https://dc.services.visualstudio.com";
const LIVE_DEFAULT: &str = "https://rt.services.visualstudio.com";
/// Longest string that is read, in bytes.
const LENGTH_MAX: usize = 4_096;

/// A parsed connection string; addresses have no final `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationInsights {
    pub instrumentation_key: SecretText,
    pub ingestion_endpoint: String,
    pub live_endpoint: String,
    pub application_id: Option<String>,
    /// Tokens of the process's identity are asked for (`Authorization=aad`).
    pub identity: bool,
    /// Only the key was given, which no longer suffices for every resource (X07).
    pub key_only: bool,
}

impl ApplicationInsights {
    /// Parses `Keyword=value;…`, keywords in any case; unknown ones are ignored. Reasons do not repeat values.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > LENGTH_MAX {
            return Err(format!("is longer than {LENGTH_MAX} bytes"));
        }
        let mut parts: Vec<(String, &str)> = Vec::new();
        for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let (keyword, value) =
                part.split_once('=').ok_or("is not a connection string: a part has no '='")?;
            let keyword = keyword.trim().to_lowercase();
            if parts.iter().any(|(known, _)| *known == keyword) {
                return Err("has a keyword twice".to_owned());
            }
            parts.push((keyword, value.trim()));
        }
        let get = |keyword: &str| {
            let found = parts.iter().find(|(known, _)| *known == keyword).map(|(_, value)| *value);
            found.filter(|value| !value.is_empty())
        };
        let key = get("instrumentationkey").ok_or("has no InstrumentationKey")?;
        let identity = match get("authorization").map(str::to_lowercase).as_deref() {
            None | Some("ikey") => false,
            Some("aad") => true,
            Some(_) => return Err("has an Authorization other than ikey or aad".to_owned()),
        };
        let endpoint = |keyword: &str, host: &str, default: &str| match (get(keyword), get("endpointsuffix"))
        {
            (Some(address), _) => {
                service_url(address).map_err(|reason| format!("has an endpoint that {reason}"))
            }
            (None, Some(suffix)) => {
                let location = get("location").map_or(String::new(), |location| format!("{location}."));
                let address = format!("https://{location}{host}.{}", suffix.trim_start_matches('.'));
                service_url(&address).map_err(|reason| format!("has an EndpointSuffix that {reason}"))
            }
            (None, None) => Ok(default.to_owned()),
        };
        Ok(Self {
            instrumentation_key: SecretText::new(key),
            ingestion_endpoint: endpoint("ingestionendpoint", "dc", INGESTION_DEFAULT)?,
            live_endpoint: endpoint("liveendpoint", "live", LIVE_DEFAULT)?,
            application_id: get("applicationid").map(str::to_owned),
            identity,
            key_only: parts.iter().all(|(keyword, _)| keyword == "instrumentationkey"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves: B10, H1, X07.
    #[test]
    fn strings_name_their_endpoints() {
        let full = "InstrumentationKey=k;IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/;\
                    LiveEndpoint=https://westeurope.livediagnostics.monitor.azure.com/;ApplicationId=a-1";
        for (text, ingestion, live) in [
            ("InstrumentationKey=k", INGESTION_DEFAULT, LIVE_DEFAULT),
            (
                full,
                "https://westeurope-5.in.applicationinsights.azure.com",
                "https://westeurope.livediagnostics.monitor.azure.com",
            ),
            (
                "instrumentationkey = k ; ENDPOINTSUFFIX = applicationinsights.us; Unknown=x",
                "https://dc.applicationinsights.us",
                "https://live.applicationinsights.us",
            ),
            (
                "InstrumentationKey=k;EndpointSuffix=ai.contoso.com;Location=westus2",
                "https://westus2.dc.ai.contoso.com",
                "https://westus2.live.ai.contoso.com",
            ),
            (
                "InstrumentationKey=k;EndpointSuffix=a.b;IngestionEndpoint=http://127.0.0.1:9/",
                "http://127.0.0.1:9",
                "https://live.a.b",
            ),
        ] {
            let parsed = ApplicationInsights::parse(text).unwrap();
            assert_eq!(
                (parsed.ingestion_endpoint.as_str(), parsed.live_endpoint.as_str()),
                (ingestion, live)
            );
            assert_eq!(parsed.instrumentation_key.expose(), "k", "{text}");
            assert_eq!(parsed.key_only, text == "InstrumentationKey=k", "{text}");
        }
        let parsed =
            ApplicationInsights::parse("InstrumentationKey=k;Authorization=AAD;ApplicationId=a-1").unwrap();
        assert_eq!((parsed.identity, parsed.application_id.as_deref()), (true, Some("a-1")));
        assert!(
            ApplicationInsights::parse("InstrumentationKey=...").is_ok(),
            "as the specification writes it"
        );
    }

    /// Proves: B10.
    #[test]
    fn mistakes_are_named_and_values_are_not() {
        for (text, part) in [
            ("", "no InstrumentationKey"),
            ("InstrumentationKey=;Location=hush", "no InstrumentationKey"),
            ("hush", "no '='"),
            ("InstrumentationKey=hush;instrumentationKey=hush", "twice"),
            ("InstrumentationKey=k;IngestionEndpoint=http://hush.example/", "https://"),
            ("InstrumentationKey=k;IngestionEndpoint=https://u:hush@h/", "password"),
            ("InstrumentationKey=k;EndpointSuffix=hu sh", "EndpointSuffix"),
            ("InstrumentationKey=k;Authorization=hush", "Authorization"),
        ] {
            let reason = ApplicationInsights::parse(text).unwrap_err();
            assert!(reason.contains(part) && !reason.contains("hush"), "{text}: {reason}");
        }
        assert!(
            ApplicationInsights::parse(&format!("InstrumentationKey={}", "x".repeat(LENGTH_MAX))).is_err()
        );
        let shown = format!("{:?}", ApplicationInsights::parse("InstrumentationKey=sentinel").unwrap());
        assert!(!shown.contains("sentinel"), "{shown}");
    }
}
