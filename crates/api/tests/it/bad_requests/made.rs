//! Requests made of the product's own document, and then spoiled.

use serde_json::{Map, Value, json};

/// Numbers that are the same in every run (SplitMix64).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5EED)
    }
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
    fn one_in(&mut self, sides: usize) -> bool {
        self.below(sides) == 0
    }
    fn of<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.below(all.len())]
    }
}

struct Operation {
    method: String,
    path: String,
    body: Option<(String, Value)>,
    parameters: Vec<String>,
}

pub struct Maker(Vec<Operation>);

pub struct Request {
    pub bytes: Vec<u8>,
    /// The client goes away in the middle.
    pub leaves: bool,
    pub signed_in: bool,
}

/// Values that find their way into members, parameters and headers.
const ODD: [&str; 22] = [
    "",
    " ",
    "0",
    "-1",
    "1e309",
    "99999999999999999999999999",
    "NaN",
    "null",
    "../../etc/passwd",
    "%00",
    "%ff%fe",
    "%",
    "%2e%2e%2f",
    "'; DROP TABLE account; --",
    "<script>alert(1)</script>",
    "${jndi:ldap://a}",
    "{{7*7}}",
    "\u{202e}مقلوب",
    "a\u{0}b",
    "2026-02-30",
    "0198c0de-7b1f-7c3a-9f00-2b6f1d6a4e11",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
];
/// Whole requests that are none.
const RAW: [&[u8]; 18] = [
    b"\r\n\r\n",
    b"\0\0\0\0\0\0\0\0\r\n\r\n",
    b"GET\r\n\r\n",
    b"GET /\r\n\r\n",
    b"GET / HTTP/0.9\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
    b"get / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET /api/v1/me HTTP/1.1\r\n\r\n",
    b"GET /api/v1/me HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"GET /api/v1/me HTTP/1.1\r\nHost: a\r\n X: folded\r\n\r\n",
    b"GET /api/v1/me HTTP/1.1\r\nHost: a\r\nX\x00Y: 1\r\n\r\n",
    b"GET /api/v1/me HTTP/1.1\nHost: a\n\n",
    b"GET http://other.example/api/v1/me HTTP/1.1\r\nHost: a\r\n\r\n",
    b"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n",
    b"POST /api/v1/auth/token HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
    b"POST /api/v1/auth/token HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
];

impl Maker {
    pub fn new(document: &Value) -> Self {
        let mut operations = Vec::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let names = operation["parameters"].as_array().into_iter().flatten();
                let in_query = |parameter: &&Value| parameter["in"] == "query";
                let names = names.filter(in_query).filter_map(|parameter| parameter["name"].as_str());
                let content = operation["requestBody"]["content"].as_object();
                let body = content.and_then(|content| content.iter().next());
                operations.push(Operation {
                    method: method.to_uppercase(),
                    path: path.clone(),
                    body: body.map(|(kind, media)| (kind.clone(), media["example"].clone())),
                    parameters: names.map(str::to_owned).collect(),
                });
            }
        }
        Self(operations)
    }

    pub fn operations(&self) -> usize {
        self.0.len()
    }

    pub fn request(&self, dice: &mut Dice, token: &str) -> Request {
        if dice.one_in(25) {
            let bytes = RAW[dice.below(RAW.len())].to_vec();
            // Some of these are the beginning of something, and the server is right to wait.
            return Request { bytes, leaves: true, signed_in: false };
        }
        let operation = &self.0[dice.below(self.0.len())];
        let signed_in = !dice.one_in(5);
        let method = if dice.one_in(20) {
            dice.of(&["BREW", "TRACE", "PATCH", "DELETE", "HEAD", "OPTIONS"])
        } else {
            &operation.method
        };
        let body = body(operation, dice);
        let mut head = format!(
            "{method} {} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n",
            target(operation, dice)
        );
        head.push_str(&credential(dice, token, signed_in));
        for _ in 0..dice.below(4).saturating_sub(2) {
            head.push_str(&header(dice));
        }
        if let Some((kind, _)) = &operation.body
            && !dice.one_in(10)
        {
            let kind = if dice.one_in(10) {
                dice.of(&["text/plain", "application/xml", "", "a/b; charset=utf-7"])
            } else {
                kind
            };
            head.push_str(&format!("Content-Type: {kind}\r\n"));
        }
        let mut bytes = framed(head, &body, dice);
        let leaves = dice.one_in(40);
        if leaves {
            bytes.truncate(dice.below(bytes.len()).max(1));
        }
        Request { bytes, leaves, signed_in }
    }
}

fn odd(dice: &mut Dice) -> String {
    match dice.below(30) {
        0 => "x".repeat(5_000),
        1 => "س".repeat(3_000),
        _ => dice.of(&ODD).to_owned(),
    }
}

/// As it may stand in a target: nothing that would end the line.
fn in_target(text: &str) -> String {
    text.chars().filter(|letter| letter.is_ascii_graphic() && *letter != '#').collect()
}

