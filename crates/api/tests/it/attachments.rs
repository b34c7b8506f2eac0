//! Files of documents as a client meets them, kept in a directory and in Azure Blob Storage.

mod rules;
mod uploads;

use application::ports::blobs::{BLOB_PAGE_MAX, BlobKind, BlobPrefix};
use axum::body::Body;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use testkit::peers::Azurite;
use testkit::world::{encode, entry};
use testkit::{Answer, Client, TenantKit, World};

const SALE: &[(&str, &str, &str)] = &[("1000", "115.00", ""), ("4000", "", "115.00")];
const PDF: &[u8] = b"%PDF-1.7\nan invoice of some length\n%%EOF";
const NAME: &str = "فاتورة ٢٠٢٦.pdf";

/// A tenant with a draft, in a world whose files are in a directory.
async fn in_directory(settings: &[(&str, &str)]) -> (World, TenantKit, String) {
    let mut all = vec![("Bootstrap:Template", "empty")];
    all.extend_from_slice(settings);
    let world = World::with(&all).await;
    let tenant = world.tenant("alpha", "SAR", "empty").await;
    tenant.accounts(&[("1000", "asset"), ("4000", "income")]).await;
    let draft = draft(&tenant).await;
    (world, tenant, draft)
}

async fn in_azure() -> (Azurite, World, TenantKit, String) {
    let azurite = Azurite::start().await;
    let connection = azurite.connection_string();
    let (world, tenant, draft) = in_directory(&[("AzureStorage:ConnectionString", &connection)]).await;
    (azurite, world, tenant, draft)
}

async fn draft(tenant: &TenantKit) -> String {
    let made = tenant.client.post("/journal-entries", entry("2026-03-01", SALE, false)).await.expect(201);
    made.json()["id"].as_str().unwrap().to_owned()
}

fn path(document: &str, name: &str) -> String {
    format!("/attachments?documentType=journal_entry&documentId={document}&name={}", encode(name))
}

fn announcement(draft: &str, bytes: &[u8]) -> Value {
    json!({
        "documentType": "journal_entry", "documentId": draft, "name": NAME, "contentType": "application/pdf",
        "size": bytes.len(), "sha256": hex(bytes),
    })
}

async fn attach(client: &Client, document: &str, name: &str, kind: &str, bytes: &[u8]) -> Answer {
    let kind = format!("Content-Type: {kind}");
    client.call("POST", &path(document, name), &[&kind], bytes.to_vec()).await
}

async fn attached(client: &Client, document: &str) -> Value {
    attach(client, document, NAME, "application/pdf", PDF).await.expect(201).json()
}

