//! A service that knows how orders are: what a company has beside WhatsApp, small enough to read. Rules ask it by `request`.
//!
//! `GET /orders/ET-2041` answers `{"number":"ET-2041","state":"on-the-way"}` to whoever shows its token, and 404 of an order that it
//! does not know. It can be taken down, to see what customers read then.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::task::AbortHandle;

/// What it knows.
struct Book {
    token: String,
    orders: BTreeMap<String, String>,
    down: AtomicBool,
    asked: AtomicU64,
}

/// A service that runs until this is dropped.
pub struct Orders {
    address: SocketAddr,
    book: Arc<Book>,
    task: AbortHandle,
}

impl Orders {
    /// Starts to listen. `orders` are numbers and the words for their states.
    pub async fn start(listen: SocketAddr, token: &str, orders: &[(&str, &str)]) -> std::io::Result<Self> {
        let listener = tokio::net::TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let orders = orders.iter().map(|(number, state)| ((*number).to_owned(), (*state).to_owned()));
        let book = Arc::new(Book {
            token: token.to_owned(),
            orders: orders.collect(),
            down: AtomicBool::new(false),
            asked: AtomicU64::new(0),
        });
        let app = Router::new().route("/orders/{number}", get(order)).with_state(Arc::clone(&book));
        let task = tokio::spawn(crate::serve::run(listener, app)).abort_handle();
        Ok(Self { address, book, task })
    }

    /// Where it listens, as `http://127.0.0.1:40123`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Takes it down, or brings it back.
    pub fn set_down(&self, down: bool) {
        self.book.down.store(down, Ordering::Relaxed);
    }

    /// How often it was asked.
    pub fn asked(&self) -> u64 {
        self.book.asked.load(Ordering::Relaxed)
    }
}

impl Drop for Orders {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn order(
    State(book): State<Arc<Book>>,
    headers: HeaderMap,
    Path(number): Path<String>,
) -> Result<Json<Value>, StatusCode> {
    book.asked.fetch_add(1, Ordering::Relaxed);
    if book.down.load(Ordering::Relaxed) {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    let shown = headers.get("authorization").and_then(|value| value.to_str().ok());
    if shown.and_then(|shown| shown.strip_prefix("Bearer ")) != Some(book.token.as_str()) {
        return Err(StatusCode::UNAUTHORIZED);
    }
    let state = book.orders.get(&number).ok_or(StatusCode::NOT_FOUND)?;
    Ok(Json(json!({ "number": number, "state": state })))
}
