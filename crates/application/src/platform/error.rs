//! The errors of identities and tenants.

domain::errors! {
    WRONG_CREDENTIALS = "wrong_credentials", Malformed, User,
        "The e-mail address or the password is wrong, or the account is locked for a while after too many failed attempts.",
        "البريد الإلكتروني أو كلمة المرور غير صحيحة، أو أن الحساب مقفل مؤقتًا بعد محاولات فاشلة متكررة.";
    INVALID_REFRESH_TOKEN = "invalid_refresh_token", Malformed, Developer,
        "The refresh token is unknown, used, expired or revoked: sign in again.",
        "رمز التحديث غير معروف أو مستخدم أو منتهٍ أو ملغى: سجّل الدخول من جديد.";
    INVALID_CLIENT = "invalid_client", Unauthenticated, Developer,
        "The client id and secret are not those of an active API key.",
        "معرّف العميل وسره لا يطابقان مفتاح API فعالًا.";
    INVALID_TOKEN_REQUEST = "invalid_token_request", Malformed, Developer,
        "The token request is not complete: {reason}.", "طلب الرمز غير مكتمل: {reason}.";
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type", Malformed, Developer,
        "The grant type is not one of password, refresh_token and client_credentials.",
        "نوع المنح ليس من password أو refresh_token أو client_credentials.";
    INVALID_SCOPE = "invalid_scope", Malformed, Developer,
        "Tokens carry no scope; rights come from roles and from the scopes of the API key.",
        "الرموز لا تحمل نطاقًا؛ الصلاحيات تأتي من الأدوار ومن نطاقات مفتاح API.";
    WRONG_PASSWORD = "wrong_password", Rule, User,
        "The current password is wrong, or the account is locked for a while.",
        "كلمة المرور الحالية غير صحيحة، أو أن الحساب مقفل مؤقتًا.";
    USERS_ONLY = "users_only", Forbidden, Developer,
        "An API key cannot do this: sign in as a person.", "لا يمكن لمفتاح API القيام بذلك: سجّل الدخول كمستخدم.";
    SYSTEM_ROLE = "system_role", Conflict, User,
        "The role {role} belongs to the product and cannot be changed or deleted.",
        "الدور {role} من أدوار النظام ولا يمكن تعديله أو حذفه.";
    LAST_ADMINISTRATOR = "last_administrator", Conflict, Administrator,
        "Someone must remain an administrator without an expiry: appoint another one first.",
        "يجب أن يبقى مسؤول واحد على الأقل دون تاريخ انتهاء: عيّن مسؤولًا آخر أولًا.";
    GRANT_EXCEEDS_OWN = "grant_exceeds_own", Forbidden, Administrator,
        "You cannot give away the permission {permission}, which you do not hold yourself.",
        "لا يمكنك منح الصلاحية {permission} لأنك لا تملكها.";
    TARGET_EXCEEDS_OWN = "target_exceeds_own", Forbidden, Administrator,
        "This user holds the permission {permission}, which you do not: someone with at least the same rights must do it.",
        "يملك هذا المستخدم الصلاحية {permission} التي لا تملكها: يجب أن ينفذ ذلك من له الصلاحيات نفسها على الأقل.";
    UNKNOWN_PERMISSION = "unknown_permission", Rule, User,
        "There is no permission '{permission}'; see the list of permissions. A final * stands for everything below.",
        "لا توجد صلاحية '{permission}'؛ راجع قائمة الصلاحيات. العلامة * في النهاية تعني كل ما يندرج تحتها.";
    OWN_ACCOUNT = "own_account", Conflict, User,
        "The password and the address of this account belong to the person, and no one else can change them. Name, language, roles and sessions in this tenant can be changed.",
        "كلمة المرور وعنوان هذا الحساب يخصان صاحبه وحده ولا يغيّرهما سواه. أما الاسم واللغة والأدوار والجلسات في هذه المنشأة فيمكن تغييرها.";
    CURRENT_PASSWORD_NEEDED = "current_password_needed", Rule, User,
        "This is your own account: give your current password, too.",
        "هذا حسابك أنت: أدخل كلمة المرور الحالية أيضًا.";
    INVITATION_UNUSABLE = "invitation_unusable", Rule, User,
        "The invitation is unknown, expired, revoked or accepted already: ask for a new one.",
        "الدعوة غير معروفة أو منتهية أو ملغاة أو قُبلت من قبل: اطلب دعوة جديدة.";
    INVITATION_FOR_OTHER = "invitation_for_other", Conflict, User,
        "The invitation is for another address than yours. Sign in with that address, or accept it without signing in.",
        "هذه الدعوة موجهة إلى عنوان غير عنوانك. سجّل الدخول بذلك العنوان، أو اقبلها دون تسجيل الدخول.";
    INVITATION_VOID = "invitation_void", Conflict, User,
        "The sender of the invitation may no longer give what it promises: ask for a new one.",
        "لم يعد بإمكان مرسل الدعوة منح ما تعد به: اطلب دعوة جديدة.";
    INVITATION_CLOSED = "invitation_closed", Conflict, User,
        "The invitation is accepted or revoked already: invite anew.",
        "قُبلت الدعوة أو أُلغيت من قبل: أنشئ دعوة جديدة.";
    TOO_MANY_ATTEMPTS = "too_many_attempts", Throttled, User,
        "Too many wrong attempts from your address. Try again in {seconds} seconds.",
        "محاولات خاطئة كثيرة من عنوانك. أعد المحاولة بعد {seconds} ثانية.";
    HAS_ADMINISTRATOR = "has_administrator", Conflict, Operator,
        "This tenant has an administrator already: only its administrators invite further people.",
        "لهذه المنشأة مسؤول بالفعل: هو وحده من يدعو آخرين.";
    ALREADY_INVITED = "already_invited", Conflict, User,
        "This address is invited already: renew the invitation, or revoke it first.",
        "هذا العنوان مدعو بالفعل: جدّد الدعوة أو ألغها أولًا.";
    TOO_MANY_INVITATIONS = "too_many_invitations", Conflict, Administrator,
        "At most {max} invitations can be open at once: revoke some first.",
        "لا يمكن أن تزيد الدعوات المفتوحة على {max} دعوة: ألغ بعضها أولًا.";
    OWN_PASSWORD_NEEDED = "own_password_needed", Conflict, User,
        "Another person chose the password of your account: choose your own first (change password), then accept.",
        "كلمة مرور حسابك اختارها شخص آخر: اختر كلمة مرور خاصة بك أولًا ثم اقبل الدعوة.";
    PASSWORD_NOT_NEEDED = "password_not_needed", Rule, User,
        "You are signed in and keep your password: send none, or accept without signing in to make another account.",
        "أنت مسجل الدخول وتحتفظ بكلمة مرورك: لا ترسل كلمة مرور، أو اقبل الدعوة دون تسجيل الدخول لإنشاء حساب آخر.";
    EXPIRY_EXCEEDS_OWN = "expiry_exceeds_own", Forbidden, Developer,
        "The API key that asks expires at {expiresAt}: it cannot make or rotate one that lives longer.",
        "ينتهي مفتاح API المستخدم في {expiresAt}، فلا يمكنه إنشاء مفتاح أطول عمرًا أو تدويره.";
    USER_INACTIVE = "user_inactive", Conflict, User,
        "The user is deactivated in this tenant: activate the membership first.",
        "المستخدم معطل في هذه المنشأة: فعّل العضوية أولًا.";
    ALREADY_DONE = "already_done", Conflict, User,
        "It is already {state}.", "الحالة هي {state} بالفعل.";
    EXPIRY_PASSED = "expiry_passed", Rule, User,
        "The expiry lies in the past.", "تاريخ الانتهاء في الماضي.";
    API_KEY_REVOKED = "api_key_revoked", Conflict, User,
        "The API key is revoked; make a new one.", "مفتاح API ملغى؛ أنشئ مفتاحًا جديدًا.";
    OWN_TENANT = "own_tenant", Conflict, Operator,
        "You are signed in to this tenant, so you cannot suspend it: you could not activate it again.",
        "أنت مسجل الدخول في هذه المنشأة، ولن يبقى من يعيد تفعيلها.";
    UNKNOWN_SETTING = "unknown_setting", NotFound, Developer,
        "There is no setting '{key}'. Known: {known}.", "لا يوجد إعداد '{key}'. المعروف: {known}.";
    INVALID_SETTING = "invalid_setting", Rule, User,
        "The setting {key} takes {expected}.", "الإعداد {key} يقبل {expected}.";
    INVALID_CACHE_PATTERN = "invalid_cache_pattern", Rule, Developer,
        "A pattern has 1 to {max} characters and no control characters.",
        "يتكون النمط من 1 إلى {max} محرفًا دون محارف تحكم.";
    CACHE_PATTERN_OUTSIDE_TENANT = "cache_pattern_outside_tenant", Forbidden, Administrator,
        "The pattern must begin with your tenant's '{prefix}'; only the platform's administrator may flush other keys.",
        "يجب أن يبدأ النمط ببادئة منشأتك '{prefix}'؛ ومسؤول المنصة وحده يستطيع تفريغ مفاتيح أخرى.";
    TOO_MANY_MEMBERSHIPS = "too_many_memberships", Conflict, Administrator,
        "A person can belong to at most {max} tenants.", "لا يمكن للشخص الانتماء إلى أكثر من {max} منشأة.";
}
