//! Styles and script, part of the binary. Their addresses change with their content, so browsers may keep them.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("../assets/style.css");
const SCRIPT: &str = include_str!("../assets/live.js");
const PASSKEYS: &str = include_str!("../assets/passkeys.js");

/// The addresses of styles and scripts.
#[derive(Debug)]
pub struct Assets {
    /// Of the styles.
    pub style: String,
    /// Of the script.
    pub script: String,
    /// Of the script for passkeys.
    pub passkeys: String,
}

impl Default for Assets {
    fn default() -> Self {
        Self {
            style: format!("/assets/{}.css", mark(STYLE)),
            script: format!("/assets/{}.js", mark(SCRIPT)),
            passkeys: format!("/assets/{}.js", mark(PASSKEYS)),
        }
    }
}

fn mark(content: &str) -> String {
    hex::encode(&Sha256::digest(content)[..8])
}

impl Assets {
    /// The file at an address.
    pub fn get(&self, address: &str) -> Option<Response> {
        let (content, kind) = match address {
            _ if address == self.style => (STYLE, "text/css; charset=utf-8"),
            _ if address == self.script => (SCRIPT, "text/javascript; charset=utf-8"),
            _ if address == self.passkeys => (PASSKEYS, "text/javascript; charset=utf-8"),
            _ => return None,
        };
        let headers =
            [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
        Some((headers, content).into_response())
    }
}
