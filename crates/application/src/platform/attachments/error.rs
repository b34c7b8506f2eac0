//! The errors of attachments.

domain::errors! {
    DOCUMENT_UNKNOWN = "document_unknown", Rule, User,
        "There is no {documentType} with the id {documentId}.", "لا يوجد مستند من نوع {documentType} بالمعرّف {documentId}.";
    TOO_MANY_ATTACHMENTS = "too_many_attachments", Conflict, User,
        "A document has at most {max} attachments.", "للمستند {max} مرفقًا على الأكثر.";
    ATTACHMENT_TOO_LARGE = "attachment_too_large", TooLarge, User,
        "The file has {size} bytes; at most {limit} are accepted (attachment_bytes_max).",
        "حجم الملف {size} بايت والحد الأقصى {limit} (attachment_bytes_max).";
    ATTACHMENT_EMPTY = "attachment_empty", Rule, User,
        "The file is empty.", "الملف فارغ.";
    ATTACHMENT_QUOTA_EXCEEDED = "attachment_quota_exceeded", Conflict, Administrator,
        "The files of this company would need {needed} bytes; it has {limit}. Delete some or ask for more.",
        "ملفات هذه المنشأة ستحتاج إلى {needed} بايت والمتاح {limit}. احذف بعضها أو اطلب مساحة إضافية.";
    ATTACHMENT_PROTECTED = "attachment_protected", Conflict, User,
        "The document is posted on {date}, which is closed or locked: its evidence stays as it is.",
        "المستند مرحّل بتاريخ {date} في فترة مقفلة أو محمية، ولذلك تبقى مستنداته كما هي.";
    ATTACHMENT_NOT_STORED = "attachment_not_stored", Conflict, User,
        "The file has not been uploaded and completed yet.", "لم يُرفع الملف ويُستكمل بعد.";
    ATTACHMENT_NOT_UPLOADED = "attachment_not_uploaded", Conflict, Developer,
        "Nothing was uploaded to the URL yet, or what was is gone. Upload it and complete again.",
        "لم يُرفع شيء إلى الرابط بعد أو أن المرفوع حُذف. ارفع الملف ثم أكمل من جديد.";
    ATTACHMENT_UPLOAD_EXPIRED = "attachment_upload_expired", Conflict, User,
        "The time for this upload is over. Begin a new one.", "انتهت مهلة هذا الرفع. ابدأ رفعًا جديدًا.";
}
