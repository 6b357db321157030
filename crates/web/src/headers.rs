//! What every answer says of itself: how it may be used, where it may be shown, and by whom it may be kept.

use crate::session;
use crate::site::{Site, cookie};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use std::sync::Arc;

/// The rules for browsers. The booth states some of them itself, and more strictly.
const RULES: [(HeaderName, &str); 7] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), \
         microphone=(), midi=(), payment=(), usb=()",
    ),
];

/// For a year the browser asks this host and those below it by TLS only (RFC 6797).
const BY_TLS_ONLY: &str = "max-age=31536000; includeSubDomains";

/// What a page depends on beside its address.
const DEPENDS_ON: &str = "accept-language, authorization, cookie";

/// Adds to an answer what holds for all of them.
pub(crate) async fn secured(State(site): State<Arc<Site>>, request: Request<Body>, next: Next) -> Response {
    let is_personal = is_personal(&site, request.headers());
    let mut response = next.run(request).await;
    let is_behind_tls = site.options.behind_tls;
    complete(response.headers_mut(), is_personal, is_behind_tls);
    response
}

/// Whether a request is somebody's own: what answers it is for their eyes.
fn is_personal(site: &Site, headers: &HeaderMap) -> bool {
    headers.contains_key(header::AUTHORIZATION) || cookie(headers, session::cookie_name(site)).is_some()
}

fn complete(headers: &mut HeaderMap, is_personal: bool, is_behind_tls: bool) {
    for (name, rule) in RULES {
        headers.entry(name).or_insert(HeaderValue::from_static(rule));
    }
    if is_behind_tls {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(BY_TLS_ONLY));
    }
    // An answer without a word says so too, and nobody guesses.
    headers.entry(header::CONTENT_TYPE).or_insert(HeaderValue::from_static("text/plain; charset=utf-8"));
    // Styles, scripts and the booth say themselves who may keep them; they are the same for everybody.
    if headers.contains_key(header::CACHE_CONTROL) {
        return;
    }
    let kept = match is_personal || headers.contains_key(header::SET_COOKIE) {
        true => "no-store",
        false => "no-cache",
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    headers.append(header::VARY, HeaderValue::from_static(DEPENDS_ON));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn completed(before: &[(HeaderName, &'static str)], is_personal: bool, is_behind_tls: bool) -> HeaderMap {
        let before = before.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        let mut headers = before.collect();
        complete(&mut headers, is_personal, is_behind_tls);
        headers
    }

    #[test]
    fn what_is_somebodys_own_is_kept_by_nobody() {
        for (before, is_personal, kept) in [
            (vec![], false, "no-cache"),
            (vec![], true, "no-store"),
            (vec![(header::SET_COOKIE, "session=1")], false, "no-store"),
            (vec![(header::CACHE_CONTROL, "public, max-age=31536000, immutable")], true, "public"),
        ] {
            let headers = completed(&before, is_personal, false);
            let found = headers[header::CACHE_CONTROL].to_str().unwrap();
            assert!(found.starts_with(kept), "{before:?}: {found}");
            assert_eq!(headers.contains_key(header::VARY), kept != "public");
        }
    }

    #[test]
    fn tls_is_asked_for_only_where_it_is_spoken() {
        assert!(!completed(&[], false, false).contains_key(header::STRICT_TRANSPORT_SECURITY));
        assert_eq!(completed(&[], false, true)[header::STRICT_TRANSPORT_SECURITY], BY_TLS_ONLY);
    }

    #[test]
    fn what_is_stricter_already_stays() {
        let headers = completed(&[(header::REFERRER_POLICY, "no-referrer")], false, true);
        assert_eq!(headers[header::REFERRER_POLICY], "no-referrer");
        for (name, _) in RULES {
            assert_eq!(headers.get_all(&name).iter().count(), 1, "{name}");
        }
        assert_eq!(headers[header::CONTENT_TYPE], "text/plain; charset=utf-8");
    }
}