fn target(operation: &Operation, dice: &mut Dice) -> String {
    let mut path = String::new();
    for part in operation.path.split('/').skip(1) {
        path.push('/');
        match part.starts_with('{') {
            true if dice.one_in(3) => path.push_str(&in_target(&odd(dice))),
            true => path.push_str("0198c0de-7b1f-7c3a-9f00-2b6f1d6a4e11"),
            false => path.push_str(part),
        }
    }
    if dice.one_in(15) {
        path = format!("{path}/{}", in_target(&odd(dice)));
    }
    for number in 0..dice.below(6).saturating_sub(3) {
        let known = operation.parameters.get(dice.below(operation.parameters.len().max(1)));
        let name = known.filter(|_| !dice.one_in(4)).cloned().unwrap_or_else(|| in_target(&odd(dice)));
        path.push(if number == 0 { '?' } else { '&' });
        path.push_str(&format!("{name}={}", in_target(&odd(dice))));
    }
    path
}

fn credential(dice: &mut Dice, token: &str, signed_in: bool) -> String {
    if signed_in {
        return format!("Authorization: Bearer {token}\r\n");
    }
    let half = &token[..token.len() / 2];
    match dice.below(8) {
        0 => String::new(),
        1 => "Authorization: Bearer \r\n".to_owned(),
        2 => format!("Authorization: Bearer {half}\r\n"),
        3 => format!("Authorization: Bearer {token}x\r\nAuthorization: Bearer {token}\r\n"),
        // {"alg":"none"}
        4 => format!(
            "Authorization: Bearer eyJhbGciOiJub25lIn0.{}.\r\n",
            token.split('.').nth(1).unwrap_or_default()
        ),
        5 => "Authorization: Basic Og==\r\n".to_owned(),
        6 => "X-Api-Key: erp_0123456789ab_cdef\r\n".to_owned(),
        _ => format!("X-Api-Key: {}\r\n", "erp_".repeat(300)),
    }
}

fn header(dice: &mut Dice) -> String {
    let name = dice.of(&[
        "Accept",
        "Accept-Language",
        "Accept-Encoding",
        "If-Match",
        "If-None-Match",
        "Idempotency-Key",
        "Range",
        "X-Request-Id",
        "traceparent",
        "X-Forwarded-For",
        "Forwarded",
        "Content-Encoding",
        "Expect",
        "Last-Event-ID",
        "Prefer",
        "Origin",
        "Cookie",
    ]);
    let value: String = odd(dice).chars().filter(|letter| !letter.is_control()).collect();
    format!("{name}: {value}\r\n")
}

/// The example of the document with something wrong in it; sometimes nothing is.
fn body(operation: &Operation, dice: &mut Dice) -> Vec<u8> {
    let Some((_, example)) = &operation.body else {
        return if dice.one_in(4) { odd(dice).into_bytes() } else { Vec::new() };
    };
    let mut value = example.clone();
    for _ in 0..dice.below(3) {
        spoil(&mut value, dice);
    }
    let mut bytes = serde_json::to_vec(&value).unwrap();
    match dice.below(30) {
        0 => bytes.truncate(dice.below(bytes.len().max(1))),
        1 => bytes.insert(dice.below(bytes.len() + 1), 0xff),
        2 => bytes.extend_from_slice(b"}}]"),
        3 => bytes = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000)).into_bytes(),
        4 => bytes = format!("{}1{}", "{\"a\":".repeat(2_000), "}".repeat(2_000)).into_bytes(),
        5 => bytes = b"\xef\xbb\xbf{}".to_vec(),
        6 => bytes = b"{\"code\":\"\\ud800\"}".to_vec(),
        7 => bytes = format!("{{\"code\":1{}}}", "0".repeat(10_000)).into_bytes(),
        8 => bytes = format!("[{}1]", "1,".repeat(50_000)).into_bytes(),
        9 => bytes = odd(dice).into_bytes(),
        _ => {}
    }
    bytes
}

/// Changes one place.
fn spoil(value: &mut Value, dice: &mut Dice) {
    match value {
        Value::Object(members) if !members.is_empty() && !dice.one_in(4) => {
            let names: Vec<_> = members.keys().cloned().collect();
            let name = &names[dice.below(names.len())];
            match dice.below(6) {
                0 => drop(members.remove(name)),
                1 => drop(members.insert(odd(dice), json!(1))),
                _ => spoil(&mut members[name], dice),
            }
        }
        Value::Array(items) if !items.is_empty() && !dice.one_in(4) => {
            let place = dice.below(items.len());
            match dice.below(5) {
                0 => items.clear(),
                1 => *items = vec![items[place].clone(); 300],
                _ => spoil(&mut items[place], dice),
            }
        }
        other => {
            *other = match dice.below(9) {
                0 => Value::Null,
                1 => json!(true),
                2 => json!(-1),
                3 => json!(1.5e300),
                4 => json!(u64::MAX),
                5 => json!([]),
                6 => Value::Object(Map::new()),
                _ => json!(odd(dice)),
            };
        }
    }
}

/// With its length, in pieces, or with a length that is not true.
fn framed(mut head: String, body: &[u8], dice: &mut Dice) -> Vec<u8> {
    let (length, in_pieces) = (body.len(), dice.one_in(8));
    if in_pieces {
        head.push_str("Transfer-Encoding: chunked\r\n\r\n");
        let mut bytes = head.into_bytes();
        for piece in body.chunks(100) {
            bytes.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
            bytes.extend_from_slice(piece);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"0\r\n\r\n");
        return bytes;
    }
    if length > 0 || dice.one_in(3) {
        head.push_str(&format!("Content-Length: {length}\r\n"));
    }
    head.push_str("\r\n");
    [head.as_bytes(), body].concat()
}
