//! The bodies of requests: read whole where they are not too long, and taken as forms where they come from this site.

use crate::acting::Sent;
use crate::problem::Problem;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use tokio_stream::StreamExt;

/// The longest body that is taken, in bytes: a long motion, or a roll.
pub(crate) const LONGEST_BODY_BYTES: usize = 16 << 20;

/// A body, where it is not too long. What comes beyond that is read and thrown away, so that the answer is read too.
pub(crate) async fn whole(body: Body) -> Result<Vec<u8>, Problem> {
    let mut parts = body.into_data_stream();
    let (mut bytes, mut length) = (Vec::new(), 0);
    while let Some(part) = parts.next().await {
        let part = part.map_err(|_| Problem::TooLong)?;
        length += part.len();
        if length <= LONGEST_BODY_BYTES {
            bytes.extend_from_slice(&part);
        }
    }
    if length > LONGEST_BODY_BYTES { Err(Problem::TooLong) } else { Ok(bytes) }
}

/// Refuses what does not say that it is of the kind that is read (RFC 9110, section 8.3).
pub(crate) fn check_kind(headers: &HeaderMap, expected: &'static str) -> Result<(), Problem> {
    let said = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // What follows a semicolon is about the signs.
    let kind = said.split(';').next().unwrap_or_default().trim();
    if kind.eq_ignore_ascii_case(expected) { Ok(()) } else { Err(Problem::OtherKind(expected)) }
}

/// A form's fields, where it comes from this site.
pub(crate) async fn form_of(request: Request<Body>) -> Result<Sent, Problem> {
    let headers = request.headers();
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    // Fetch Metadata, and Origin (RFC 6454) where a browser does not send it.
    let from_elsewhere = match text("sec-fetch-site") {
        Some(site) => site != "same-origin" && site != "none",
        None => text("origin").is_some_and(|origin| {
            let host = text("host").unwrap_or_default();
            origin.split_once("://").is_none_or(|(_, from)| from != host)
        }),
    };
    if from_elsewhere {
        return Err(Problem::Stale);
    }
    let is_form = check_kind(headers, "application/x-www-form-urlencoded");
    // Read in any case, so that the answer is read too.
    let body = whole(request.into_body()).await?;
    is_form?;
    let text = std::str::from_utf8(&body).map_err(|_| Problem::Unreadable("unknown-form"))?;
    Ok(Sent::new(fields(text)))
}

/// The fields of a form as browsers send it (URL Standard, application/x-www-form-urlencoded).
pub(crate) fn fields(text: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn of_a_field_that_is_sent_twice_the_first_counts() {
        let sent = Sent::new(fields("do=sign-motion&motion=1&do=leave&motion=2"));
        assert_eq!((sent.text("do"), sent.text("motion")), ("sign-motion", "1"));
    }

    #[test]
    fn only_what_is_read_here_is_taken() {
        let expected = "application/json";
        for (said, is_taken) in [
            (Some("application/json"), true),
            (Some("Application/JSON; charset=utf-8"), true),
            (Some("text/plain"), false),
            (Some("application/json-patch+json"), false),
            (None, false),
        ] {
            let said = said.map(|said| (header::CONTENT_TYPE, HeaderValue::from_static(said)));
            let headers: HeaderMap = said.into_iter().collect();
            assert_eq!(check_kind(&headers, expected).is_ok(), is_taken, "{headers:?}");
        }
    }
}
