//! How many guesses a password costs somebody who knows the usual ones, and the person.

use zxcvbn::{Score, zxcvbn};

use crate::platform::EmailAddress;

/// Characters that are looked at: bounds the work, and whoever guesses so many guesses the rest.
const LOOKED_AT_MAX: usize = 64;
/// A known text of fewer characters may stand in any password by chance.
const TELLING_LENGTH_MIN: usize = 5;
/// Parts of known texts that are shorter are not looked for.
const PART_LENGTH_MIN: usize = 3;
/// Characters that are left of a password that only began with something known.
const LEFT_MIN: usize = 8;

/// Words that the English dictionaries of the estimator lack: words of Arabic passwords, and rows of the Arabic
/// keyboard.
const ARABIC: &[&str] = &[
    "كلمة",
    "كلمه",
    "المرور",
    "السر",
    "كلمةالمرور",
    "كلمةالسر",
    "سري",
    "مرحبا",
    "اهلا",
    "سلام",
    "السلام",
    "عليكم",
    "بسم",
    "الله",
    "الرحمن",
    "الرحيم",
    "الحمد",
    "لله",
    "ماشاءالله",
    "سبحان",
    "يارب",
    "محمد",
    "احمد",
    "أحمد",
    "علي",
    "عبدالله",
    "عبدالرحمن",
    "فاطمة",
    "سارة",
    "نورة",
    "خالد",
    "سعود",
    "السعودية",
    "الرياض",
    "جدة",
    "مكة",
    "المدينة",
    "بسماللهالرحمنالرحيم",
    "السلامعليكم",
    "السلامعليكمورحمةالله",
    "لاالهالاالله",
    "لاإلهإلاالله",
    "صلىاللهعليهوسلم",
    "حبيبي",
    "حبيبتي",
    "احبك",
    "أحبك",
    "مدير",
    "المدير",
    "النظام",
    "محاسب",
    "شركة",
    "الشركة",
    "ضصثقفغعهخحجد",
    "ضصثقف",
    "غعهخحجد",
    "شسيبلاتنمكط",
    "شسيبل",
    "اتنمكط",
    "ئءؤرلاىةوزظ",
    "ابتثجحخ",
    "أبتثجحخ",
    "ابجدهوز",
    "أبجدهوز",
];

/// Whether few guesses find it, or little of it is left beside what is known of the person.
pub fn is_guessable(password: &str, email: &EmailAddress, words: &[&str]) -> bool {
    let plain = folded(password);
    let whole = [email.as_str(), email.local_part(), email.host()].map(folded);
    let known: Vec<String> = whole.into_iter().chain(words.iter().map(|text| folded(text))).collect();
    let telling = known.iter().map(|text| letters(text));
    let mut contained = telling.filter(|text| text.chars().count() >= TELLING_LENGTH_MIN);
    if contained.any(|text| letters(&plain).contains(&text)) {
        return true;
    }
    let parts: Vec<&str> = known.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric())).collect();
    if [letters(&plain), letters(&plain_letters(&plain))].iter().any(|text| little_beside(text, &parts)) {
        return true;
    }
    let inputs: Vec<&str> =
        known.iter().map(String::as_str).chain(parts).chain(ARABIC.iter().copied()).collect();
    let score = |text: String| {
        let looked_at: String = text.chars().take(LOOKED_AT_MAX).collect();
        zxcvbn(&looked_at, &inputs).score()
    };
    let joined = plain.chars().filter(|c| !c.is_whitespace() && !"-_./,:;".contains(*c)).collect();
    // Separators cost guesses, but none that nobody tries: without them it has to last nearly as long.
    score(plain) < Score::Four || score(joined) < Score::Three
}

/// Whether hardly anything is left without the parts of what is known.
fn little_beside(text: &str, parts: &[&str]) -> bool {
    let mut left = text.to_owned();
    let mut parts: Vec<&str> =
        parts.iter().copied().filter(|part| part.chars().count() >= PART_LENGTH_MIN).collect();
    parts.sort_unstable_by_key(|part| std::cmp::Reverse(part.len()));
    for part in parts {
        left = left.replace(part, "");
    }
    left.len() < text.len() && left.chars().count() < LEFT_MIN
}

/// Letters for the signs that stand for them.
fn plain_letters(text: &str) -> String {
    let letter = |c: char| match c {
        '0' => 'o',
        '1' | '!' | '|' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        _ => c,
    };
    text.chars().map(letter).collect()
}

/// Without regard to case, and with European digits: `١٢٣` is guessed like `123`.
fn folded(text: &str) -> String {
    let digit = |c: char| match c {
        '\u{660}'..='\u{669}' => char::from_digit(u32::from(c) - 0x660, 10).unwrap_or(c),
        '\u{6F0}'..='\u{6F9}' => char::from_digit(u32::from(c) - 0x6F0, 10).unwrap_or(c),
        _ => c,
    };
    text.trim().to_lowercase().chars().map(digit).collect()
}

/// Letters and digits alone, so that no hyphen hides a name.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}
