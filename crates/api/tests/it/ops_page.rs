//! `/ops` as an operator's browser shows it.

use std::path::Path;

use reqwest::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use testkit::world::PASSWORD;
use testkit::{Server, World, not_run};

use crate::browser::{Browser, is_here};

const BINARY: &str = env!("CARGO_BIN_EXE_erp-api");
const EMPTY: (&str, &str) = ("Bootstrap:Template", "empty");
/// Whether the content is there.
const SHOWN: &str =
    "return !document.getElementById('content').hidden && document.querySelectorAll('section').length > 8";

async fn text(url: &str, headers: &[(reqwest::header::HeaderName, &str)]) -> (u16, String, String, String) {
    let mut request = reqwest::Client::new().get(url);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    let answer = request.send().await.unwrap();
    let header = |name| answer.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
    let (kind, policy) = (header(CONTENT_TYPE), header(CONTENT_SECURITY_POLICY));
    (answer.status().as_u16(), kind, policy, answer.text().await.unwrap())
}

#[tokio::test]
async fn the_page_itself_knows_nothing_and_takes_nothing_from_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(Path::new(BINARY), folder.path(), &[EMPTY]).await;
    let page = format!("{}/ops", server.url);
    let (status, kind, policy, html) = text(&page, &[]).await;
    assert_eq!((status, &*kind), (200, "text/html; charset=utf-8"));
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"),
        "{policy}"
    );
    assert!(
        html.contains(r#"<html lang="en" dir="ltr">"#) && !html.contains("style=") && !html.contains("http"),
        "{html}"
    );
    assert!(!html.contains("sqlite") && !html.contains("0.1.0"), "nothing of the server: {html}");
    for (query, language, direction) in
        [("?lang=ar", "", "rtl"), ("?lang=en", "ar", "ltr"), ("", "ar-SA,ar;q=0.9", "rtl")]
    {
        let (_, _, _, html) = text(&format!("{page}{query}"), &[(ACCEPT_LANGUAGE, language)]).await;
        assert!(html.contains(&format!("dir=\"{direction}\"")), "{query} {language}");
    }
    for (file, kind) in [("ops.css", "text/css"), ("ops.js", "text/javascript")] {
        let (status, found, _, text) = text(&format!("{page}/{file}"), &[]).await;
        assert!(status == 200 && found.starts_with(kind) && text.len() > 500, "{file}: {status} {found}");
        assert!(!text.contains("http://") && !text.contains("https://"), "{file}");
    }
    assert_eq!(text(&format!("{}/api/v1/admin/overview", server.url), &[(ACCEPT, "text/html")]).await.0, 401);
}

#[tokio::test]
async fn values_from_outside_cannot_become_markup() {
    let world = World::new().await;
    world.parts.state.flags.load([("<script>alert(1)</script>", "true")], []);
    let home = world.home().await;
    for (language, word) in [("en", "Feature flags"), ("ar", "مفاتيح الميزات")] {
        let headers = ["Accept: text/html", &format!("Accept-Language: {language}")];
        let page = home.call("GET", "/admin/overview", &headers, "").await.expect(200);
        assert!(page.header("content-type").starts_with("text/html"));
        let html = page.text();
        assert!(html.contains("&lt;script&gt;") && !html.contains("<script"), "{html}");
        assert!(html.contains(word), "{language}: {html}");
    }
}

