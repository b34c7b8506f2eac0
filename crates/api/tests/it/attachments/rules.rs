//! Which files are refused, which stay, and who sees them.

use axum::body::Body;
use bytes::Bytes;
use futures::{StreamExt, stream};
use serde_json::{Value, json};
use testkit::Client;
use testkit::conformance::blobs::noise;
use testkit::world::entry;

use super::{PDF, SALE, announcement, at, attach, attached, files, hex, in_azure, in_directory, path};

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
    // Refused at the door, before a byte of it is read.
    assert_eq!(answer.expect(413).code(), "body_too_large");
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
    client
        .with_etag("PUT", "/locks/fiscal", "*", json!({ "lockedThrough": null, "reason": "late file" }))
        .await
        .expect(200);
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
async fn whoever_may_not_read_the_document_does_not_see_its_files() {
    let (world, tenant, draft) = in_directory(&[]).await;
    let file = attached(&tenant.client, &draft).await;
    let permissions = json!(["platform.attachment.*"]);
    let body = json!({ "code": "filer", "name": { "en": "Filer" }, "permissions": permissions });
    let role = tenant.client.post("/roles", body).await.expect(201).json();
    world.user(&tenant.client, "filer@alpha.example", &[role["id"].as_str().unwrap()]).await;
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
