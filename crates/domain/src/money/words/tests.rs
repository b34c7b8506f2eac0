//! Amounts in words against vectors that two other implementations were compared with.

use super::*;

fn in_words(amount: &str, currency: &str, language: Language) -> String {
    let currency = CurrencyCode::parse(currency).unwrap();
    Amount::parse(amount).unwrap().in_words(currency, language).unwrap()
}

#[test]
fn riyals_and_halalas_in_arabic() {
    for (amount, words) in [
        ("0.00", "صفر ريال"),
        ("0.01", "هللة واحدة"),
        ("0.02", "هللتان"),
        ("0.03", "ثلاث هللات"),
        ("0.05", "خمس هللات"),
        ("0.08", "ثماني هللات"),
        ("0.10", "عشر هللات"),
        ("0.11", "إحدى عشرة هللة"),
        ("0.12", "اثنتا عشرة هللة"),
        ("0.15", "خمس عشرة هللة"),
        ("0.18", "ثماني عشرة هللة"),
        ("0.20", "عشرون هللة"),
        ("0.21", "إحدى وعشرون هللة"),
        ("0.28", "ثمانٍ وعشرون هللة"),
        ("0.99", "تسع وتسعون هللة"),
        ("1.00", "ريال واحد"),
        ("1.01", "ريال واحد وهللة واحدة"),
        ("2.00", "ريالان"),
        ("3.00", "ثلاثة ريالات"),
        ("4.60", "أربعة ريالات وستون هللة"),
        ("8.00", "ثمانية ريالات"),
        ("10.00", "عشرة ريالات"),
        ("11.00", "أحد عشر ريالاً"),
        ("12.50", "اثنا عشر ريالاً وخمسون هللة"),
        ("15.00", "خمسة عشر ريالاً"),
        ("20.00", "عشرون ريالاً"),
        ("21.00", "واحد وعشرون ريالاً"),
        ("99.00", "تسعة وتسعون ريالاً"),
        ("100.00", "مائة ريال"),
        ("101.00", "مائة ريال وريال واحد"),
        ("102.00", "مائة ريال وريالان"),
        ("103.00", "مائة وثلاثة ريالات"),
        ("111.00", "مائة وأحد عشر ريالاً"),
        ("115.00", "مائة وخمسة عشر ريالاً"),
        ("200.00", "مئتا ريال"),
        ("202.00", "مئتا ريال وريالان"),
        ("231.15", "مئتان وواحد وثلاثون ريالاً وخمس عشرة هللة"),
        ("300.00", "ثلاثمائة ريال"),
        ("999.99", "تسعمائة وتسعة وتسعون ريالاً وتسع وتسعون هللة"),
        ("1000.00", "ألف ريال"),
        ("1001.00", "ألف ريال وريال واحد"),
        ("1511.38", "ألف وخمسمائة وأحد عشر ريالاً وثمانٍ وثلاثون هللة"),
        ("2000.00", "ألفا ريال"),
        ("2185.00", "ألفان ومائة وخمسة وثمانون ريالاً"),
        ("3000.00", "ثلاثة آلاف ريال"),
        ("10000.00", "عشرة آلاف ريال"),
        ("11000.00", "أحد عشر ألف ريال"),
        ("11500.00", "أحد عشر ألفاً وخمسمائة ريال"),
        ("100000.00", "مائة ألف ريال"),
        ("200000.00", "مئتا ألف ريال"),
        ("103000.00", "مائة وثلاثة آلاف ريال"),
        ("1000000.00", "مليون ريال"),
        ("2000000.00", "مليونا ريال"),
        ("3000000.00", "ثلاثة ملايين ريال"),
        ("1234567.89", "مليون ومئتان وأربعة وثلاثون ألفاً وخمسمائة وسبعة وستون ريالاً وتسع وثمانون هللة"),
    ] {
        assert_eq!(in_words(amount, "SAR", Language::Arabic), words, "{amount}");
        let closed = Amount::parse(amount)
            .unwrap()
            .in_closed_words(CurrencyCode::parse("SAR").unwrap(), Language::Arabic);
        assert_eq!(closed, Some(format!("فقط {words} لا غير")));
    }
}

#[test]
fn riyals_and_halalas_in_english() {
    for (amount, words) in [
        ("0.00", "zero riyals"),
        ("0.01", "one halala"),
        ("1.00", "one riyal"),
        ("1.02", "one riyal and two halalas"),
        ("21.00", "twenty-one riyals"),
        ("100.00", "one hundred riyals"),
        ("115.40", "one hundred and fifteen riyals and forty halalas"),
        ("1001.00", "one thousand and one riyals"),
        ("1511.38", "one thousand five hundred and eleven riyals and thirty-eight halalas"),
        ("1000000.00", "one million riyals"),
        (
            "1234567.89",
            "one million two hundred and thirty-four thousand five hundred and sixty-seven riyals and eighty-nine halalas",
        ),
    ] {
        assert_eq!(in_words(amount, "SAR", Language::English), words, "{amount}");
    }
    let sar = CurrencyCode::parse("SAR").unwrap();
    let closed = Amount::parse("231.15").unwrap().in_closed_words(sar, Language::English);
    assert_eq!(closed.as_deref(), Some("Two hundred and thirty-one riyals and fifteen halalas only"));
}

#[test]
fn other_currencies_have_their_own_subunits() {
    for (amount, currency, arabic, english) in [
        ("1.250", "KWD", "دينار واحد ومئتان وخمسون فلساً", "one dinar and two hundred and fifty fils"),
        ("3.005", "BHD", "ثلاثة دنانير وخمسة فلوس", "three dinars and five fils"),
        ("2.010", "OMR", "ريالان وعشر بيسات", "two rials and ten baisas"),
        ("11.50", "AED", "أحد عشر درهماً وخمسون فلساً", "eleven dirhams and fifty fils"),
        ("7.07", "USD", "سبعة دولارات وسبعة سنتات", "seven dollars and seven cents"),
        ("2.00", "EUR", "اثنان يورو", "two euros"),
        ("4.01", "GBP", "أربعة جنيهات وبنس واحد", "four pounds and one penny"),
        ("101000.00", "SAR", "مائة ألف وألف ريال", "one hundred and one thousand riyals"),
        ("-5.00", "SAR", "سالب خمسة ريالات", "minus five riyals"),
        (
            "922337203685477.00",
            "SAR",
            "تسعمائة واثنان وعشرون تريليوناً وثلاثمائة وسبعة وثلاثون ملياراً ومئتان وثلاثة ملايين وستمائة وخمسة وثمانون ألفاً وأربعمائة وسبعة وسبعون ريالاً",
            "nine hundred and twenty-two trillion three hundred and thirty-seven billion two hundred and three million \
             six hundred and eighty-five thousand four hundred and seventy-seven riyals",
        ),
    ] {
        assert_eq!(in_words(amount, currency, Language::Arabic), arabic, "{amount} {currency}");
        assert_eq!(in_words(amount, currency, Language::English), english, "{amount} {currency}");
    }
}

#[test]
fn what_has_no_words_stays_without() {
    let words = |amount: &str, currency: &str| {
        Amount::parse(amount).unwrap().in_words(CurrencyCode::parse(currency).unwrap(), Language::English)
    };
    assert_eq!(words("1.00", "XTS"), None);
    assert_eq!(words("1.005", "SAR"), None, "half a halala");
}
