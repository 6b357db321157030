//! What whoever runs the machine watches: how many requests and how long they took, by the noun of the page and never
//! by whom or about whom. Given in the text form of OpenMetrics 1.0, to the machine itself only.

use crate::pages::PLACES;
use crate::problem::Why;
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
use std::time::{Duration, Instant};

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answered {
    page: &'static str,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct About {
    page: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Because {
    why: &'static str,
}

/// The counters of a site.
pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    seconds: Family<About, Histogram>,
    faults: Counter,
    refusals: Family<Because, Counter>,
    /// Pages that are open and follow the record.
    pub listeners: Gauge,
    entries: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("mandate");
        // From a quarter of a millisecond to eight seconds.
        let histogram: fn() -> Histogram = || Histogram::new(exponential_buckets(0.000_25, 2.0, 16));
        let (requests, refusals) = (Family::default(), Family::default());
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
        registry.register("refusals", "Requests refused, by the refusal's name", Family::clone(&refusals));
        registry.register("listeners", "Pages that are open and follow the record", Gauge::clone(&listeners));
        registry.register("entries", "Entries of the record", Gauge::clone(&entries));
        Self { registry, requests, seconds, faults, refusals, listeners, entries }
    }
}

impl Metrics {
    fn note(&self, page: &'static str, status: StatusCode, why: Option<Why>, seconds: f64) {
        if let Some(Why(why)) = why {
            self.refusals.get_or_create(&Because { why }).inc();
        }
        self.requests.get_or_create(&Answered { page, status: status.as_u16() }).inc();
        self.seconds.get_or_create(&About { page }).observe(seconds);
        if status.is_server_error() {
            self.faults.inc();
        }
    }
}

/// What a request is about: the first word of a page's address, or `other`.
fn noun(path: &str) -> &'static str {
    const OWN: [&str; 12] = [
        "act",
        "sign-out",
        "language",
        "letters",
        "register",
        "booth",
        "assets",
        "events",
        "attachments",
        "checkpoint",
        "health",
        "metrics",
    ];
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
    let why = response.extensions().get::<Why>().copied();
    site.metrics.note(page, response.status(), why, elapsed.as_secs_f64());
    if let Some(log) = site.options.on_request {
        log(&line(method.as_str(), page, response.status(), why, elapsed));
    }
    response
}

/// A line of the log, with why something was refused. What somebody sent stands nowhere in it, but for the method.
fn line(method: &str, page: &str, status: StatusCode, why: Option<Why>, elapsed: Duration) -> String {
    let mut line = json!({
        "at": jiff::Timestamp::now().to_string(),
        "method": method,
        "page": page,
        "status": status.as_u16(),
        "microseconds": u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX),
    });
    if let Some(Why(why)) = why {
        line["why"] = why.into();
    }
    line.to_string()
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
    fn a_refusal_is_logged_and_counted_by_its_name_on_one_line() {
        let why = Some(Why("second-wanted"));
        let written = line("X\n\"Y", "sign-in", StatusCode::BAD_REQUEST, why, Duration::from_millis(2));
        assert_eq!(written.lines().count(), 1);
        let read: serde_json::Value = serde_json::from_str(&written).unwrap();
        assert!(read["at"].as_str().unwrap().ends_with('Z'), "{written}");
        assert_eq!((&read["why"], &read["method"]), (&json!("second-wanted"), &json!("X\n\"Y")));
        let metrics = Metrics::default();
        metrics.note("sign-in", StatusCode::BAD_REQUEST, why, 0.002);
        let mut text = String::new();
        encode(&mut text, &metrics.registry).unwrap();
        assert!(text.contains("mandate_refusals_total{why=\"second-wanted\"} 1"), "{text}");
    }

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
