//! Quotations are sent and orders confirmed: they get a number and no longer are drafts.

use domain::documents::document_type::TradeSide;
use domain::documents::progress::LineProgress;
use domain::error::Violations;
use domain::money::Rate;

use crate::accounting::ports::books::Books;
use crate::context::RequestContext;
use crate::documents::numbering::take_number;
use crate::documents::ports::StoredDocument;
use crate::documents::steps::{keep, note};
use crate::documents::trade::{Prepared, keep_charges_of};
use crate::documents::views::DocumentView;
use crate::error::AppResult;
use crate::unit_of_work::UnitOfWork;

/// Sends a quotation or confirms an order, in the place of its draft if there is one.
pub(super) async fn confirm(
    ctx: &RequestContext,
    uow: &mut dyn UnitOfWork,
    mut books: Books,
    prepared: Prepared,
    draft: Option<&StoredDocument>,
) -> AppResult<DocumentView> {
    let mut violations = Violations::new();
    violations.extend(prepared.refusals.iter().cloned());
    if let Some(credit) = &prepared.credit {
        violations.check("", credit.check(ctx, uow, domain::money::Amount::ZERO).await?);
    }
    violations.into_result(())?;
    let document_type = prepared.document.document_type;
    let date = prepared.document.posting_date;
    books.learn_date(uow, date).await?;
    let of = (document_type, prepared.document.branch.as_ref());
    let (series, number) = take_number(uow, &books, of, date).await?;
    let document = StoredDocument {
        status: document_type.entered(),
        number: Some(number),
        series: Some(series),
        posted_at: Some(uow.now()),
        ..prepared.document.clone()
    };
    let document = keep(uow, document, draft).await?;
    let lines = if document_type.is_order() { progress(&prepared) } else { Vec::new() };
    let scale = prepared.money.company.scale;
    let kept: Vec<_> = lines.iter().map(|line| (*line, document.exposure_of(line, scale))).collect();
    uow.documents().insert_line_progress(document.id, document.party, &kept).await?;
    keep_charges_of(uow, &document).await?;
    let action = document_type.entered().as_str();
    let view = note(uow, &document, (None, prepared.money.currency.scale), None, action);
    Ok(view.with_progress(document_type, &lines))
}

/// The lines of an order that is confirmed just now. What each comes to is its share of the whole, so that the lines of an order
/// add up to it.
pub(super) fn progress(prepared: &Prepared) -> Vec<LineProgress> {
    let (money, lines) = (prepared.money, &prepared.order_lines);
    let total = prepared.calculation.totals.total;
    let total = total.convert(money.rate.unwrap_or(Rate::ONE), money.company.scale).unwrap_or(total);
    let weights: Vec<_> = lines.iter().map(|line| line.gross).collect();
    let shares = total.split(&weights, money.company.scale).unwrap_or_default();
    let share = |index: usize| shares.get(index).copied().unwrap_or_default();
    let line = |(index, line): (usize, &crate::documents::trade::OrderLine)| {
        let new = LineProgress::new(line.line_no, line.item, line.quantity, share(index));
        // Customers get no more than they ordered.
        match prepared.document.document_type.side() {
            TradeSide::Sale => new,
            TradeSide::Purchase => new.matched(line.beyond, line.two_way),
        }
    };
    lines.iter().enumerate().map(line).collect()
}
