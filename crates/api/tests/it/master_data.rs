//! The behaviour that all resources of master data share, tried with the example of each in the document; a new resource is
//! tried without being named here.

use std::collections::BTreeMap;

use application::master_data::registry::RESOURCES;
use application::master_data::{Caching, Resource};
use erp_api::bootstrap::api_operations;
use serde_json::{Value, json};
use testkit::world::PASSWORD;
use testkit::{Answer, Client, World};

/// The complete example of the body that creates one.
pub fn example(document: &Value, resource: &Resource) -> Value {
    let path = format!("/paths/~1api~1v1{}", resource.path.replace('/', "~1"));
    let body = format!("{path}/post/requestBody/content/application~1json/schema/$ref");
    let schema = document.pointer(&body).and_then(Value::as_str).unwrap_or_else(|| panic!("{body}"));
    let example = document.pointer(&format!("{}/examples/0", schema.trim_start_matches('#')));
    example.cloned().unwrap_or_else(|| panic!("{schema} has no complete example"))
}

/// Makes what the examples mention and a tenant may lack: their account, currency and dimension with its value, their unit, category and item.
pub async fn make_mentioned(client: &Client) {
    let account = json!({ "code": "4110", "name": { "en": "Sales" }, "type": "income" });
    let currency = json!({ "code": "USD", "name": { "en": "US dollar" } });
    let dimension = json!({ "code": "cost-centre", "name": { "en": "Cost centre" } });
    let unit = json!({ "code": "PCE", "name": { "en": "Piece" }, "uneceCode": "H87" });
    let category = json!({ "code": "GOODS", "name": { "en": "Goods" } });
    let item = json!({
        "code": "P-100", "name": { "en": "Lamp" }, "kind": "stock", "categoryCode": "GOODS", "baseUnitCode": "PCE",
    });
    let value = json!({ "code": "ADMIN", "name": { "en": "Administration" } });
    for (path, body) in [
        ("/accounts", account),
        ("/currencies", currency),
        ("/dimensions", dimension),
        ("/units", unit),
        ("/item-categories", category),
        ("/items", item),
    ] {
        let status = client.post(path, body).await.status.as_u16();
        assert!(matches!(status, 201 | 409 | 422), "{path}: {status}");
    }
    let dimension = client.get("/dimensions?code=cost-centre").await.ok()["items"][0]["id"].clone();
    let values = format!("/dimensions/{}/values", dimension.as_str().unwrap());
    client.post(&values, json!({ "code": "ADMIN", "name": { "en": "Administration" } })).await.expect(201);
    let dimensions = client.get("/dimensions?code=cost-centre").await.ok();
    let values = format!("/dimensions/{}/values", dimensions["items"][0]["id"].as_str().unwrap());
    client.post(&values, value).await;
}

/// The example, with a person who is there where it names one.
async fn body_of(client: &Client, document: &Value, resource: &Resource) -> Value {
    let mut body = example(document, resource);
    for member in ["toUserId", "userId"] {
        if body.get(member).is_some() {
            body[member] = json!(somebody(client).await);
        }
    }
    if body.get("budgetCode").is_some() {
        let budget = json!({ "code": "2026", "name": { "en": "2026" }, "fiscalYearCode": "2026" });
        client.post("/budgets", budget).await;
    }
    body
}

/// Another user of the caller's tenant, who may do everything.
async fn somebody(client: &Client) -> String {
    let code = client.get("/tenants/current").await.ok()["code"].as_str().unwrap().to_owned();
    let email = format!("somebody@{code}.example");
    let known = client.get("/users?limit=1000").await.ok();
    let known =
        known["items"].as_array().unwrap().iter().find(|user| user["email"] == email.as_str()).cloned();
    if let Some(user) = known {
        return user["id"].as_str().unwrap().to_owned();
    }
    let role = client.get("/roles?code=administrator").await.ok()["items"][0]["id"].clone();
    let invitation = json!({ "email": email, "name": "Somebody", "roleIds": [role] });
    let token = client.post("/invitations", invitation).await.expect(201).json()["token"].clone();
    let accepted = json!({ "token": token, "password": PASSWORD });
    let user = client.signed_out().post("/auth/invitations/accept", accepted).await.expect(200).json();
    user["user"]["id"].as_str().unwrap().to_owned()
}

/// Creates one of each in a tenant and answers the last part of its path.
pub async fn make_each(client: &Client) -> BTreeMap<&'static str, String> {
    let document = api_operations().openapi();
    make_mentioned(client).await;
    let mut made = BTreeMap::new();
    for resource in RESOURCES {
        let path = collection(resource, &made);
        let answer = client.post(&path, body_of(client, &document, resource).await).await.expect(201);
        made.insert(resource.path_of_one, last_part(&answer).to_owned());
    }
    made
}

/// The path of the resource's collection, below the parent that was made before.
fn collection(resource: &Resource, made: &BTreeMap<&'static str, String>) -> String {
    let Some((parents, rest)) = resource.path.split_once("/{id}") else { return resource.path.to_owned() };
    let parent = RESOURCES.iter().find(|parent| parent.path == parents).expect("a parent in the registry");
    format!("{parents}/{}{rest}", made[parent.path_of_one])
}