fn at(view: &Value) -> String {
    format!("/attachments/{}", view["id"].as_str().unwrap())
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The answer that any caller gets at a URL of ours or of the store's own.
async fn fetch(
    world: &World,
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> (u16, Vec<u8>) {
    if url.starts_with('/') {
        let lines: Vec<_> = headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let lines: Vec<_> = lines.iter().map(String::as_str).collect();
        let answer = world.anonymous().call(method, url, &lines, body.to_vec()).await;
        return (answer.status.as_u16(), answer.body);
    }
    let mut request = reqwest::Client::new().request(method.parse().unwrap(), url).body(body.to_vec());
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.bytes().await.unwrap().to_vec())
}

/// Files of the tenant that the store keeps.
async fn files(world: &World) -> usize {
    let tenant = world.parts.database.tenant_by_code("alpha").await.unwrap().unwrap();
    let mut files = 0;
    for kind in [BlobKind::Attachment, BlobKind::Upload] {
        let prefix = BlobPrefix { tenant, kind };
        let page = world.parts.state.files.store.list(prefix, None, BLOB_PAGE_MAX).await.unwrap();
        assert!(page.next.is_none());
        files += page.blobs.len();
    }
    files
}

#[tokio::test]
async fn a_file_is_attached_read_renamed_and_deleted() {
    let (world, tenant, draft) = in_directory(&[]).await;
    whole_life(&world, &tenant, &draft).await;
    assert_eq!(files(&world).await, 0);
}

#[tokio::test]
async fn the_same_on_azure() {
    let (_azurite, world, tenant, draft) = in_azure().await;
    whole_life(&world, &tenant, &draft).await;
}

async fn whole_life(world: &World, tenant: &TenantKit, draft: &str) {
    let client = &tenant.client;
    let headers = ["Content-Type: application/pdf", &format!("X-Content-SHA256: {}", hex(PDF))];
    let with = format!("{}&description=Scanned", path(draft, NAME));
    let dry = client.call("POST", &format!("{with}&dryRun=true"), &headers, PDF.to_vec()).await.expect(200);
    assert_eq!(dry.json()["sha256"], hex(PDF));
    assert_eq!(client.get("/attachments").await.ok()["items"], json!([]), "a dry run keeps nothing");

    let made = client.call("POST", &with, &headers, PDF.to_vec()).await.expect(201);
    let view = made.json();
    assert_eq!(made.header("location"), format!("/api/v1{}", at(&view)));
    assert_eq!((&view["name"], &view["size"]), (&json!(NAME), &json!(PDF.len())));
    assert_eq!((&view["status"], &view["sha256"]), (&json!("stored"), &json!(hex(PDF))));
    assert_eq!(client.get(&at(&view)).await.ok(), view);
    let other = self::draft(tenant).await;
    let list =
        async |filter: String| client.get(&format!("/attachments?{filter}")).await.ok()["items"].clone();
    assert_eq!(list(format!("documentType=journal_entry&documentId={draft}")).await, json!([view]));
    assert_eq!(list(format!("documentId={other}")).await, json!([]));
    assert_eq!(list(format!("name={}", encode("فاتوره"))).await, json!([view]), "found as people type");

    content_is_served(client, &view).await;
    links_need_no_token(world, client, &view).await;

    let renamed = json!({ "name": "receipt.pdf", "description": null });
    client.with_etag("PATCH", &at(&view), "\"9\"", renamed.clone()).await.expect(412);
    let changed = client.with_etag("PATCH", &at(&view), &made.etag(), renamed).await.expect(200);
    assert_eq!(changed.json()["description"], Value::Null);
    // The store still has the old name, so the link leads through us.
    let url = client.post(&format!("{}/download-url", at(&view)), Value::Null).await.ok();
    let (status, body) = fetch(world, "GET", url["url"].as_str().unwrap(), &[], b"").await;
    assert_eq!((status, body.as_slice()), (200, PDF));
    let bad = json!({ "name": "receipt.html" });
    let refused = client.with_etag("PATCH", &at(&view), &changed.etag(), bad).await.expect(422);
    assert_eq!(refused.code(), "file_name_refused");

    client.call("DELETE", &at(&view), &[], Body::empty()).await.expect(428);
    client.with_etag("DELETE", &at(&view), &changed.etag(), Value::Null).await.expect(204);
    client.get(&at(&view)).await.expect(404);
    let (status, _) = fetch(world, "GET", url["url"].as_str().unwrap(), &[], b"").await;
    assert_eq!(status, 404);
    let audit = client.get(&format!("/audit-log?entityId={}", view["id"].as_str().unwrap())).await.ok();
    let mut actions: Vec<_> =
        audit["items"].as_array().unwrap().iter().map(|row| row["action"].clone()).collect();
    actions.sort_by_key(|action| action.as_str().unwrap().to_owned());
    assert_eq!(actions, [json!("created"), json!("deleted"), json!("updated")]);
}

async fn content_is_served(client: &Client, view: &Value) {
    let path = format!("{}/content", at(view));
    let answer = client.get(&path).await.expect(200);
    assert_eq!(answer.body, PDF);
    for (name, value) in [
        ("content-type", "application/pdf"),
        ("content-length", "40"),
        ("accept-ranges", "bytes"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
    let disposition = answer.header("content-disposition");
    assert!(
        disposition.starts_with("attachment; filename=\"") && disposition.contains("filename*=UTF-8''%D9%81")
    );
    let tag = answer.etag();
    assert_eq!(tag, format!("\"{}\"", hex(PDF)));
    let with = async |header: &str| client.call("GET", &path, &[header], Body::empty()).await;
    with(&format!("If-None-Match: {tag}")).await.expect(304);
    let part = with("Range: bytes=0-7").await.expect(206);
    assert_eq!((part.body.as_slice(), part.header("content-range")), (&PDF[..8], "bytes 0-7/40"));
    assert_eq!(with("Range: bytes=-5").await.expect(206).body, b"%%EOF");
    let behind = with("Range: bytes=40-").await.expect(416);
    assert_eq!(
        (behind.code().as_str(), behind.header("content-range")),
        ("range_not_satisfiable", "bytes */40")
    );
    let head = client.call("HEAD", &path, &[], Body::empty()).await.expect(200);
    assert_eq!((head.header("content-length"), head.body.len()), ("40", 0));
    with("Accept: image/png").await.expect(200);
}

async fn links_need_no_token(world: &World, client: &Client, view: &Value) {
    let answer = client.post(&format!("{}/download-url", at(view)), Value::Null).await.ok();
    let url = answer["url"].as_str().unwrap();
    assert!(answer["expiresAt"].is_string());
    let (status, body) = fetch(world, "GET", url, &[], b"").await;
    assert_eq!((status, body.as_slice()), (200, PDF));
    if url.starts_with('/') {
        // Not to write with, not for ever, and not to be bent.
        world.anonymous().call("PUT", url, &["Content-Type: application/pdf"], "x").await.expect(404);
        let forged = format!("{}AAAA", &url[..url.len() - 4]);
        assert_eq!(world.anonymous().get(&forged).await.expect(404).code(), "link_unknown");
        world.clock.advance_seconds(301);
        assert_eq!(world.anonymous().get(url).await.expect(404).code(), "link_unknown");
    }
}
