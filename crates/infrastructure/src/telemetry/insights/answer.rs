//! The answer of Application Insights to a batch: everything taken, a part of it, or nothing.

use serde::Deserialize;

/// The fate of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judged {
    /// It was taken, but for some that never will be.
    Done { refused: usize },
    /// The items at these places are to be sent again.
    Again { places: Vec<usize>, refused: usize },
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    errors: Vec<Failure>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    index: usize,
    #[serde(default)]
    status_code: u16,
}

/// Whether a batch answered with this status may be taken later: busy, over a quota, or broken.
pub fn retried_later(status: u16) -> bool {
    matches!(status, 408 | 429 | 439 | 500 | 502 | 503 | 504)
}

/// Reads an answer of 200 or 206. One that cannot be read is taken for what its status says.
pub fn judge(body: &[u8], sent: usize) -> Judged {
    let Ok(answer) = serde_json::from_slice::<Answer>(body) else { return Judged::Done { refused: 0 } };
    let (mut places, mut refused) = (Vec::new(), Vec::new());
    for failure in answer.errors.into_iter().filter(|failure| failure.index < sent) {
        let to = if retried_later(failure.status_code) { &mut places } else { &mut refused };
        to.push(failure.index);
    }
    for places in [&mut places, &mut refused] {
        places.sort_unstable();
        places.dedup();
    }
    let refused = refused.len();
    if places.is_empty() { Judged::Done { refused } } else { Judged::Again { places, refused } }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves: H8.
    #[test]
    fn only_what_failed_for_now_is_sent_again() {
        let body = br#"{ "itemsReceived": 5, "itemsAccepted": 2, "errors": [
            { "index": 3, "statusCode": 500, "message": "x" }, { "index": 1, "statusCode": 400 },
            { "index": 0, "statusCode": 439 }, { "index": 3, "statusCode": 500 } ] }"#;
        assert_eq!(judge(body, 5), Judged::Again { places: vec![0, 3], refused: 1 });
        assert_eq!(judge(br#"{"errors":[{"index":1,"statusCode":400}]}"#, 2), Judged::Done { refused: 1 });
    }

    #[test]
    fn a_lying_answer_asks_for_nothing() {
        for body in [
            "",
            "<html>",
            "[]",
            r#"{"errors":[{"index":99,"statusCode":500}]}"#,
            r#"{"errors":[{"index":-1}]}"#,
        ] {
            assert_eq!(judge(body.as_bytes(), 3), Judged::Done { refused: 0 }, "{body}");
        }
    }
}
