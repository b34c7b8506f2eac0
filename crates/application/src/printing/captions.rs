//! The words of printed documents.

use domain::error::Phrase;

macro_rules! words {
    ($($name:ident = $en:literal, $ar:literal;)*) => {
        $(pub(super) const $name: Phrase = Phrase::new($en, $ar);)*
    };
}

words! {
    TAX_INVOICE = "Tax invoice", "فاتورة ضريبية";
    SIMPLIFIED_INVOICE = "Simplified tax invoice", "فاتورة ضريبية مبسطة";
    PREPAYMENT_INVOICE = "Tax invoice for a prepayment", "فاتورة ضريبية لدفعة مقدمة";
    INVOICE = "Invoice", "فاتورة";
    CREDIT_NOTE = "Credit note", "إشعار دائن";
    DEBIT_NOTE = "Debit note", "إشعار مدين";
    RECEIPT = "Receipt voucher", "سند قبض";
    PAYMENT = "Payment voucher", "سند صرف";
    DRAFT = "Draft", "مسودة";
    REVERSED = "Cancelled", "ملغى";
    SELLER = "Seller", "البائع";
    BUYER = "Buyer", "المشتري";
    NAME = "Name", "الاسم";
    VAT_NUMBER = "VAT number", "الرقم الضريبي";
    CR_NUMBER = "Commercial registration", "السجل التجاري";
    ADDRESS = "Address", "العنوان";
    BRANCH = "Branch", "الفرع";
    NUMBER = "Number", "الرقم";
    ISSUE_DATE = "Issue date", "تاريخ الإصدار";
    SUPPLY_DATE = "Date of supply", "تاريخ التوريد";
    DUE_DATE = "Due date", "تاريخ الاستحقاق";
    DATE = "Date", "التاريخ";
    REFERENCE = "Reference", "المرجع";
    CURRENCY = "Currency", "العملة";
    RATE = "Exchange rate", "سعر الصرف";
    CORRECTS = "Original invoice", "الفاتورة الأصلية";
    CORRECTS_DATE = "Date of the original invoice", "تاريخ الفاتورة الأصلية";
    REASON = "Reason", "السبب";
    LINE = "#", "م";
    DESCRIPTION = "Description", "البيان";
    QUANTITY = "Quantity", "الكمية";
    UNIT_PRICE = "Unit price", "سعر الوحدة";
    DISCOUNT = "Discount", "الخصم";
    VAT_RATE = "VAT rate", "نسبة الضريبة";
    NET = "Net", "الصافي";
    VAT_AMOUNT = "VAT amount", "مبلغ الضريبة";
    GROSS = "Total including VAT", "الإجمالي شامل الضريبة";
    TAX_CATEGORY = "VAT treatment", "المعاملة الضريبية";
    TAXABLE = "Taxable amount", "المبلغ الخاضع للضريبة";
    STANDARD_RATED = "Standard rate", "خاضع للنسبة الأساسية";
    ZERO_RATED = "Zero rate", "خاضع لنسبة الصفر";
    EXEMPT = "Exempt", "معفى من الضريبة";
    OUT_OF_SCOPE = "Outside the scope of VAT", "خارج نطاق الضريبة";
    LINES_TOTAL = "Total of lines", "مجموع البنود";
    CHARGES = "Charges", "الرسوم";
    NET_TOTAL = "Total excluding VAT", "الإجمالي غير شامل الضريبة";
    VAT_TOTAL = "Total VAT", "إجمالي ضريبة القيمة المضافة";
    PREPAID = "Prepaid", "المدفوع مقدمًا";
    PAID = "Paid", "المدفوع";
    CREDITED = "Amount credited", "مبلغ الإشعار الدائن";
    PAYABLE = "Amount due", "المبلغ المستحق";
    IN_WORDS = "Amount in words", "المبلغ كتابة";
    INSTALMENTS = "Instalments", "الدفعات";
    PREPAYMENT = "Prepayment invoice", "فاتورة الدفعة المقدمة";
    NOTES = "Notes", "ملاحظات";
    RECEIVED_FROM = "Received from", "استلمنا من";
    PAID_TO = "Paid to", "صُرف إلى";
    METHOD = "Method", "طريقة الدفع";
    CASH = "Cash", "نقدًا";
    BANK_TRANSFER = "Bank transfer", "تحويل بنكي";
    CARD = "Card", "بطاقة";
    CHEQUE = "Cheque", "شيك";
    ACCOUNT = "Account", "الحساب";
    AMOUNT = "Amount", "المبلغ";
    BANK_CHARGES = "Bank charges", "رسوم بنكية";
    REMINDER = "Payment reminder", "إشعار مطالبة بالسداد";
    CUSTOMER = "Customer", "العميل";
    LEVEL = "Level", "المستوى";
    ITEM_NUMBER = "Document", "المستند";
    DAYS_OVERDUE = "Days overdue", "أيام التأخر";
    OPEN_AMOUNT = "Amount due", "المبلغ المستحق";
    OVERDUE_TOTAL = "Total overdue", "إجمالي المتأخرات";
    UNALLOCATED = "Payments not allocated", "مدفوعات غير مخصصة";
    FEE_INVOICE = "Fee invoice", "فاتورة الرسوم";
    UNDONE = "Undone", "ملغى";
    PRINTED_ON = "Printed on", "تاريخ الطباعة";
    PAGE = "Page {page} of {pages}", "صفحة {page} من {pages}";
}
