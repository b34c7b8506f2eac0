//! Files of documents as a client meets them, kept in a directory and in Azure Blob Storage.

use application::ports::blobs::{BLOB_PAGE_MAX, BlobKind, BlobPrefix};
use axum::body::Body;
use bytes::Bytes;
use futures::{StreamExt, stream};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use testkit::conformance::blobs::noise;
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

/// What anybody gets at a URL of ours or of the store's own.
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

#[tokio::test]
async fn an_announced_file_goes_to_a_url_and_is_verified() {
    let (world, tenant, draft) = in_directory(&[]).await;
    by_url(&world, &tenant, &draft).await;
}

#[tokio::test]
async fn an_announced_file_goes_to_azure_and_is_verified() {
    let (_azurite, world, tenant, draft) = in_azure().await;
    by_url(&world, &tenant, &draft).await;
}

fn announcement(draft: &str, bytes: &[u8]) -> Value {
    json!({
        "documentType": "journal_entry", "documentId": draft, "name": NAME, "contentType": "application/pdf",
        "size": bytes.len(), "sha256": hex(bytes),
    })
}

async fn send(world: &World, upload: &Value, bytes: &[u8]) -> u16 {
    let headers: Vec<_> = upload["headers"].as_array().unwrap().iter().collect();
    let headers: Vec<_> =
        headers.iter().map(|h| (h["name"].as_str().unwrap(), h["value"].as_str().unwrap())).collect();
    let method = upload["method"].as_str().unwrap();
    fetch(world, method, upload["url"].as_str().unwrap(), &headers, bytes).await.0
}

async fn by_url(world: &World, tenant: &TenantKit, draft: &str) {
    let client = &tenant.client;
    let begun = client.post("/attachments/uploads", announcement(draft, PDF)).await.expect(201);
    let view = begun.json()["attachment"].clone();
    let upload = begun.json()["upload"].clone();
    assert_eq!((&view["status"], begun.etag().as_str()), (&json!("pending"), "\"1\""));
    let complete = format!("{}/complete", at(&view));
    let complete = async |tag: &str| client.with_etag("POST", &complete, tag, Value::Null).await;
    client.get(&format!("{}/content", at(&view))).await.expect(409);
    assert_eq!(complete("\"1\"").await.expect(409).code(), "attachment_not_uploaded");

    // Something else of the same length: refused at once by us, at the latest when it is completed.
    let wrong: Vec<u8> = PDF.iter().map(|byte| byte ^ 1).collect();
    if send(world, &upload, &wrong).await < 300 {
        assert_eq!(complete("\"1\"").await.expect(422).code(), "content_type_mismatch");
        let mut wrong = PDF.to_vec();
        *wrong.last_mut().unwrap() ^= 1;
        assert!(send(world, &upload, &wrong).await < 300);
        assert_eq!(complete("\"1\"").await.expect(422).code(), "checksum_mismatch");
        assert!(send(world, &upload, &PDF[1..]).await < 300);
        let short = complete("\"1\"").await.expect(422);
        assert!(
            ["content_type_mismatch", "size_mismatch"].contains(&short.code().as_str()),
            "{}",
            short.text()
        );
    }
    assert_eq!(client.get(&at(&view)).await.ok()["status"], "pending");

    assert!(send(world, &upload, PDF).await < 300);
    assert_eq!(complete("\"7\"").await.expect(412).code(), "stale_version");
    let dry = format!("{}/complete?dryRun=true", at(&view));
    client.with_etag("POST", &dry, "\"1\"", Value::Null).await.expect(200);
    let done = complete("\"1\"").await.expect(200).json();
    assert_eq!((&done["status"], &done["expiresAt"]), (&json!("stored"), &Value::Null));
    assert_eq!(complete("\"1\"").await.expect(200).json(), done, "completing twice is no error");

    // The URL may live on: what it could write is not what was verified.
    send(world, &upload, &wrong).await;
    assert_eq!(client.get(&format!("{}/content", at(&view))).await.expect(200).body, PDF);
}

