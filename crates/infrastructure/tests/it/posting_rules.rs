//! Posting rules up to their limit, as posting remembers them.

use application::accounting::posting_rules::NewPostingRule;
use application::authorize::Access;
use application::command::{Command, Done};
use application::context::RequestContext;
use application::error::AppResult;
use application::master_data::{Create, Records};
use application::unit_of_work::UnitOfWork;
use async_trait::async_trait;
use domain::accounting::posting_rule::{POSTING_RULES_MAX, PostingKeys, PostingRule, PostingSlot};
use domain::items::item::ItemKind;
use domain::text::Code;

use crate::periods::{Books, codes};

/// Stores so many rules at once, each for a group of its own.
struct Many(usize);

#[async_trait]
impl Command for Many {
    const NAME: &'static str = "many_posting_rules";
    const ACCESS: Access = Access::Permission("accounting.posting_rule.create");
    type Output = usize;

    async fn run(&self, _: &RequestContext, uow: &mut dyn UnitOfWork) -> AppResult<Done<usize>> {
        let named = ["4000".to_owned()].into();
        let account_id = uow.ledger().accounts_by_code(&named).await?["4000"];
        for _ in 0..self.0 {
            let keys = PostingKeys { party_group: Some(uow.new_id().into()), ..PostingKeys::default() };
            let id = uow.new_id().into();
            let rule = PostingRule { id, slot: PostingSlot::Revenue, keys, account_id, version: 1 };
            Records::<PostingRule>::insert(uow, &rule).await?;
        }
        Ok(Done::new(uow.posting_rules().posting_profile().await?.rules().len()))
    }
}

fn revenue(item_kind: ItemKind) -> Create<PostingRule> {
    Create::of(NewPostingRule {
        slot: PostingSlot::Revenue,
        party_group_id: None,
        party_group_code: None,
        item_category_id: None,
        item_category_code: None,
        item_kind: Some(item_kind),
        tax_code_id: None,
        tax_code: None,
        tax_category: None,
        currency: None,
        account_id: None,
        account_code: Code::parse("4000").ok(),
    })
}

#[tokio::test]
async fn a_tenant_has_at_most_so_many_rules() {
    let books = Books::new().await;
    let stored = books.run(Many(POSTING_RULES_MAX - 1)).await.unwrap();
    assert_eq!(stored, POSTING_RULES_MAX - 1);
    books.run(revenue(ItemKind::Service)).await.unwrap();
    let refused = books.run(revenue(ItemKind::Charge)).await.unwrap_err();
    assert_eq!(codes(&refused), ["posting_rules_too_many"]);
}
