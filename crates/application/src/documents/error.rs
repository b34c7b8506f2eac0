//! Errors of documents.

domain::errors! {
    DOCUMENT_NOT_DRAFT = "document_not_draft", Conflict, User,
        "{number} is no draft any more, so it no longer changes.", "لم يعد {number} مسودة، لذا لا يتغير بعد الآن.";
    DOCUMENT_NOT_POSTED = "document_not_posted", Conflict, User,
        "The document is {status}; only a posted one can be taken back.", "حالة المستند {status}؛ ولا يُسترد إلا المستند المرحّل.";
    DOCUMENT_POST_PERMISSION = "document_post_permission", Forbidden, Administrator,
        "Posting needs the permission {permission}. Without it, create a draft.",
        "يتطلب الترحيل الصلاحية {permission}. أنشئ مسودة إن لم تكن لديك.";
    DOCUMENT_SERIES_MISSING = "document_series_missing", Rule, Administrator,
        "No active number series numbers documents of the type {type}. Create one with this document type.",
        "لا يوجد تسلسل أرقام نشط للمستندات من النوع {type}. أنشئ تسلسلًا لهذا النوع.";
    DOCUMENT_TOTAL_ZERO = "document_total_zero", Rule, User,
        "The document comes to nothing, so there is nothing to post.", "إجمالي المستند صفر، فلا شيء يُرحّل.";
    PARTY_ROLE_MISSING = "party_role_missing", Rule, User,
        "Party {party} is not a {role}.", "الطرف {party} ليس {role}.";
    PARTY_ARCHIVED = "party_archived", Rule, User,
        "Party {party} is archived.", "الطرف {party} مؤرشف.";
    PARTY_BLOCKED = "party_blocked", Rule, User,
        "Party {party} is blocked: {reason}", "التعامل مع الطرف {party} موقوف: {reason}";
    PARTY_DIFFERS = "document_party_differs", Rule, User,
        "The document {number} is of another party.", "المستند {number} يخص طرفًا آخر.";
    CURRENCY_DIFFERS = "document_currency_differs", Rule, User,
        "The document {number} is in {currency}.", "المستند {number} بالعملة {currency}.";
    CORRECTED_NOT_POSTED = "corrected_not_posted", Rule, User,
        "Only a posted document is corrected, and {number} is {status}.", "لا يُصحح إلا مستند مرحّل، وحالة {number} هي {status}.";
    CORRECTED_MISSING = "corrected_missing", Rule, User,
        "Name the document that the note corrects: correctsId, or correctsNumber and correctsDate for one of another system.",
        "اذكر المستند الذي يصححه الإشعار: correctsId، أو correctsNumber وcorrectsDate لمستند من نظام آخر.";
    CORRECTED_IS_OWN = "corrected_is_own", Rule, User,
        "{number} is a document of the company: name it by correctsId, {id}, so that no more of it is taken back than there is.",
        "{number} مستند للمنشأة نفسها: اذكره في correctsId، وهو {id}، حتى لا يُسترد منه أكثر مما فيه.";
    CORRECTED_DATE_LATE = "corrected_date_late", Rule, User,
        "The note of {note} corrects a document that is later, of {date}.", "يصحح الإشعار المؤرخ {note} مستندًا بعده مؤرخًا {date}.";
    DISCOUNT_NOTE_NOT_CORRECTED = "discount_note_not_corrected", Conflict, User,
        "{number} is a discount for early payment: undo the allocation that took it.",
        "{number} خصم سداد مبكر: تراجع عن التخصيص الذي أخذه.";
    DEBIT_NOTE_TOOK_BACK = "debit_note_took_back", Conflict, User,
        "{number} took a credit note back, so what it asks for is the invoice's: correct the invoice.",
        "استرد {number} إشعارًا دائنًا، فما يطالب به هو للفاتورة: صحح الفاتورة.";
    NOTE_LINES_MISSING = "note_lines_missing", Rule, User,
        "Say what is credited: only notes of the kinds return and cancellation take everything that is left without lines.",
        "اذكر ما يُسترد: لا تسترد كل المتبقي دون سطور إلا إشعارات النوعين return وcancellation.";
    BUYER_ADDRESS_INCOMPLETE = "buyer_address_incomplete", Rule, User,
        "A standard invoice bears the buyer's address, and that of {party} lacks: {parts}.",
        "تتضمن الفاتورة الضريبية عنوان المشتري، وينقص عنوان {party}: {parts}.";
    SELLER_NOT_REGISTERED = "seller_not_registered", Rule, Administrator,
        "The company has no VAT number, so it charges no VAT: lines of the categories S and Z need one in the company profile.",
        "ليس للمنشأة رقم ضريبي، فلا تفرض ضريبة القيمة المضافة: تحتاج سطور الفئتين S وZ إلى رقم في ملف المنشأة.";
    BUYER_NOT_REGISTERED = "buyer_not_registered", Rule, Administrator,
        "The company has no VAT number, so it recovers no VAT, and tax code {code} does: name a code whose VAT is part of the cost, or give the number in the company profile.",
        "ليس للمنشأة رقم ضريبي فلا تسترد ضريبة القيمة المضافة، ورمز الضريبة {code} يستردها: اذكر رمزًا تدخل ضريبته في التكلفة، أو أدخل الرقم في ملف المنشأة.";
    LINE_TEXT_MISSING = "line_text_missing", Rule, User,
        "A line names an item, or says what it is for.", "يذكر السطر صنفًا أو وصفًا لما هو عنه.";
    LINE_PRICE_MISSING = "line_price_missing", Rule, User,
        "A line without an item has a price of its own.", "للسطر الذي لا يذكر صنفًا سعر خاص به.";
    LINE_ACCOUNT_UNFIT = "line_account_unfit", Rule, User,
        "Account {account} stands on no line of a document: {reason}.", "لا يُذكر الحساب {account} في سطر مستند: {reason}.";
    LINE_ITEM_DIFFERS = "line_item_differs", Rule, User,
        "The line corrects or bills line {line}, whose item is {item}: it keeps that item.",
        "يصحح السطر أو يفوتر السطر {line} وصنفه {item}: فيبقى على صنفه.";
    LINE_TAX_DIFFERS = "line_tax_differs", Rule, User,
        "The line corrects or bills line {line}, whose tax code is {code}: it keeps that code.",
        "يصحح السطر أو يفوتر السطر {line} ورمز ضريبته {code}: فيبقى على رمزه.";
    LINE_TAX_MISSING = "line_tax_missing", Rule, User,
        "Name the tax code: neither the item nor the party has one.", "اذكر رمز الضريبة: فليس للصنف ولا للطرف رمز.";
    TAX_ONLY_NOT_TAKEN = "tax_only_not_taken", Rule, User,
        "Only bills of the kind customs have lines of tax only.", "لا تتضمن سطور ضريبة فقط إلا فواتير الجمارك.";
    TAX_ONLY_MEMBER = "tax_only_member", Rule, User,
        "Only lines of the kind tax_only have this member.", "لا يكون هذا العنصر إلا لسطور الضريبة فقط.";
    TAX_ONLY_NEGATIVE = "tax_only_negative", Rule, User,
        "Base and tax of a line are not negative.", "لا يكون الوعاء ولا الضريبة في السطر سالبًا.";
    CUSTOMS_TAX_MISSING = "customs_tax_missing", Rule, User,
        "A bill of customs has a line of the kind tax_only with the import VAT.",
        "تتضمن فاتورة الجمارك سطر ضريبة فقط بضريبة الاستيراد.";
    CUSTOMS_NOT_CORRECTED = "customs_not_corrected", Conflict, User,
        "{number} is a bill of customs: reverse it and enter it again, because its base was not charged.",
        "{number} فاتورة جمارك: اعكسها وأدخلها من جديد، لأن وعاءها لم يُحمَّل.";
    QUANTITY_NOT_POSITIVE = "quantity_not_positive", Rule, User,
        "The quantity is greater than 0.", "الكمية أكبر من 0.";
    ITEM_BLOCKED = "item_blocked", Rule, User,
        "Item {item} is blocked: {reason}", "الصنف {item} موقوف: {reason}";
    STOCK_NOT_AVAILABLE = "stock_not_available", Rule, User,
        "Item {item} is of the kind stock. Its quantities are not kept yet, so no document with it is posted.",
        "الصنف {item} من نوع المخزون. لا تُحفظ كمياته بعد، لذا لا يُرحّل مستند يذكره.";
    DOCUMENT_RATE_NOT_ONE = "document_rate_not_one", Rule, User,
        "{currency} is the currency of the company, so its rate is 1, not {rate}. Name the currency of the document, or leave the rate out.",
        "{currency} عملة المنشأة وسعر صرفها 1 لا {rate}. اذكر عملة المستند أو احذف السعر.";
    TAX_DATE_LOCKED = "tax_date_locked", Rule, User,
        "The tax lock covers everything through {date}. The first open tax date is {first}, which you may give as taxDate.",
        "يشمل القفل الضريبي كل ما هو حتى {date}. أول تاريخ ضريبي مفتوح هو {first}، ويمكن إرساله في taxDate.";
    NOTE_BEFORE_DOCUMENT = "note_before_document", Rule, User,
        "{number} is dated {date}; a note that corrects it is not dated before that.",
        "{number} بتاريخ {date}؛ ولا يسبقه تاريخ الإشعار الذي يصححه.";
    DOCUMENT_WRITTEN_OFF = "document_written_off", Conflict, User,
        "{amount} of {number} were written off, so the customer would get a credit that nobody has paid. Reverse the write-off first.",
        "شُطب من {number} مبلغ {amount}، فيحصل العميل على رصيد لم يدفعه أحد. اعكس الشطب أولًا.";
    DUE_DATE_EARLY = "due_date_early", Rule, User,
        "The due date is not before the date of the document, {date}.", "لا يسبق تاريخ الاستحقاق تاريخ المستند {date}.";
    SUPPLIER_NUMBER_MISSING = "supplier_number_missing", Rule, User,
        "A bill is posted with the number that the supplier gave it.", "تُرحّل فاتورة المورد برقمها لديه.";
    SUPPLIER_INVOICE_EXISTS = "supplier_invoice_exists", Conflict, User,
        "The supplier's number {number} is on the document {id} already.", "رقم المورد {number} مسجل على المستند {id} من قبل.";
    SUPPLIER_TOTAL_DIFFERS = "supplier_total_differs", Rule, User,
        "The lines come to {computed}, but the supplier's document says {given}. Differences beyond {tolerance} are not taken over.",
        "مجموع السطور {computed}، بينما مستند المورد {given}. لا تُقبل فروق تتجاوز {tolerance}.";
    PAYMENT_REQUIRED = "payment_required", Rule, User,
        "Party {party} stands for customers who pay at once: send a payment of {amount} {currency} with the invoice.",
        "الطرف {party} يمثل عملاء يدفعون فورًا: أرسل مع الفاتورة دفعة قدرها {amount} {currency}.";
    CREDIT_LIMIT_EXCEEDED = "credit_limit_exceeded", Rule, User,
        "The credit limit of {party} is {limit}: {used} are open, and the document needs {needed}. Whoever has the permission sales.credit.override may post it with creditOverrideReason.",
        "حد ائتمان {party} هو {limit}: المفتوح {used}، ويحتاج المستند إلى {needed}. لمن لديه الصلاحية sales.credit.override أن يرحّله مع creditOverrideReason.";
    PAYMENT_NEEDS_POST = "payment_needs_post", Rule, User,
        "A payment comes with an invoice that is posted: send post: true.", "ترافق الدفعة فاتورة تُرحّل: أرسل post: true.";
    PREPAYMENT_EXCEEDED = "prepayment_exceeded", Rule, User,
        "{amount} of {number} are to be deducted, but {left} are left.", "المطلوب خصم {amount} من {number}، والمتبقي {left}.";
    PREPAYMENT_USED_UP = "prepayment_used_up", Rule, User,
        "Everything of {number} has been deducted already.", "خُصم كامل {number} من قبل.";
    PREPAYMENT_GROUP_MISSING = "prepayment_group_missing", Rule, User,
        "{number} has {left} left, charged as {groups}; the lines of the document have nothing of that left to deduct from.",
        "بقي من {number} مبلغ {left} خاضع للفئات {groups}؛ وليس في سطور المستند ما يُخصم منه.";
    PREPAYMENT_NAMED_TWICE = "prepayment_named_twice", Rule, User,
        "{number} is named twice among the prepayments.", "ذُكر {number} مرتين بين الدفعات المقدمة.";
    PREPAYMENT_DEDUCTED = "prepayment_deducted", Conflict, User,
        "Invoices have deducted everything of {number}: take those back first.",
        "خصمت فواتير كامل {number}: استردّها أولًا.";
    RETURN_PRICE_EXCEEDS = "return_price_exceeds", Rule, User,
        "Line {line} was charged at {price}, so no more of it comes back for each.",
        "سعر السطر {line} هو {price}، فلا يُسترد عن الواحدة أكثر منه.";
    PREPAYMENT_LATER = "prepayment_later", Rule, User,
        "{number} is of {date}, later than the invoice: its VAT was not owed yet.",
        "تاريخ {number} هو {date} بعد تاريخ الفاتورة، فلم تكن ضريبتها مستحقة بعد.";
    NOT_A_PREPAYMENT = "not_a_prepayment", Rule, User,
        "{number} is not a posted prepayment invoice.", "{number} ليست فاتورة دفعة مقدمة مرحّلة.";
    METHOD_ACCOUNT_UNFIT = "method_account_unfit", Rule, User,
        "Account {account} does not hold money: name an active posting account of type asset without control kind.",
        "الحساب {account} ليس حساب نقد: اذكر حساب ترحيل نشطًا من نوع أصل دون نوع رقابة.";
    DOCUMENT_IN_RETURN = "document_in_filed_return", Conflict, User,
        "The VAT of {number} is in a return that was filed. Make a credit note instead.",
        "ضريبة {number} ضمن إقرار قُدّم من قبل. أصدر إشعارًا دائنًا بدلًا من ذلك.";
    STEP_NOT_POSSIBLE = "step_not_possible", Conflict, User,
        "{number} is {status}, so it cannot take the step {step}.", "حالة {number} هي {status}، لذا لا يمكن تنفيذ الخطوة {step}.";
    ORDER_NOT_CONFIRMED = "order_not_confirmed", Conflict, User,
        "The order {number} is {status}; only a confirmed one is received, and only a confirmed or a closed one invoiced.",
        "حالة الأمر {number} هي {status}؛ ولا يُستلم إلا المؤكد، ولا يُفوتر إلا المؤكد أو المغلق.";
    ORDER_HAS_PROGRESS = "order_has_progress", Conflict, User,
        "Something of {number} has been delivered or invoiced already. Close the order instead: that cancels the rest.",
        "سُلّم أو فُوتر شيء من {number} من قبل. أغلق الأمر بدلًا من ذلك: يلغي ذلك ما بقي منه.";
    ORDER_FIXED = "order_fixed", Rule, User,
        "Something of the order has been delivered or invoiced already, so its party and its currency no longer change.",
        "سُلّم أو فُوتر شيء من الأمر من قبل، لذا لا يتغير طرفه ولا عملته.";
    ORDER_BRANCH_FIXED = "order_branch_fixed", Rule, User,
        "The order has a number of its branch, so the branch no longer changes.",
        "للأمر رقم من فرعه، لذا لا يتغير الفرع بعد الآن.";
    ORDER_LINE_UNKNOWN = "order_line_unknown", Rule, User,
        "{number} has no line {line}.", "لا يوجد في {number} سطر برقم {line}.";
    ORDER_LINES_UNCHANGED = "order_lines_unchanged", Conflict, User,
        "Nothing of the lines of {number} changes: they are closed or open already.",
        "لا يتغير شيء في سطور {number}: فهي مغلقة أو مفتوحة أصلًا.";
    CHARGE_BILLED = "charge_billed", Conflict, User,
        "The charge {charge} of the order has been invoiced already: leave it out.",
        "فُوتر الرسم {charge} من الأمر من قبل: احذفه.";
    ORDER_CHARGE_UNKNOWN = "order_charge_unknown", Rule, User,
        "{number} has no charge {charge}.", "لا يوجد في {number} رسم برقم {charge}.";
    NOTHING_OPEN = "nothing_open", Conflict, User,
        "Nothing of {number} is open to be invoiced.", "لا شيء من {number} مفتوح ليُفوتر.";
    LINE_NAMED_TWICE = "line_named_twice", Rule, User,
        "Line {line} is named twice.", "ذُكر السطر {line} مرتين.";
    LINE_MEMBER_UNFIT = "line_member_unfit", Rule, Developer,
        "Lines of documents of the type {type} do not take {member}.", "لا تقبل سطور المستندات من النوع {type} العضو {member}.";
    QUOTATION_EXPIRED = "quotation_expired", Conflict, User,
        "The quotation {number} was valid until {date}.", "كان عرض السعر {number} صالحًا حتى {date}.";
    QUOTATION_CONVERTED = "quotation_converted", Conflict, User,
        "The quotation {number} became the document {id} already.", "تحوّل عرض السعر {number} إلى المستند {id} من قبل.";
    VALID_UNTIL_EARLY = "valid_until_early", Rule, User,
        "The last day of a quotation is not before its date, {date}.", "لا يسبق آخر يوم لعرض السعر تاريخه {date}.";
    PRICE_MISMATCH = "price_mismatch", Rule, User,
        "Line {line} of {number} costs {ordered} for one base unit, and the bill asks for {billed}: both without VAT and after all discounts. Whoever has the permission purchase.invoice.accept_difference may accept it with acceptDifferenceReason.",
        "سعر وحدة الأساس في السطر {line} من {number} هو {ordered}، وفي الفاتورة {billed}: كلاهما دون الضريبة وبعد كل الخصومات. لمن لديه الصلاحية purchase.invoice.accept_difference أن يقبله مع acceptDifferenceReason.";
    CUSTOMS_TAX_DIFFERS = "customs_tax_differs", Rule, User,
        "{rate} % of {base} is {computed}, but {given} is given. Whoever has the permission purchase.invoice.accept_difference may accept it with acceptDifferenceReason.",
        "{rate}% من {base} هو {computed}، بينما المذكور {given}. لمن لديه الصلاحية purchase.invoice.accept_difference أن يقبله مع acceptDifferenceReason.";
    DOCUMENT_HAS_NOTES = "document_has_notes", Conflict, User,
        "Notes have taken something of {number} back. Reverse them first.", "استردت إشعارات شيئًا من {number}. اعكسها أولًا.";
}
