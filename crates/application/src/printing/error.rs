//! The errors of printing.

domain::errors! {
    PRINT_TOO_LARGE = "print_too_large", TooLarge, User,
        "The file would have more than {max} pages: narrow what is printed, or take it in another format.",
        "سيتجاوز الملف {max} صفحة: ضيّق نطاق المطبوع أو اطلبه بصيغة أخرى.";
}