#[tokio::test]
async fn an_upload_that_nobody_completes_is_given_up() {
    let (world, tenant, draft) = in_directory(&[]).await;
    let begun = tenant.client.post("/attachments/uploads", announcement(&draft, PDF)).await.ok();
    assert!(send(&world, &begun["upload"], PDF).await < 300);
    attached(&tenant.client, &draft).await;
    // A caller who goes away in the middle.
    let broken = stream::iter([Ok(Bytes::from_static(PDF)), Err(std::io::Error::other("gone"))]);
    let headers = ["Content-Type: application/pdf"];
    tenant.client.call("POST", &path(&draft, NAME), &headers, Body::from_stream(broken)).await.expect(400);
    let sweep = async || {
        let state = &world.parts.state;
        application::platform::attachments::sweep(&state.application, &*state.files.store).await.unwrap()
    };
    assert_eq!((sweep().await.expired, files(&world).await), (0, 2));
    world.clock.advance_seconds(2 * 3_600 + 1);
    assert_eq!(sweep().await.expired, 1);
    let client = world.sign_in(&tenant.email, testkit::world::PASSWORD, None).await;
    client.get(&at(&begun["attachment"])).await.expect(404);
    world.clock.advance_seconds(24 * 3_600);
    sweep().await;
    assert_eq!(files(&world).await, 1, "only what belongs to the draft is left");
    assert_eq!(sweep().await.removed, 0);
    // A store's own clock may still honour the URL; nothing comes of it.
    send(&world, &begun["upload"], PDF).await;
    let client = world.sign_in(&tenant.email, testkit::world::PASSWORD, None).await;
    client.get(&at(&begun["attachment"])).await.expect(404);
}

#[tokio::test]
async fn what_is_not_taken_is_refused_and_leaves_nothing() {
    let settings = [("Attachments:BytesMax", "2000"), ("Attachments:TenantBytesMax", "3000")];
    let (world, tenant, draft) = in_directory(&settings).await;
    let client = &tenant.client;
    for (name, kind, bytes, status, code) in [
        ("a.pdf", "application/pdf", &b"MZ\x90\0\x03"[..], 422, "executable_refused"),
        ("a.txt", "text/plain", b"#!/bin/sh\n", 422, "executable_refused"),
        ("a.txt", "text/plain", b"<html><script>alert(1)</script>", 422, "active_content_refused"),
        ("a.pdf", "application/pdf", b"no pdf at all", 422, "content_type_mismatch"),
        ("a.txt", "text/html", b"x", 415, "content_type_refused"),
        ("a", "application/octet-stream", b"x", 415, "content_type_refused"),
        ("a.txt", "nonsense", b"x", 422, "invalid_content_type"),
        ("a.txt", "text/plain", b"", 422, "attachment_empty"),
    ] {
        let answer = attach(client, &draft, name, kind, bytes).await.expect(status);
        assert_eq!(answer.code(), code, "{name} {kind}");
        assert!(!answer.json()["detail"].as_str().unwrap().contains('{'), "{}", answer.text());
    }
    let arabic = ["Content-Type: text/plain", "Accept-Language: ar"];
    let answer = client.call("POST", &path(&draft, "a.txt"), &arabic, "#!/bin/sh").await.expect(422);
    assert!(answer.json()["detail"].as_str().unwrap().contains("الملف"));
    for name in ["../a.pdf", "a/b.pdf", "run.exe", "x.svg", " "] {
        attach(client, &draft, name, "application/pdf", PDF).await.expect(422);
    }
    let nobody = "0198c0de-7b1f-7c3a-9f00-2b6f1d6a4e11";
    let answer = attach(client, nobody, "a.pdf", "application/pdf", PDF).await.expect(422);
    assert_eq!(answer.errors(), [("/documentId".to_owned(), "document_unknown".to_owned())]);
    let other = world.tenant("beta", "SAR", "empty").await.client;
    assert_eq!(
        attach(&other, &draft, "a.pdf", "application/pdf", PDF).await.expect(422).code(),
        "document_unknown"
    );

    let large = [PDF, &noise(2_000)].concat();
    let answer = attach(client, &draft, "a.pdf", "application/pdf", &large).await;
    assert_eq!(answer.expect(413).code(), "attachment_too_large");
    let announced = client.post("/attachments/uploads", announcement(&draft, &large)).await.expect(413);
    assert_eq!(announced.errors()[0].0, "/size");
    let headers = ["Content-Type: application/pdf", &format!("X-Content-SHA256: {}", hex(b"other"))];
    let answer = client.call("POST", &path(&draft, "a.pdf"), &headers, PDF.to_vec()).await.expect(422);
    assert_eq!(answer.code(), "checksum_mismatch");
    assert_eq!((files(&world).await, client.get("/attachments").await.ok()["items"].clone()), (0, json!([])));

    // The quota counts what is on its way, and is free again when that comes to nothing.
    let most = [PDF, &noise(1_900)].concat();
    attach(client, &draft, "a.pdf", "application/pdf", &most).await.expect(201);
    let refused = attach(client, &draft, "b.pdf", "application/pdf", &most).await.expect(409);
    assert_eq!((refused.code().as_str(), files(&world).await), ("attachment_quota_exceeded", 1));
    attach(&other, &draft_of(&other).await, "a.pdf", "application/pdf", &most).await.expect(201);
}

