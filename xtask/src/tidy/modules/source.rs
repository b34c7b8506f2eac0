//! Rust text as the few tokens that paths are made of.

/// A word, `::` or another character, and the line it stands in. Comments, texts and lifetimes are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub text: String,
    pub line: usize,
}

impl Token {
    pub fn is(&self, text: &str) -> bool {
        self.text == text
    }
}

pub fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let mut reader = Reader { chars: &chars, at: 0, line: 1 };
    let mut tokens = Vec::new();
    while let Some(first) = reader.peek(0) {
        let line = reader.line;
        let mut token = |text: String| tokens.push(Token { text, line });
        if first.is_whitespace() {
            reader.skip(1);
        } else if first == '/' && reader.peek(1) == Some('/') {
            reader.skip_while(|c| c != '\n');
        } else if first == '/' && reader.peek(1) == Some('*') {
            reader.comment();
        } else if first == '"' {
            reader.text();
        } else if first == '\'' {
            reader.quote();
        } else if first == ':' && reader.peek(1) == Some(':') {
            reader.skip(2);
            token("::".to_owned());
        } else if is_word(first) {
            let start = reader.at;
            reader.skip_while(is_word);
            let word: String = chars[start..reader.at].iter().collect();
            let prefixed = matches!(word.as_str(), "r" | "b" | "br" | "c" | "cr");
            if !(prefixed && reader.prefixed_text(word.ends_with('r'))) {
                token(word);
            }
        } else {
            reader.skip(1);
            token(first.to_string());
        }
    }
    tokens
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

struct Reader<'a> {
    chars: &'a [char],
    at: usize,
    line: usize,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn skip(&mut self, count: usize) {
        for _ in 0..count {
            self.line += usize::from(self.peek(0) == Some('\n'));
            self.at += 1;
        }
    }

    fn skip_while(&mut self, matches: impl Fn(char) -> bool) {
        while self.peek(0).is_some_and(&matches) {
            self.skip(1);
        }
    }

    /// Over a comment between `/*` and `*/`, which may contain others.
    fn comment(&mut self) {
        let mut depth = 0;
        while let Some(first) = self.peek(0) {
            match (first, self.peek(1)) {
                ('/', Some('*')) => depth += 1,
                ('*', Some('/')) => depth -= 1,
                _ => {
                    self.skip(1);
                    continue;
                }
            }
            self.skip(2);
            if depth == 0 {
                break;
            }
        }
    }

    /// Over a text in double quotes.
    fn text(&mut self) {
        self.skip(1);
        while let Some(character) = self.peek(0) {
            self.skip(if character == '\\' { 2 } else { 1 });
            if character == '"' {
                break;
            }
        }
    }

    /// Over a character or a lifetime.
    fn quote(&mut self) {
        if self.peek(1) == Some('\\') {
            self.skip(3);
            self.skip_while(|c| c != '\'');
            self.skip(1);
        } else if self.peek(2) == Some('\'') {
            self.skip(3);
        } else {
            self.skip(1);
            self.skip_while(is_word);
        }
    }

    /// Over a text whose prefix was just read; `false` when there is none.
    fn prefixed_text(&mut self, raw: bool) -> bool {
        let mut hashes = 0;
        while raw && self.peek(hashes) == Some('#') {
            hashes += 1;
        }
        if self.peek(hashes) != Some('"') {
            return false;
        }
        if !raw {
            self.text();
            return true;
        }
        self.skip(hashes + 1);
        while let Some(character) = self.peek(0) {
            let ends = character == '"' && (1..=hashes).all(|ahead| self.peek(ahead) == Some('#'));
            self.skip(if ends { hashes + 1 } else { 1 });
            if ends {
                break;
            }
        }
        true
    }
}

/// The tokens without the items below `#[cfg(test)]`, and the modules among those that are files of their own.
pub fn without_tests(tokens: &[Token]) -> (Vec<Token>, Vec<String>) {
    let (mut kept, mut modules) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < tokens.len() {
        if !begins_test(&tokens[at..]) {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        }
        while tokens[at..].starts_with_texts(&["#", "["]) {
            at += length(&tokens[at + 1..]) + 1;
        }
        let item = &tokens[at..];
        let name = item.iter().position(|token| token.is("mod")).and_then(|mod_at| {
            let declared = item.get(mod_at + 2).is_some_and(|token| token.is(";"));
            let first = item.iter().position(|token| token.is(";") || token.is("{"));
            (declared && first == Some(mod_at + 2)).then(|| item[mod_at + 1].text.clone())
        });
        modules.extend(name);
        at += length(item);
    }
    (kept, modules)
}

fn begins_test(tokens: &[Token]) -> bool {
    tokens.starts_with_texts(&["#", "[", "cfg", "(", "test", ")", "]"])
        || tokens.starts_with_texts(&["#", "[", "cfg", "(", "all", "(", "test", ","])
}

/// How many tokens the item or group at the beginning has: up to its `;`, or to the end of its first braces, or of the
/// brackets it begins with.
fn length(tokens: &[Token]) -> usize {
    let bracket = tokens.first().is_some_and(|token| token.is("["));
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate() {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" if depth == 0 => return index,
            ")" | "]" | "}" => {
                depth -= 1;
                if depth == 0 && (bracket || token.is("}")) {
                    return index + 1;
                }
            }
            ";" if depth == 0 => return index + 1,
            _ => {}
        }
    }
    tokens.len()
}

/// Whether a slice of tokens begins with these texts.
trait StartsWithTexts {
    fn starts_with_texts(&self, texts: &[&str]) -> bool;
}

impl StartsWithTexts for [Token] {
    fn starts_with_texts(&self, texts: &[&str]) -> bool {
        self.len() >= texts.len() && self.iter().zip(texts).all(|(token, text)| token.is(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn comments_texts_and_lifetimes_are_no_code() {
        let text = "a /* b /* c */ d */ e // f\n\"g \\\" h\" r#\"i \" j\"# b\"k\" 'l' '\\'' '\\u{41}' &'m n";
        assert_eq!(words(text), ["a", "e", "&", "n"]);
        assert_eq!(tokens("a\n\"\n\"\nb")[1].line, 4);
        assert_eq!(words("r::b"), ["r", "::", "b"]);
    }

    #[test]
    fn tests_are_taken_out() {
        let text = "use a;\n#[cfg(test)]\n#[path = \"x\"]\nmod far;\n#[cfg(test)]\nmod near { fn f() { } }\n\
            #[cfg(all(test, unix))]\nuse b::{c};\n#[cfg(test)]\nfn g(x: [u8; 2]) -> u8 { x; 1 }\nuse d;";
        let (kept, modules) = without_tests(&tokens(text));
        let kept: Vec<_> = kept.iter().map(|token| token.text.as_str()).collect();
        assert_eq!(kept, ["use", "a", ";", ";", "use", "d", ";"]);
        assert_eq!(modules, ["far"]);
    }
}