/// Makes a parent for every resource that lies below another; its code is not that of the example.
async fn parents_of_each(client: &Client, document: &Value) -> BTreeMap<&'static str, String> {
    let mut made = BTreeMap::new();
    for parent in RESOURCES.iter().filter(|parent| is_parent(parent)) {
        let mut body = example(document, parent);
        body["code"] = json!("parent");
        let answer = client.post(parent.path, body).await.expect(201);
        made.insert(parent.path_of_one, last_part(&answer).to_owned());
    }
    made
}

fn is_parent(parent: &Resource) -> bool {
    let prefix = format!("{}/{{id}}/", parent.path);
    RESOURCES.iter().any(|resource| resource.path.starts_with(&prefix))
}

/// A parent that is not there, or that cannot be, has no collection.
#[tokio::test]
async fn what_lies_below_nothing_is_not_found() {
    let world = World::new().await;
    let client = world.home().await;
    let document = api_operations().openapi();
    for resource in RESOURCES.iter().filter(|resource| resource.path.contains("{id}")) {
        for parent in ["0198c0de-7b1f-7c3a-9f00-2b6f1d6a4e11", "nothing"] {
            let path = resource.path.replace("{id}", parent);
            let list = client.get(&path).await.expect(404);
            assert!(list.text().contains(&resource.owner.replace('_', " ")), "{path}: {}", list.text());
            client.post(&path, example(&document, resource)).await.expect(404);
        }
    }
}

fn last_part(created: &Answer) -> &str {
    created.header("location").rsplit('/').next().unwrap()
}

/// The record of an answer: its warnings are about the request.
fn without_warnings(mut answer: Value) -> Value {
    answer.as_object_mut().unwrap().remove("warnings");
    answer
}

#[tokio::test]
async fn each_is_created_listed_changed_noted_and_deleted() {
    let world = World::new().await;
    let client = world.home().await;
    let document = api_operations().openapi();
    make_mentioned(&client).await;
    let parents = parents_of_each(&client, &document).await;
    for resource in RESOURCES {
        let (entity, path) = (resource.entity, &collection(resource, &parents));
        let body = body_of(&client, &document, resource).await;
        let dry = client.post(&format!("{path}?dryRun=true"), body.clone()).await.expect(200);
        assert_eq!(dry.json()["version"], 1, "{entity}");
        let created = client.post(path, body.clone()).await.expect(201);
        let one = format!("{path}/{}", last_part(&created));
        let view = client.get(&one).await;
        let kept = without_warnings(created.json());
        assert_eq!((view.json(), view.etag()), (kept.clone(), created.etag()), "{entity}");

        // In the list, and in its CSV, from the next read on.
        for _ in 0..2 {
            let page = client.get(&format!("{path}?limit=1000")).await.ok();
            assert!(page["items"].as_array().unwrap().contains(&kept), "{entity}: {page}");
        }
        let csv = client.call("GET", path, &["Accept: text/csv"], "").await.expect(200).text();
        let version_column = csv.lines().next().unwrap().split(',').any(|column| column == "version");
        assert!(
            version_column && csv.lines().any(|line| line.contains(last_part(&created))),
            "{entity}: {csv}"
        );

        // Not without its version, and not by an older one.
        client.call("PATCH", &one, &["Content-Type: application/json"], "{}").await.expect(428);
        let changed = client.with_etag("PATCH", &one, &created.etag(), json!({})).await.expect(200);
        assert_eq!(changed.json()["version"], 2, "{entity}");
        let stale = client.with_etag("PATCH", &one, &created.etag(), json!({})).await.expect(412);
        assert_eq!(stale.code(), "stale_version", "{entity}");
        assert_eq!(client.get(&one).await.json()["version"], 2, "{entity}: the cache forgot the first one");
        if resource.caching != Caching::No {
            assert_eq!(client.get(&one).await.json(), changed.json(), "{entity}");
        }

        client.with_etag("DELETE", &one, &changed.etag(), Value::Null).await.expect(204);
        assert_eq!(client.get(&one).await.expect(404).code(), "not_found", "{entity}");

        let noted = client.get(&format!("/audit-log?entity={entity}&sort=recordedAt&limit=1000")).await.ok();
        let actions: Vec<_> =
            noted["items"].as_array().unwrap().iter().map(|row| row["action"].clone()).collect();
        assert!(
            actions.ends_with(&[json!("created"), json!("updated"), json!("deleted")]),
            "{entity}: {actions:?}"
        );
        for action in ["created", "updated", "deleted"] {
            let events = client.get(&format!("/events?type={entity}.{action}&limit=1000")).await.ok();
            let ours = events["items"].as_array().unwrap().iter().filter(|event| event["entity"] == entity);
            assert!(ours.count() >= 1, "{entity}.{action}");
        }
    }
}

/// All errors of a body come together, whatever the resource.
#[tokio::test]
async fn each_names_everything_that_is_missing() {
    let world = World::new().await;
    let client = world.home().await;
    let parents = parents_of_each(&client, &api_operations().openapi()).await;
    for resource in RESOURCES {
        let path = collection(resource, &parents);
        let refused = client.post(&path, json!({ "nonsense": 1 })).await.expect(422);
        let errors = refused.json()["errors"].as_array().unwrap().len();
        assert!(errors >= 2, "{}: {}", resource.entity, refused.text());
        let bad = client.get(&format!("{path}/%00")).await.expect(404);
        assert!(bad.text().contains(resource.noun.0), "{}: {}", resource.entity, bad.text());
    }
}
