//! One axum route without anything around it: what `cargo xtask bench` compares cached reads with.

use axum::Router;
use axum::routing::get;

const BODY: &str = r#"{"id":"0198c0de-7b1f-7c3a-9f00-2b6f1d6a4e11","code":"1113","name":{"ar":"البنك","en":"Bank"},"type":"asset"}"#;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let listener = tokio::net::TcpListener::bind(address).await?;
    let headers = [("content-type", "application/json")];
    axum::serve(listener, Router::new().route("/", get(move || async move { (headers, BODY) }))).await
}
