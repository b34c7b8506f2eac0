//! Values of identity: how people are addressed, what a password must be, and what takes a second person.

pub mod attachment;
mod email;
pub mod feature_flags;
mod password;

pub use email::{EMAIL_LENGTH_MAX, EmailAddress};
pub use password::{PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN, Password, PasswordHash};

crate::errors! {
    /// Of everything that a second person confirms (R45, R150).
    FOUR_EYES_REQUIRED = "four_eyes_required", Forbidden, User,
        "Someone else must decide: you made, changed or submitted this yourself.",
        "يجب أن يقرر شخص آخر: أنت من أنشأ هذا أو عدّله أو أرسله.";
    INVALID_EMAIL = "invalid_email", Rule, User,
        "'{value}' is not an e-mail address.", "'{value}' ليس عنوان بريد إلكتروني صحيحًا.";
    PASSWORD_TOO_SHORT = "password_too_short", Rule, User,
        "A password has at least {min} characters.", "يجب ألا تقل كلمة المرور عن {min} حرفًا.";
    PASSWORD_TOO_LONG = "password_too_long", Rule, User,
        "A password has at most {max} characters.", "يجب ألا تزيد كلمة المرور على {max} حرف.";
    PASSWORD_GUESSABLE = "password_guessable", Rule, User,
        "The password is easy to guess: it is a common one, a pattern, or contains the address, the name or the company. Several unrelated words make a good one.",
        "كلمة المرور سهلة التخمين: فهي شائعة أو نمط معروف أو تحتوي على العنوان أو الاسم أو المنشأة. عدة كلمات لا رابط بينها تصلح كلمة مرور جيدة.";
}