async fn draft_of(client: &Client) -> String {
    for (code, kind) in [("1000", "asset"), ("4000", "income")] {
        let body = json!({ "code": code, "name": { "en": code }, "type": kind });
        client.post("/accounts", body).await.expect(201);
    }
    let made = client.post("/journal-entries", entry("2026-03-01", SALE, false)).await.expect(201);
    made.json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_body_of_unknown_length_is_cut_off_at_the_limit() {
    let (world, tenant, draft) = in_directory(&[("Attachments:BytesMax", "4000000")]).await;
    let limits = erp_api::middleware::HttpLimits { attachment_bytes_max: 4_000_000, ..Default::default() };
    let router = erp_api::bootstrap::api_operations().into_router(world.parts.state.clone(), &limits);
    let token = tenant.client.token().unwrap();
    let client = Client::new(router, Some(token));
    let endless = stream::repeat(Bytes::from(noise(100_000))).map(Ok::<_, std::io::Error>);
    let first = stream::iter([Ok(Bytes::from_static(PDF))]);
    let headers = ["Content-Type: application/pdf"];
    let body = Body::from_stream(first.chain(endless));
    let answer = client.call("POST", &path(&draft, "a.pdf"), &headers, body).await.expect(413);
    assert!(answer.text().contains("attachment_bytes_max"), "{}", answer.text());
    assert_eq!(files(&world).await, 0);
}

#[tokio::test]
async fn the_evidence_of_closed_books_stays() {
    let (world, tenant, draft) = in_directory(&[]).await;
    let client = &tenant.client;
    let with = attached(client, &draft).await;
    let entry_path = format!("/journal-entries/{draft}");
    let read = client.get(&entry_path).await;
    client.with_etag("POST", &format!("{entry_path}/post"), &read.etag(), Value::Null).await.expect(200);
    // Posted, and its period open: files may still come and go.
    let late = attached(client, &draft).await;
    client.with_etag("DELETE", &at(&late), "*", Value::Null).await.expect(204);
    let lock = json!({ "lockedThrough": "2026-03-31" });
    client.with_etag("PUT", "/locks/fiscal", "\"0\"", lock).await.expect(200);
    let refused = client.with_etag("DELETE", &at(&with), "*", Value::Null).await.expect(409);
    assert_eq!(refused.code(), "attachment_protected");
    client.with_etag("PUT", "/locks/fiscal", "*", json!({ "lockedThrough": null })).await.expect(200);
    let period = client.get("/fiscal-periods?start=2026-03-01").await.ok()["items"][0].clone();
    let period = format!("/fiscal-periods/{}", period["id"].as_str().unwrap());
    client.with_etag("POST", &format!("{period}/close"), "*", Value::Null).await.expect(200);
    let refused = client.with_etag("DELETE", &at(&with), "*", Value::Null).await.expect(409);
    assert_eq!(refused.code(), "attachment_protected");
    // More evidence is always welcome, and a better name for it.
    attached(client, &draft).await;
    let better = json!({ "name": "better.pdf" });
    client.with_etag("PATCH", &at(&with), "*", better).await.expect(200);
    assert_eq!(files(&world).await, 2);
}

#[tokio::test]
async fn a_deleted_draft_takes_its_files_with_it() {
    let (world, tenant, draft) = in_directory(&[]).await;
    let client = &tenant.client;
    let file = attached(client, &draft).await;
    let pending = client.post("/attachments/uploads", announcement(&draft, PDF)).await.ok();
    client.with_etag("DELETE", &format!("/journal-entries/{draft}"), "*", Value::Null).await.expect(204);
    client.get(&at(&file)).await.expect(404);
    client.get(&at(&pending["attachment"])).await.expect(404);
    let state = &world.parts.state;
    application::platform::attachments::sweep(&state.application, &*state.files.store).await.unwrap();
    assert_eq!(files(&world).await, 0);
    let events = client.get("/events?limit=1000").await.ok();
    let deleted =
        events["items"].as_array().unwrap().iter().filter(|e| e["type"] == "attachment.deleted").count();
    assert_eq!(deleted, 2);
}

#[tokio::test]
async fn a_repeated_upload_happens_once() {
    let (world, tenant, draft) = in_directory(&[]).await;
    let client = &tenant.client;
    let headers = ["Content-Type: application/pdf", "Idempotency-Key: scan-1"];
    let send = async |bytes: &[u8]| client.call("POST", &path(&draft, NAME), &headers, bytes.to_vec()).await;
    let first = send(PDF).await.expect(201);
    let again = send(PDF).await.expect(201);
    assert_eq!((again.json(), again.header("idempotency-replayed")), (first.json(), "true"));
    let mut other = PDF.to_vec();
    *other.last_mut().unwrap() ^= 1;
    assert_eq!(send(&other).await.expect(422).code(), "idempotency_key_reused");
    assert_eq!(
        (files(&world).await, client.get("/attachments").await.ok()["items"].as_array().unwrap().len()),
        (1, 1)
    );
    // The URL is a secret that the stored answer never knew: a replay makes a new one.
    let headers = ["Idempotency-Key: scan-2"];
    let begin = async || {
        let body = announcement(&draft, PDF).to_string();
        client.call("POST", "/attachments/uploads", &headers, body).await.expect(201).json()
    };
    let (first, again) = (begin().await, begin().await);
    assert_eq!(first["attachment"], again["attachment"]);
    assert!(send_to(&world, &again["upload"]).await < 300);
}

async fn send_to(world: &World, upload: &Value) -> u16 {
    send(world, upload, PDF).await
}

#[tokio::test]
async fn whoever_may_not_read_the_document_does_not_see_its_files() {
    let (world, tenant, draft) = in_directory(&[]).await;
    let file = attached(&tenant.client, &draft).await;
    let permissions = json!(["platform.attachment.*"]);
    let body = json!({ "code": "filer", "name": { "en": "Filer" }, "permissions": permissions });
    let role = tenant.client.post("/roles", body).await.expect(201).json();
    let body =
        json!({ "email": "filer@alpha.example", "name": "Filer", "password": testkit::world::PASSWORD });
    let user = tenant.client.post("/users", body).await.expect(201).json();
    let body = json!({ "userId": user["id"], "roleId": role["id"] });
    tenant.client.post("/role-assignments", body).await.expect(201);
    let filer = world.sign_in("filer@alpha.example", testkit::world::PASSWORD, None).await;
    assert_eq!(filer.get("/attachments").await.ok()["items"], json!([]));
    for path in [at(&file), format!("{}/content", at(&file))] {
        assert_eq!(filer.get(&path).await.expect(403).code(), "permission_denied");
    }
    attach(&filer, &draft, "a.pdf", "application/pdf", PDF).await.expect(403);
    filer.with_etag("DELETE", &at(&file), "*", Value::Null).await.expect(403);
}

#[tokio::test]
async fn without_the_store_everything_else_works() {
    let (mut azurite, world, tenant, draft) = in_azure().await;
    let client = &tenant.client;
    let file = attached(client, &draft).await;
    azurite.kill();
    let refused = attach(client, &draft, "b.pdf", "application/pdf", PDF).await.expect(503);
    assert_eq!(refused.code(), "file_store_unavailable");
    assert!(refused.header("retry-after").parse::<u32>().unwrap() >= 1);
    assert_eq!(
        client.get(&format!("{}/content", at(&file))).await.expect(503).code(),
        "file_store_unavailable"
    );
    assert_eq!(
        client.get("/attachments").await.ok()["items"].as_array().unwrap().len(),
        1,
        "nothing half kept"
    );
    tenant.post("2026-03-02", SALE).await;
    // A deletion is a matter of the books; the bytes follow when the store is back.
    client.with_etag("DELETE", &at(&file), "*", Value::Null).await.expect(204);
    azurite.restart().await;
    let state = &world.parts.state;
    application::platform::attachments::sweep(&state.application, &*state.files.store).await.unwrap();
    attach(client, &draft, "b.pdf", "application/pdf", PDF).await;
    attach(client, &draft, "b.pdf", "application/pdf", PDF).await.expect(201);
}
