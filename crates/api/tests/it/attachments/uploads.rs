//! Files that go to a URL of their own, and uploads that are repeated or given up.

use axum::body::Body;
use bytes::Bytes;
use futures::stream;
use serde_json::{Value, json};
use testkit::{TenantKit, World};

use super::{NAME, PDF, announcement, at, attached, fetch, files, in_azure, in_directory, path};

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
async fn a_repeated_upload_happens_once() {
    let (world, tenant, draft) = in_directory(&[]).await;
    let client = &tenant.client;
    let headers = ["Content-Type: application/pdf", "Idempotency-Key: scan-1"];
    let upload =
        async |bytes: &[u8]| client.call("POST", &path(&draft, NAME), &headers, bytes.to_vec()).await;
    let first = upload(PDF).await.expect(201);
    let again = upload(PDF).await.expect(201);
    assert_eq!((again.json(), again.header("idempotency-replayed")), (first.json(), "true"));
    let mut other = PDF.to_vec();
    *other.last_mut().unwrap() ^= 1;
    assert_eq!(upload(&other).await.expect(422).code(), "idempotency_key_reused");
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
    assert!(send(&world, &again["upload"], PDF).await < 300);
}
