//! Enumerations of documents as words of the API.

use domain::documents::document_type::{InvoiceKind, LineKind, PurchaseKind};
use domain::documents::money_document::PaymentMethod;
use domain::documents::note::NoteKind;
use domain::items::match_policy::MatchPolicy;

use crate::word_type;

word_type!(InvoiceKind, "invoiceKind");
word_type!(PurchaseKind, "purchaseKind");
word_type!(LineKind, "lineKind");
word_type!(NoteKind, "noteKind");
word_type!(MatchPolicy, "matchPolicy");
word_type!(PaymentMethod, "paymentMethod");