#[tokio::test]
async fn an_operator_signs_in_and_sees_the_process_in_both_languages() {
    if !is_here() {
        return not_run("chromedriver is not on this machine");
    }
    let folder = tempfile::tempdir().unwrap();
    let flag = ("FeatureManagement:Beta", "true");
    let server = Server::start(Path::new(BINARY), folder.path(), &[EMPTY, flag]).await;
    let browser = Browser::open(false).await;
    browser.visit(&format!("{}/ops?lang=en", server.url)).await;
    browser.until("the form", "return !document.getElementById('sign-in').hidden").await;
    browser.picture("ops-sign-in").await;
    browser.write("input[name=username]", "admin@home.example").await;
    browser.write("input[name=password]", "not the password").await;
    browser.click("button[type=submit]").await;
    let refused = "return document.getElementById('problem').textContent.length > 10";
    browser.until("a refusal in words", refused).await;
    assert_eq!(browser.run(SHOWN).await, false);
    // A refusal is in the log of the network, which is no fault of the page.
    browser.complaints().await;

    browser.run("document.querySelector('input[name=password]').value = ''").await;
    browser.write("input[name=password]", PASSWORD).await;
    browser.click("button[type=submit]").await;
    browser.until("the content", SHOWN).await;
    let seen = browser.run("return document.body.innerText").await.as_str().unwrap().to_owned();
    for part in [
        "Health: Healthy",
        "custom-check",
        "Response time, 95 %",
        "Slow statements",
        "Beta",
        "Cache hit rate",
    ] {
        assert!(seen.contains(part), "{part} is not in {seen}");
    }
    browser.click("#configuration summary").await;
    browser.until("the settings", "return document.body.innerText.includes('Bootstrap:AdminEmail')").await;
    let seen = browser.run("return document.body.innerText").await.as_str().unwrap().to_owned();
    assert!(!seen.contains(PASSWORD), "a secret is shown");
    browser.picture("ops-en").await;

    // The tab stays signed in, and what was folded out stays so over the next look.
    browser.visit(&format!("{}/ops?lang=ar", server.url)).await;
    browser.until("the content", SHOWN).await;
    browser.click("#configuration summary").await;
    browser.run("document.querySelector('section').dataset.old = '1'").await;
    browser.until("the next look", "return !document.querySelector('section').dataset.old").await;
    assert_eq!(browser.run("return document.getElementById('configuration').open").await, true);
    browser.click("#configuration summary").await;
    let (direction, seen) = (
        browser.run("return getComputedStyle(document.body).direction").await,
        browser.run("return document.body.innerText").await.as_str().unwrap().to_owned(),
    );
    assert!(direction == "rtl" && seen.contains("الحالة الصحية: سليم"), "{direction} {seen}");
    let overflow = "return document.documentElement.scrollWidth <= document.documentElement.clientWidth";
    assert_eq!(browser.run(overflow).await, true, "nothing sticks out");
    browser.picture("ops-ar").await;
    assert_eq!(browser.complaints().await, Vec::<String>::new());

    // The session ends with the sign-out, also on the server.
    let token = browser.run("return JSON.parse(sessionStorage.getItem('erp-ops')).access").await;
    browser.click("#sign-out").await;
    browser.until("the form", "return !document.getElementById('sign-in').hidden").await;
    let me = format!("{}/api/v1/me", server.url);
    let began = std::time::Instant::now();
    loop {
        let asked = reqwest::Client::new().get(&me).bearer_auth(token.as_str().unwrap());
        if asked.send().await.unwrap().status() == 401 {
            break;
        }
        assert!(began.elapsed().as_secs() < 15, "the token still counts");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(server.stop(), 0);
}

#[tokio::test]
async fn the_page_says_when_the_server_is_gone_and_is_dark_where_that_is_wanted() {
    if !is_here() {
        return not_run("chromedriver is not on this machine");
    }
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(Path::new(BINARY), folder.path(), &[EMPTY]).await;
    let browser = Browser::open(true).await;
    browser.visit(&format!("{}/ops?lang=en", server.url)).await;
    browser.until("the form", "return !document.getElementById('sign-in').hidden").await;
    browser.write("input[name=username]", "admin@home.example").await;
    browser.write("input[name=password]", PASSWORD).await;
    browser.click("button[type=submit]").await;
    browser.until("the content", SHOWN).await;
    let ground = browser.run("return getComputedStyle(document.body).backgroundColor").await;
    assert_eq!(ground, "rgb(16, 21, 28)");
    browser.picture("ops-dark").await;
    server.kill();
    let told =
        "return document.getElementById('problem').textContent.startsWith('The server does not answer')";
    browser.until("it says that the server is gone", told).await;
    assert_eq!(browser.run(SHOWN).await, true, "the last values stay");
}
