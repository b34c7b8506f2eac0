//! The body of a copy (R73): it says by itself what lines of the original take from an order, and names no order.

use serde_json::{Map, Value, json};

use super::ports::StoredDocument;
use super::views::DocumentLineView;

/// The members of a line that link it to an order.
const LINKS: [&str; 2] = ["orderId", "orderLineNo"];

/// The body of the document without links to orders. A line that had one keeps what it took from there.
pub(in crate::documents) fn without_links(stored: &StoredDocument) -> String {
    let Ok(mut body) = serde_json::from_str::<Value>(&stored.body) else { return stored.body.clone() };
    let mut had_order = false;
    let lines = body.get_mut("lines").and_then(Value::as_array_mut).into_iter().flatten();
    for (index, line) in lines.enumerate() {
        let Some(members) = line.as_object_mut() else { continue };
        let linked = LINKS.iter().filter(|link| members.remove(**link).is_some_and(|link| !link.is_null()));
        if linked.count() == 0 {
            continue;
        }
        had_order = true;
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        if let Some(shown) = stored.lines.iter().find(|shown| shown.line_no == number) {
            complete(members, shown);
        }
    }
    // The branch may have been that of the order.
    if let (true, Some(branch), Some(members)) = (had_order, &stored.branch, body.as_object_mut()) {
        let id = json!(branch.id.uuid());
        if ["branchId", "branchCode"].iter().all(|name| members.get(*name).is_none_or(Value::is_null)) {
            members.insert("branchId".to_owned(), id);
        }
    }
    body.to_string()
}

/// Gives a line what it does not say itself.
fn complete(members: &mut Map<String, Value>, shown: &DocumentLineView) {
    let says = |members: &Map<String, Value>, names: &[&str]| {
        names.iter().any(|name| members.get(*name).is_some_and(|value| !value.is_null()))
    };
    let mut give = |names: &[&str], value: Value| {
        if !value.is_null() && !says(members, names) {
            members.insert(names[0].to_owned(), value);
        }
    };
    give(&["itemId", "itemCode"], json!(shown.item_id));
    give(&["description"], json!(shown.description));
    give(&["unitId", "unitCode"], json!(shown.unit_id));
    give(&["discountPercent", "discountAmount"], json!(shown.discount_percent));
    give(&["discountAmount", "discountPercent"], json!(shown.discount_amount));
    give(&["taxCode"], json!(shown.tax_code));
    give(&["accountId", "accountCode"], json!(shown.account_id));
    give(&["dimensions"], json!(shown.dimensions));
    if !says(members, &["unitPrice"]) {
        members.insert("unitPrice".to_owned(), json!(shown.unit_price));
        members.insert("priceBaseQuantity".to_owned(), json!(shown.price_base_quantity));
    }
}
