//! Single lines of a confirmed order are closed and reopened (R76).

use std::marker::PhantomData;

use async_trait::async_trait;
use domain::documents::progress::LineProgress;
use domain::documents::status::{DocumentStatus, Step};
use domain::error::{Violation, Violations};
use domain::tax::document::LINES_MAX;

use super::body::{NewPurchaseOrder, NewSalesOrder};
use super::reopened::check_reopened;
use crate::authorize::Access;
use crate::command::{Command, Done, check_version};
use crate::context::RequestContext;
use crate::documents::DocumentBody;
use crate::documents::error::{
    LINE_NAMED_TWICE, ORDER_LINE_UNKNOWN, ORDER_LINES_UNCHANGED, STEP_NOT_POSSIBLE,
};
use crate::documents::ports::DocumentId;
use crate::documents::steps::{keep, note, of_type};
use crate::documents::views::DocumentView;
use crate::error::AppResult;
use crate::request;
use crate::unit_of_work::UnitOfWork;
use crate::wire::{Int, List};

request! {
    /// Lines of an order.
    pub struct OrderLinesBody {
        /// The numbers of the lines in the order.
        lines: List<Int<1, { LINES_MAX as i64 }>, LINES_MAX, 1> = [2],
    }
}

/// A step on the lines of an order type, with its names in commands and operations.
pub trait LineStepping: Send + Sync + 'static {
    type Body: DocumentBody;
    /// The name of the command and the operation.
    const NAME: &'static str;
    const PATH: &'static str;
    const PERMISSION: &'static str;
    const SUMMARY: &'static str;
    const ABOUT: &'static str;
    const STEP: Step;
    /// The event.
    const ACTION: &'static str;

    fn moved(line: &LineProgress) -> LineProgress;
}

macro_rules! line_steps {
    ($($name:ident of $body:ident: $step:ident $moved:ident $action:literal, $id:literal, $path:literal, $permission:literal, $summary:literal, $about:literal;)*) => {$(
        #[doc = $summary]
        pub struct $name;

        impl LineStepping for $name {
            type Body = $body;
            const NAME: &'static str = $id;
            const PATH: &'static str = $path;
            const PERMISSION: &'static str = $permission;
            const SUMMARY: &'static str = $summary;
            const ABOUT: &'static str = $about;
            const STEP: Step = Step::$step;
            const ACTION: &'static str = $action;

            fn moved(line: &LineProgress) -> LineProgress {
                line.$moved()
            }
        }
    )*};
}

line_steps! {
    CloseSalesOrderLines of NewSalesOrder: Close close "lines_closed", "close_sales_order_lines", "/sales-orders/{id}/close-lines",
        "sales.sales_order.close", "Close lines of a sales order",
        "Cancels whatever of the lines has neither been delivered nor invoiced. The order and its other lines stay open, and a line \
         that is closed stays so when the order changes.";
    ReopenSalesOrderLines of NewSalesOrder: Reopen reopen "lines_reopened", "reopen_sales_order_lines", "/sales-orders/{id}/reopen-lines",
        "sales.sales_order.close", "Reopen lines of a sales order", "Undoes the closing of the lines: what was cancelled is open again.";
    ClosePurchaseOrderLines of NewPurchaseOrder: Close close "lines_closed", "close_purchase_order_lines", "/purchase-orders/{id}/close-lines",
        "purchase.purchase_order.close", "Close lines of a purchase order",
        "Cancels whatever of the lines has neither been received nor billed. The order and its other lines stay open, and a line that \
         is closed stays so when the order changes.";
    ReopenPurchaseOrderLines of NewPurchaseOrder: Reopen reopen "lines_reopened", "reopen_purchase_order_lines",
        "/purchase-orders/{id}/reopen-lines", "purchase.purchase_order.close", "Reopen lines of a purchase order",
        "Undoes the closing of the lines: what was cancelled is open again.";
}

/// `POST …/{id}/close-lines` and `…/{id}/reopen-lines`
pub struct StepLines<S> {
    pub id: DocumentId,
    pub body: OrderLinesBody,
    pub of: PhantomData<fn() -> S>,
}

#[async_trait]
impl<S: LineStepping> Command for StepLines<S> {
    const NAME: &'static str = S::NAME;
    const ACCESS: Access = Access::Permission(S::PERMISSION);
    type Output = DocumentView;

    async fn run(&self, ctx: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<DocumentView>> {
        let order = of_type(uow, self.id, S::Body::TYPE).await?;
        check_version(ctx, order.version)?;
        let number = order.number.clone().unwrap_or_else(|| self.id.to_string());
        if order.status != DocumentStatus::Confirmed {
            let refused = Violation::new(&STEP_NOT_POSSIBLE).with("number", number);
            return Err(refused.with("status", order.status).with("step", S::STEP).into());
        }
        let mut lines = uow.documents().line_progress(self.id).await?;
        let named = self.named(&lines, &number)?;
        let scale = uow.ledger().company_currency().await?.scale;
        if S::STEP == Step::Reopen {
            let reopened = lines.iter().filter(|line| named.contains(&line.line_no));
            check_reopened(ctx, uow, &order, reopened.map(|line| (*line, S::moved(line)))).await?;
        }
        let mut kept = Vec::with_capacity(named.len());
        for line in lines.iter_mut().filter(|line| named.contains(&line.line_no)) {
            let moved = S::moved(line);
            if moved != *line {
                *line = moved;
                kept.push((moved, order.exposure_of(&moved, scale)));
            }
        }
        if kept.is_empty() {
            return Err(Violation::new(&ORDER_LINES_UNCHANGED).with("number", number).into());
        }
        let document = keep(uow, order.clone(), Some(&order)).await?;
        uow.documents().move_line_progress(self.id, &kept).await?;
        let view = note(uow, &document, (None, scale), Some(&order.shown(None, scale)), S::ACTION);
        let view = view.with_progress(S::Body::TYPE, &lines);
        Ok(Done::of(view.id, view.version, view))
    }
}

impl<S> StepLines<S> {
    /// The numbers, each once and of a line of the order.
    fn named(&self, lines: &[LineProgress], number: &str) -> AppResult<Vec<u32>> {
        let (mut named, mut violations) = (Vec::new(), Violations::new());
        for (index, line) in self.body.lines.0.iter().enumerate() {
            let line = u32::try_from(line.0).unwrap_or(u32::MAX);
            let at = format!("/lines/{index}");
            if !lines.iter().any(|known| known.line_no == line) {
                let unknown = Violation::new(&ORDER_LINE_UNKNOWN).at(at).with("number", number);
                violations.push(unknown.with("line", line));
            } else if named.contains(&line) {
                violations.push(Violation::new(&LINE_NAMED_TWICE).at(at).with("line", line));
            } else {
                named.push(line);
            }
        }
        Ok(violations.into_result(named)?)
    }
}
