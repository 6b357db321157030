//! The language that a reader chose.

use crate::body::fields;
use crate::site::Site;
use axum::extract::State;
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use std::sync::Arc;

/// Keeps the language that was chosen, and goes back to the page.
pub(crate) async fn choose(State(site): State<Arc<Site>>, uri: Uri) -> Response {
    let query = fields(uri.query().unwrap_or_default());
    let value = |key: &str| query.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
    // Only a path of this site: `//elsewhere` would lead away.
    let back = value("back").filter(|back| back.starts_with('/') && !back.starts_with("//"));
    let back = Redirect::to(&crate::view::address("", back.unwrap_or("/")));
    match value("language").and_then(|tag| site.languages.get(tag)) {
        Some(words) => {
            let secure = if site.options.behind_tls { "; Secure" } else { "" };
            let cookie =
                format!("language={}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax{secure}", words.tag);
            ([(header::SET_COOKIE, cookie)], back).into_response()
        }
        None => back.into_response(),
    }
}
