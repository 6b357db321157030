//! What whoever runs the machine watches: how many requests and how long they took, by the noun of the page and never
//! by whom or about whom. Given in the text form of OpenMetrics 1.0, to the machine itself only.

use crate::pages::PLACES;
use crate::site::Site;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answered {
    page: &'static str,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct About {
    page: &'static str,
}

/// The counters of a site.
pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    seconds: Family<About, Histogram>,
    faults: Counter,
    /// Pages that are open and follow the record.
    pub listeners: Gauge,
    entries: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("mandate");
        // From a quarter of a millisecond to eight seconds.
        let histogram: fn() -> Histogram = || Histogram::new(exponential_buckets(0.000_25, 2.0, 16));
        let requests = Family::default();
        let seconds = Family::new_with_constructor(histogram);
        let (faults, listeners, entries) = (Counter::default(), Gauge::default(), Gauge::default());
        registry.register("requests", "Requests answered, by the noun of the page", Family::clone(&requests));
        registry.register_with_unit(
            "answer",
            "Time until the answer began",
            Unit::Seconds,
            Family::clone(&seconds),
        );
        registry.register("faults", "Requests that the machine failed to answer", Counter::clone(&faults));
        registry.register("listeners", "Pages that are open and follow the record", Gauge::clone(&listeners));
        registry.register("entries", "Entries of the record", Gauge::clone(&entries));
        Self { registry, requests, seconds, faults, listeners, entries }
    }
}

impl Metrics {
    fn note(&self, page: &'static str, status: StatusCode, seconds: f64) {
        self.requests.get_or_create(&Answered { page, status: status.as_u16() }).inc();
        self.seconds.get_or_create(&About { page }).observe(seconds);
        if status.is_server_error() {
            self.faults.inc();
        }
    }
}

/// What a request is about: the first word of a page's address, or `other`.
fn noun(path: &str) -> &'static str {
    const OWN: [&str; 8] =
        ["act", "sign-out", "language", "events", "attachments", "checkpoint", "health", "metrics"];
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    let first = first.trim_end_matches(".json").trim_end_matches(".csv");
    if first.is_empty() {
        return "front";
    }
    let pages = PLACES.iter().filter_map(|place| place.address[1..].split('/').next());
    pages.chain(OWN).find(|noun| *noun == first).unwrap_or("other")
}

/// Counts each request, and writes a line of JSON about it where that is asked for: no address, no name, no number.
pub(crate) async fn measure(State(site): State<Arc<Site>>, request: Request<Body>, next: Next) -> Response {
    let started = Instant::now();
    let page = noun(request.uri().path());
    let method = request.method().clone();
    let response = next.run(request).await;
    let elapsed = started.elapsed();
    site.metrics.note(page, response.status(), elapsed.as_secs_f64());
    if let Some(log) = site.options.on_request {
        let line = json!({
            "at": jiff::Timestamp::now().to_string(),
            "method": method.as_str(),
            "page": page,
            "status": response.status().as_u16(),
            "microseconds": u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX),
        });
        log(&line.to_string());
    }
    response
}

/// The counters, for the machine itself: not through a proxy.
pub(crate) async fn metrics(
    State(site): State<Arc<Site>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request<Body>,
) -> Response {
    if !peer.ip().is_loopback() || request.headers().contains_key("x-forwarded-for") {
        return StatusCode::NOT_FOUND.into_response();
    }
    let size = site.follower.read().checkpoint.size;
    site.metrics.entries.set(i64::try_from(size).unwrap_or(i64::MAX));
    let mut text = String::new();
    match encode(&mut text, &site.metrics.registry) {
        Ok(()) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_known_by_its_noun_alone() {
        for (path, expected) in [
            ("/", "front"),
            ("/members/M17", "members"),
            ("/plan.json", "plan"),
            ("/events", "events"),
            ("/M17", "other"),
            ("/members.csv", "members"),
        ] {
            assert_eq!(noun(path), expected, "{path}");
        }
    }
}
