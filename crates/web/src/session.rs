//! Whose session a request belongs to.

use crate::access::Token;
use crate::problem::Problem;
use crate::site::{Site, cookie};
use crate::token::Rights;
use axum::http::HeaderMap;
use mandate_assembly::ids::MemberId;

/// The name of a session's cookie. Behind TLS browsers take one of this name from this host alone (RFC 6265bis, 4.1.3.2).
pub fn cookie_name(site: &Site) -> &'static str {
    if site.options.behind_tls { "__Host-session" } else { "session" }
}

/// Who sends a request.
#[derive(Clone)]
pub struct Session {
    /// As whom.
    pub member: MemberId,
    /// The session's token.
    pub token: Token,
}

/// The session that a request belongs to.
///
/// # Errors
/// A fault of the machine.
pub fn session(site: &Site, headers: &HeaderMap) -> Result<Option<Session>, Problem> {
    if let Some((session, _)) = bearer(site, headers)? {
        return Ok(Some(session));
    }
    of_cookie(site, headers)
}

/// The session of a browser.
///
/// # Errors
/// A fault of the machine.
pub fn of_cookie(site: &Site, headers: &HeaderMap) -> Result<Option<Session>, Problem> {
    let Some(token) = cookie(headers, cookie_name(site)).map(Token::new) else { return Ok(None) };
    let member = site.access.whose(&token, jiff::Timestamp::now())?;
    Ok(member.map(|member| Session { member, token }))
}

/// The session of a program that comes with a token, and what it may do (RFC 6750, section 2.1); none where a request
/// has none.
///
/// # Errors
/// The token is not good, or a fault of the machine.
pub fn bearer(site: &Site, headers: &HeaderMap) -> Result<Option<(Session, Rights)>, Problem> {
    let Some(value) = headers.get(axum::http::header::AUTHORIZATION) else { return Ok(None) };
    let text = value.to_str().ok().and_then(|value| value.strip_prefix("Bearer ")).map(str::trim);
    let text = text.ok_or(Problem::SignedOut)?;
    let (member, rights) = site.access.present(text, jiff::Timestamp::now())?.ok_or(Problem::SignedOut)?;
    Ok(Some((Session { member, token: Token::new(text.to_owned()) }, rights)))
}

/// The cookie that carries a session, or ends it.
pub fn set_cookie(site: &Site, token: Option<&Token>) -> String {
    let name = cookie_name(site);
    let secure = if site.options.behind_tls { "; Secure" } else { "" };
    match token {
        Some(token) => {
            format!("{name}={}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax{secure}", token.as_str())
        }
        None => format!("{name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{secure}"),
    }
}
