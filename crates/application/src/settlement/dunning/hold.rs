//! `POST /dunning-holds`: items of which nobody is reminded, such as those in dispute.

use std::collections::BTreeSet;

use async_trait::async_trait;
use domain::documents::document_type::DocumentType;
use domain::error::{Violation, Violations};
use domain::settlement::open_item::OpenItemId;
use domain::text::DESCRIPTION_LENGTH_MAX;

use super::views::DunningHoldView;
use crate::authorize::Access;
use crate::changes::{record, unknown_reference};
use crate::command::{Command, Done};
use crate::context::RequestContext;
use crate::documents::ports::DocumentId;
use crate::error::AppResult;
use crate::request;
use crate::unit_of_work::UnitOfWork;
use crate::wire::{List, REQUIRED, RequiredText};

/// Most items of one request.
pub const HELD_ITEMS_MAX: usize = 1_000;

request! {
    /// Holds open items back from dunning, or releases them.
    pub struct HoldDunning as HoldDunningBody {
        /// The sales invoice or debit note whose open items are meant. Give either the document or open items.
        document_id: Option<DocumentId>,
        /// The open items.
        open_item_ids: Option<List<OpenItemId, HELD_ITEMS_MAX, 1>>,
        /// Whether nobody is reminded of them; `false` lets them be reminded of again.
        hold: bool => true,
        /// The reason; required to hold them back.
        reason: Option<RequiredText<DESCRIPTION_LENGTH_MAX>> = "The customer disputes the quantity",
    }
}

#[async_trait]
impl Command for HoldDunning {
    const NAME: &'static str = "hold_dunning";
    const ACCESS: Access = Access::Permission("settlement.open_item.hold");
    type Output = DunningHoldView;

    async fn run(&self, _: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<DunningHoldView>> {
        let mut violations = Violations::new();
        let reason = self.reason.as_deref().filter(|_| self.hold);
        if self.hold && reason.is_none() {
            violations.push(Violation::new(&REQUIRED).at("/reason"));
        }
        let ids = self.items(uow, &mut violations).await?;
        let ids = violations.into_result(ids)?;
        uow.dunning().hold_items(&ids, reason).await?;
        let view = DunningHoldView {
            hold: self.hold,
            reason: reason.map(str::to_owned),
            open_item_ids: ids.iter().map(|id| id.uuid()).collect(),
        };
        let action = if self.hold { "held" } else { "released" };
        for id in ids {
            let noted = serde_json::json!({ "id": id.uuid(), "dunningHoldReason": reason });
            record(uow, "open_item", id.uuid(), action, None, Some(&noted));
        }
        Ok(Done::new(view))
    }
}

impl HoldDunning {
    async fn items(
        &self,
        uow: &mut dyn UnitOfWork,
        violations: &mut Violations,
    ) -> AppResult<BTreeSet<OpenItemId>> {
        let Some(named) = &self.open_item_ids else { return self.of_document(uow, violations).await };
        let ids: BTreeSet<OpenItemId> = named.0.iter().copied().collect();
        let found = uow.open_items().open_items(&ids).await?;
        for (index, id) in named.0.iter().enumerate() {
            if !found.iter().any(|found| found.item.id == *id) {
                violations.push(unknown_reference(&format!("/openItemIds/{index}"), "open_item", id));
            }
        }
        Ok(ids)
    }

    async fn of_document(
        &self,
        uow: &mut dyn UnitOfWork,
        violations: &mut Violations,
    ) -> AppResult<BTreeSet<OpenItemId>> {
        let Some(id) = self.document_id else {
            violations.push(Violation::new(&REQUIRED).at("/openItemIds"));
            return Ok(BTreeSet::new());
        };
        let found = uow.documents().find_document(id).await?;
        let invoice = found.filter(|document| {
            matches!(document.document_type, DocumentType::SalesInvoice | DocumentType::SalesDebitNote)
        });
        let Some(entry) = invoice.and_then(|document| document.entry) else {
            violations.push(unknown_reference("/documentId", "sales_invoice", id));
            return Ok(BTreeSet::new());
        };
        let items = uow.open_items().open_items_of_entries(&BTreeSet::from([entry])).await?;
        Ok(items.into_iter().map(|item| item.id).collect())
    }
}
