//! What the proxy in front says of a request: from where it comes.

use crate::site::Site;
use axum::http::HeaderMap;
use std::net::{IpAddr, SocketAddr};

/// Where a request comes from: the peer, or what the proxy in front says.
pub(crate) fn client(site: &Site, peer: SocketAddr, headers: &HeaderMap) -> IpAddr {
    forwarded(headers).filter(|_| site.options.behind_tls && is_near(peer.ip())).unwrap_or(peer.ip())
}

/// The address that the proxy added itself: the last.
fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let list = headers.get("x-forwarded-for")?.to_str().ok()?;
    list.rsplit(',').next()?.trim().parse().ok()
}

/// Whether a proxy of ours may stand there: this machine, or a network that nobody reaches from outside (RFC 1918, RFC
/// 4193).
fn is_near(peer: IpAddr) -> bool {
    match peer.to_canonical() {
        IpAddr::V4(peer) => peer.is_loopback() || peer.is_private(),
        IpAddr::V6(peer) => peer.is_loopback() || peer.is_unique_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn the_proxys_word_counts_from_near_and_only_its_own() {
        let mut headers = HeaderMap::new();
        assert_eq!(forwarded(&headers), None);
        headers.insert("x-forwarded-for", HeaderValue::from_static("198.51.100.7, 203.0.113.9"));
        assert_eq!(forwarded(&headers), "203.0.113.9".parse().ok());
        for (peer, near) in [
            ("127.0.0.1", true),
            ("10.88.0.1", true),
            ("::ffff:127.0.0.1", true),
            ("fd00::1", true),
            ("198.51.100.7", false),
            ("2001:db8::1", false),
        ] {
            assert_eq!(is_near(peer.parse().unwrap()), near, "{peer}");
        }
    }
}
