//! What follows the record: open pages, by server-sent events; and auditors, by checkpoint and attachments.

use crate::site::{Site, on_a_thread};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use mandate_record::{Attachments, Digest, Reader};
use std::convert::Infallible;
use std::sync::Arc;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::WatchStream;

/// The number of entries, whenever it grows (HTML Standard, server-sent events).
///
/// The stream ends when the server does: it would hold the end up for as long as a page is open. Browsers come back.
pub(crate) async fn events(State(site): State<Arc<Site>>) -> impl IntoResponse {
    let here = Arc::clone(&site);
    let changes = WatchStream::new(site.follower.watch())
        .map(drop)
        .merge(WatchStream::new(site.beside.subscribe()).map(drop));
    let entries = changes.map(move |()| Some(here.follower.read().checkpoint.size + *here.beside.borrow()));
    let closing = WatchStream::new(site.closing.subscribe()).filter(|closing| *closing).map(|_| None);
    let events = entries
        .merge(closing)
        .map_while(|entries| entries)
        .map({
            let listening = Listening::new(&site);
            move |entries| {
                let _ = &listening;
                entries
            }
        })
        .map(|entries| Ok::<_, Infallible>(Event::default().data(entries.to_string())));
    Sse::new(events).keep_alive(KeepAlive::default())
}

/// Counts a page that follows the record for as long as it does.
struct Listening(Arc<Site>);

impl Listening {
    fn new(site: &Arc<Site>) -> Self {
        site.metrics.listeners.inc();
        Self(Arc::clone(site))
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.metrics.listeners.dec();
    }
}

/// An attachment by its hash, to be kept and not to be run.
pub(crate) async fn attachment(
    State(site): State<Arc<Site>>,
    axum::extract::Path(hash): axum::extract::Path<String>,
) -> Response {
    on_a_thread(move || {
        let mut bytes = [0; 32];
        if hex::decode_to_slice(&hash, &mut bytes).is_err() {
            return StatusCode::NOT_FOUND.into_response();
        }
        let content = Reader::open(site.follower.path())
            .and_then(|reader| reader.attachment(&Digest::from_bytes(bytes)));
        match content {
            Ok(Some(content)) => {
                let headers = [
                    (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
                    (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{hash}\"")),
                ];
                (headers, content).into_response()
            }
            Ok(None) => StatusCode::NOT_FOUND.into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    })
    .await
}

/// Name, size and root of the record, signed where it has a key.
pub(crate) async fn checkpoint(State(site): State<Arc<Site>>) -> Response {
    on_a_thread(move || {
        match Reader::open(site.follower.path()).and_then(|reader| reader.checkpoint_text()) {
            Ok(text) => ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    })
    .await
}
