//! Lists as a client walks through them: expanded lines, alternatives of conditions, counts, cursors.

use serde_json::{Value, json};
use testkit::world::entry;
use testkit::{TenantKit, World};

const SALE: &[(&str, &str, &str)] = &[("1000", "115.00", ""), ("4000", "", "115.00")];

async fn books() -> (World, TenantKit) {
    World::books_of(&[("1000", "asset"), ("4000", "income"), ("6000", "expense")]).await
}

async fn import(tenant: &TenantKit, rows: &str) {
    let path = "/imports?type=journal-entries&post=true&createPeriods=true&createDimensions=true";
    tenant
        .client
        .call("POST", path, &["Content-Type: text/csv", "Prefer: wait=60"], rows.to_owned())
        .await
        .expect(200);
}

/// All items of a list, page by page.
async fn walk(tenant: &TenantKit, path: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = tenant.client.get(&format!("{path}{cursor}")).await.ok();
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        let Some(next) = page["nextCursor"].as_str() else { return items };
        cursor = format!("&cursor={next}");
    }
}

#[tokio::test]
async fn expanded_entries_are_the_entries_one_by_one() {
    let (_world, tenant) = books().await;
    let client = &tenant.client;
    let rows = "entry,date,account,debit,credit,currency,project,branch\n\
        1,2026-01-15,1000,115.00,,,P1,R\n1,2026-01-15,4000,,115.00,,P1,\n\
        2,2026-01-16,6000,10.00,,,P2,J\n2,2026-01-16,1000,,10.00,,,\n";
    import(&tenant, rows).await;
    client.post("/currencies", json!({ "code": "KWD", "name": { "en": "Dinar" } })).await.expect(201);
    let rate = json!({ "currency": "KWD", "date": "2026-01-01", "rate": "12.2" });
    client.post("/exchange-rates", rate).await.expect(201);
    for post in [true, false] {
        let mut foreign = entry("2026-03-02", SALE, post);
        foreign["currency"] = json!("KWD");
        foreign["lines"][0]["dimensions"] = json!({ "project": "P1" });
        client.post("/journal-entries", foreign).await.expect(201);
    }
    client.post("/journal-entries", entry("2026-03-01", SALE, false)).await.expect(201);

    let shown = walk(&tenant, "/journal-entries?expand=lines&limit=2").await;
    assert_eq!(shown.len(), 5);
    for entry in &shown {
        let path = format!("/journal-entries/{}", entry["id"].as_str().unwrap());
        assert_eq!(*entry, client.get(&path).await.ok());
    }
    let text = Value::from(shown).to_string();
    assert!(text.contains(r#""project":"P1""#) && text.contains(r#""debit":"115.000""#), "{text}");
    let plain = client.get("/journal-entries").await.ok();
    assert!(plain["items"][0].get("lines").is_none_or(Value::is_null), "{plain}");

    let lines = walk(&tenant, "/ledger-lines?limit=3").await;
    assert_eq!(lines.iter().filter(|line| line["dimensions"]["project"] == "P1").count(), 3);
}

#[tokio::test]
async fn expanded_templates_are_the_templates_one_by_one() {
    let (_world, tenant) = books().await;
    for code in ["RENT", "FEES", "LEASE"] {
        let body = json!({
            "code": code, "name": { "en": code }, "startDate": "2026-04-01",
            "schedule": { "frequency": "monthly", "dayOfMonth": 1, "interval": 1 },
            "lines": entry("2026-04-01", SALE, false)["lines"],
        });
        tenant.client.post("/recurring-entries", body).await.expect(201);
    }
    let shown = walk(&tenant, "/recurring-entries?expand=lines&limit=2").await;
    assert_eq!(shown.len(), 3);
    for template in shown {
        let path = format!("/recurring-entries/{}", template["id"].as_str().unwrap());
        assert_eq!(template, tenant.client.get(&path).await.ok());
    }
}

/// A page of a thousand long entries would be a million lines.
#[tokio::test]
async fn a_page_ends_before_it_shows_too_many_lines() {
    let (_world, tenant) = books().await;
    let mut rows = "entry,date,account,debit,credit\n".to_owned();
    for number in 1..=22 {
        rows.push_str(&format!("{number},2026-01-15,1000,1000,\n"));
        (0..1_000).for_each(|_| rows.push_str(&format!("{number},2026-01-15,4000,,1\n")));
    }
    import(&tenant, &rows).await;
    let path = "/journal-entries?expand=lines&fields=id,lineCount&sort=number&limit=1000";
    let first = tenant.client.get(path).await.ok();
    assert_eq!(first["items"].as_array().unwrap().len(), 20, "20 times 1,000 shown lines");
    assert_eq!(walk(&tenant, path).await.len(), 22);
    assert_eq!(walk(&tenant, "/journal-entries?limit=1000").await.len(), 22, "without lines it is one page");
}

/// The codes of accounts a list shows.
fn codes(items: &[Value]) -> Vec<&str> {
    items.iter().map(|item| item["code"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn alternatives_find_what_any_of_them_finds() {
    let (_world, tenant) = books().await;
    tenant.accounts(&[("2000", "liability")]).await;
    let petty = json!({ "code": "3000", "name": { "en": "Petty, (\"old\")" }, "type": "equity" });
    tenant.client.post("/accounts", petty).await.expect(201);
    let cases = [
        ("or=(type=asset,type=income)", vec!["1000", "4000"]),
        ("or=(type=asset,code[gte]=4000)&sort=-code", vec!["6000", "4000", "1000"]),
        ("or=(and(type=expense,active=true),and(type=asset,active=false))", vec!["6000"]),
        ("or=(code[in]=(1000,2000),type=equity)", vec!["1000", "2000", "3000"]),
        (r#"or=(name="PETTY, (\"o",code="none")"#, vec!["3000"]),
        ("type[ne]=asset&or=(type=asset,type=income)", vec!["4000"]),
        ("or=(and(or(type=asset,type=income),code[like]=40))", vec!["4000"]),
        ("or=(name=petty,code=2000)", vec!["2000", "3000"]),
        ("or=(code=nothing)", vec![]),
    ];
    for (query, expected) in cases {
        let query = query.replace(' ', "%20").replace('"', "%22");
        let answer = tenant.client.get(&format!("/accounts?{query}&count=exact")).await.ok();
        assert_eq!(codes(answer["items"].as_array().unwrap()), expected, "{query}");
        assert_eq!(answer["total"], expected.len(), "{query}");
        let walked = walk(&tenant, &format!("/accounts?{query}&limit=1")).await;
        assert_eq!(codes(&walked), expected, "one by one: {query}");
    }
    let csv = "/accounts?or=(type=asset,type=income)&fields=code";
    let csv = tenant.client.call("GET", csv, &["Accept: text/csv"], "").await.expect(200);
    assert_eq!(csv.text(), "code\r\n1000\r\n4000\r\n");
}

/// A cursor stands in one order; the alternatives beside it must neither repeat nor skip an entry.
#[tokio::test]
async fn pages_of_alternatives_neither_repeat_nor_skip() {
    let (_world, tenant) = books().await;
    let mut rows = "entry,date,description,account,debit,credit\n".to_owned();
    for number in 0..60 {
        let (day, text) = (1 + number % 4, ["rent", "sale", "fee"][number % 3]);
        for line in ["1000,7,", "4000,,7"] {
            rows.push_str(&format!("{number},2026-01-0{day},{text} {number},{line}\n"));
        }
    }
    import(&tenant, &rows).await;
    tenant.client.post("/journal-entries", entry("2026-01-02", SALE, false)).await.expect(201);
    let filter =
        "or=(description[like]=rent,and(description[like]=SALE,postingDate=2026-01-02),status=draft)";
    let wanted = |entry: &&Value| {
        let text = entry["description"].as_str().unwrap_or_default();
        let sale = text.contains("sale") && entry["postingDate"] == "2026-01-02";
        text.contains("rent") || sale || entry["status"] == "draft"
    };
    for sort in ["id", "-postingDate,number", "number", "postingDate,-id"] {
        let all = walk(&tenant, &format!("/journal-entries?sort={sort}&limit=1000")).await;
        let expected: Vec<&Value> = all.iter().filter(wanted).collect();
        assert!(expected.len() > 20 && expected.len() < 40, "{}", expected.len());
        let found = walk(&tenant, &format!("/journal-entries?sort={sort}&limit=3&{filter}")).await;
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{sort}");
    }
    let lines = walk(&tenant, "/ledger-lines?limit=7&sort=-postingDate").await;
    let some = "or=(postingDate=2026-01-01,postingDate[gt]=2026-01-03)";
    let found = walk(&tenant, &format!("/ledger-lines?limit=4&sort=-postingDate&{some}")).await;
    let on = |line: &&Value| ["2026-01-01", "2026-01-04"].contains(&line["postingDate"].as_str().unwrap());
    assert_eq!(found.iter().collect::<Vec<_>>(), lines.iter().filter(on).collect::<Vec<_>>());
}

/// Alternatives show only one's own rows, even if they name the other tenant's ids.
#[tokio::test]
async fn alternatives_never_show_another_tenants_rows() {
    let world = World::new().await;
    let [ours, theirs] =
        [world.tenant("ours", "SAR", "empty").await, world.tenant("theirs", "SAR", "empty").await];
    for (tenant, code) in [(&ours, "OURS"), (&theirs, "THEIRS")] {
        tenant.accounts(&[("1000", "asset"), ("4000", "income")]).await;
        tenant.post("2026-03-01", SALE).await;
        tenant.client.post("/dimensions", json!({ "code": code, "name": { "en": code } })).await.expect(201);
    }
    let lists = [
        "accounts",
        "journal-entries",
        "ledger-lines",
        "journals",
        "number-series",
        "dimensions",
        "fiscal-years",
        "fiscal-periods",
        "users",
        "roles",
        "audit-log",
        "currencies",
    ];
    for list in lists {
        let own = walk(&ours, &format!("/{list}?limit=1000")).await;
        let foreign = theirs.client.get(&format!("/{list}?limit=1")).await.ok()["items"][0].clone();
        assert!(!own.is_empty() && !own.contains(&foreign), "{list}");
        let (field, value) = match foreign["id"].as_str().or(foreign["entryId"].as_str()) {
            Some(id) if foreign.get("id").is_some() => ("id", id),
            Some(id) => ("entryId", id),
            None => ("code", "ZZZ"),
        };
        for any in
            [format!("{field}={value},{field}[ne]={value}"), format!("{field}[ne]={value},{field}={value}")]
        {
            let found = walk(&ours, &format!("/{list}?limit=1000&or=({any})")).await;
            assert_eq!(found, own, "{list}: {any}");
            let counted = ours.client.get(&format!("/{list}?limit=1&count=exact&or=({any})")).await.ok();
            assert_eq!(counted["total"], own.len(), "{list}: {any}");
        }
        let only = walk(&ours, &format!("/{list}?or=({field}={value})&limit=10")).await;
        assert_eq!(only, Vec::<Value>::new(), "{list}");
    }
}

#[tokio::test]
async fn wrong_alternatives_are_refused_in_both_languages() {
    let (_world, tenant) = books().await;
    let many = (0..21).map(|n| format!("code={n}")).collect::<Vec<_>>().join(",");
    let cases = [
        (
            "or=(type=lost,colour=red,code[near]=1,active=maybe)",
            vec!["invalid_parameter", "unknown_parameter", "unknown_parameter", "invalid_parameter"],
        ),
        ("or=type=asset", vec!["invalid_or"]),
        ("or=()", vec!["invalid_or"]),
        ("or=(type=asset", vec!["invalid_or"]),
        ("or=(type=asset))", vec!["invalid_or"]),
        ("or=(type=asset,)", vec!["invalid_or"]),
        ("or=(type)", vec!["invalid_or"]),
        ("or=(code=%22open)", vec!["invalid_or"]),
        ("or=(code=%22x%22y)", vec!["invalid_or"]),
        ("or=(code=(1,2))", vec!["invalid_parameter"]),
        ("or=(and(or(and(code=1))))", vec!["filters_too_deep"]),
        ("or=(code=1)&or=(code=2)", vec!["invalid_parameter"]),
        (
            "limit=0&or=(code[like]=)&colour=1",
            vec!["invalid_parameter", "invalid_parameter", "unknown_parameter"],
        ),
        (&format!("or=({many})"), vec!["too_many_filters"]),
        (&format!("or=(code={})", "x".repeat(8_000)), vec!["parameter_too_long"]),
    ];
    for (query, expected) in cases {
        let refused = tenant.client.get(&format!("/accounts?{query}")).await.expect(400);
        let document = refused.json();
        let codes: Vec<String> = match refused.errors().as_slice() {
            [] => vec![refused.code()],
            errors => errors.iter().map(|(_, code)| code.clone()).collect(),
        };
        assert_eq!(codes, expected, "{query}: {document}");
        let arabic = format!("/accounts?{query}");
        let arabic =
            tenant.client.call("GET", &arabic, &["Accept-Language: ar"], "").await.expect(400).json();
        let text = arabic["errors"][0]["detail"].as_str().or(arabic["detail"].as_str()).unwrap();
        assert!(
            text.contains("المعامل")
                || text.contains("'or'")
                || text.contains("الشروط")
                || text.contains("ليس"),
            "{text}"
        );
    }
    let unknown = tenant.client.get("/accounts?or=(limit=1)").await.expect(400).json();
    assert!(unknown["detail"].as_str().unwrap().contains("and(…), or(…), id, code"), "{unknown}");
}

#[tokio::test]
async fn an_estimate_is_exact_until_it_would_cost_too_much() {
    let (_world, tenant) = books().await;
    let few = tenant.client.get("/accounts?count=estimated&limit=1").await.ok();
    assert_eq!((&few["total"], &few["totalRelation"]), (&json!(3), &json!("exact")));
    let exact = tenant.client.get("/accounts?count=exact&limit=1&fields=code").await.ok();
    assert_eq!((&exact["total"], exact.get("totalRelation")), (&json!(3), None));
    let plain = tenant.client.get("/accounts?limit=1").await.ok();
    assert_eq!((plain.get("total"), plain.get("totalRelation")), (None, None));
    let mut rows = "entry,date,account,debit,credit\n".to_owned();
    for number in 1..=11 {
        rows.push_str(&format!("{number},2026-01-15,1000,1000,\n"));
        (0..1_000).for_each(|_| rows.push_str(&format!("{number},2026-01-15,4000,,1\n")));
    }
    import(&tenant, &rows).await;
    let many = tenant.client.get("/ledger-lines?count=estimated&limit=1").await.ok();
    assert_eq!((&many["total"], &many["totalRelation"]), (&json!(10_000), &json!("atLeast")));
    let all = tenant.client.get("/ledger-lines?count=exact&limit=1").await.ok();
    assert_eq!(all["total"], 11_011);
    let entries = tenant.client.get("/journal-entries?count=estimated&limit=2&or=(status=posted)").await.ok();
    assert_eq!((&entries["total"], &entries["totalRelation"]), (&json!(11), &json!("exact")));
}

#[tokio::test]
async fn signs_of_patterns_are_letters_like_others() {
    let (_world, tenant) = books().await;
    for text in ["50% off", "50x off", "a[b]c", "abc", "x_y", "xzy", r"back\slash"] {
        let mut body = entry("2026-03-01", SALE, false);
        body["description"] = json!(text);
        tenant.client.post("/journal-entries", body).await.expect(201);
    }
    for (typed, expected) in
        [("50%25", "50% off"), ("a[b", "a[b]c"), ("X_y", "x_y"), ("k%5Cs", r"back\slash")]
    {
        let found = walk(&tenant, &format!("/journal-entries?description[like]={typed}")).await;
        let found: Vec<_> = found.iter().map(|entry| entry["description"].as_str().unwrap()).collect();
        assert_eq!(found, [expected], "{typed}");
    }
    let unnumbered = walk(&tenant, "/journal-entries?number[isNull]=true").await;
    assert_eq!(unnumbered.len(), 7, "drafts have no number yet");
}
