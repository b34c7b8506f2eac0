//! A legal number stands on one entry of the tenant.

use application::accounting::number_series::gaps::gaps;

use super::{Books, codes, entry, seeded};
use crate::store::literal;

const PLAIN: [&str; 2] = ["5000 1 0", "1000 0 1"];

impl Books {
    /// Gives a journal a series of its own that prints what the general journal's prints, as no request can.
    async fn doubled(&self, journal: &str) {
        let place = &self.house.place;
        let twin = literal(place.dialect(), &seeded(2));
        let sql = format!(
            "INSERT INTO number_series (tenant_id, id, code, name_en, document_type, pattern, reset, gapless, active, created_at, \
             updated_at, version) SELECT tenant_id, {twin}, 'TWIN', 'Twin', document_type, 'GENERAL-{{FY}}-{{00000}}', reset, \
             gapless, active, created_at, updated_at, 1 FROM number_series WHERE code = 'ALL'; \
             UPDATE journal SET number_series_id = {twin} WHERE code = '{journal}';"
        );
        place.run(&sql).await.unwrap();
    }
}

#[tokio::test]
async fn a_second_entry_with_a_number_is_refused_by_name() {
    let books = Books::with_years(1).await;
    books.doubled("SALES").await;
    books.run(entry("GENERAL", "2025-03-31", &PLAIN)).await.unwrap();
    for _ in 0..2 {
        let refused = books.run(entry("SALES", "2025-03-31", &PLAIN)).await.unwrap_err();
        assert_eq!(codes(&refused), ["number_already_used"]);
        assert_eq!(refused.category(), domain::error::Category::Conflict);
    }
    books.run(entry("GENERAL", "2025-03-31", &PLAIN)).await.unwrap();
}

#[tokio::test]
async fn the_proof_of_a_series_tells_numbers_that_another_series_gave() {
    let books = Books::with_years(1).await;
    books.run(entry("GENERAL", "2025-03-31", &PLAIN)).await.unwrap();
    books.run(entry("SALES", "2025-03-31", &PLAIN)).await.unwrap();
    let series = books.ids("SELECT id FROM number_series WHERE tenant_id = ?1 AND code = 'ALL'").await[0];
    let whole =
        async || gaps((&*books.house.db, &*books.house.db), books.tenant, series.into()).await.unwrap();
    assert!(whole().await.gapless);
    let twin = "UPDATE journal_entry SET number = 'GENERAL-2025-00001', number_repeat = 1 WHERE number LIKE 'SALES%'";
    books.house.place.run(twin).await.unwrap();
    let view = whole().await;
    assert_eq!((view.gapless, view.periods[0].repeated), (false, 2));
}
