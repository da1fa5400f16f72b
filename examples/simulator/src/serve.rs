//! Serves HTTP, and hangs up where a host is to see a connection break.
//!
//! That is the one thing that a web framework has no word for, so connections are accepted here.

use std::convert::Infallible;
use std::fmt;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tower_service::Service;

/// Put into an answer, it is never sent: the connection breaks instead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HangUp;

impl IntoResponse for HangUp {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        response.extensions_mut().insert(self);
        response
    }
}

impl fmt::Display for HangUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the simulation hangs up")
    }
}

impl std::error::Error for HangUp {}

/// Serves until it is aborted; its connections end with it.
pub(crate) async fn run(listener: TcpListener, app: Router) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve(stream, app.clone()));
                }
                // Too many open files, mostly: it gets better when connections end.
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TcpStream, app: Router) {
    // It only makes answers slower if it cannot be set.
    let _ = stream.set_nodelay(true);
    let answer = service_fn(move |request: Request<Incoming>| {
        let mut app = app.clone();
        async move {
            let answered: Result<Response, Infallible> = app.call(request.map(Body::new)).await;
            match answered {
                Ok(response) if response.extensions().get::<HangUp>().is_some() => Err(HangUp),
                Ok(response) => Ok(response),
                Err(never) => match never {},
            }
        }
    });
    // What breaks is the other side's, or was to break.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
}
