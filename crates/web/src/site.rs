//! The site: one record followed, its writer, and the requests that come in.

use crate::assets::Assets;
use crate::clock::Clock;
use crate::follower::{Follower, Kept};
use crate::names::Names;
use crate::page::Page;
use crate::pages;
use crate::plans::Plans;
use crate::problem::Problem;
use crate::view::View;
use crate::words::{Languages, Words, WordsError};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use jiff::tz::TimeZone;
use mandate_record::{Directory, Fault, Register};
use percent_encoding::percent_decode_str;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, RwLock};
use std::time::Duration;
use tokio::net::TcpListener;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

/// The longest body that is taken, in bytes: a long motion, or a roll.
const LONGEST_BODY_BYTES: usize = 16 << 20;
/// A page that takes longer is given up.
const PAGE_TIMEOUT: Duration = Duration::from_secs(30);

/// How a site is served.
#[derive(Clone, Debug)]
pub struct Options {
    /// The directory of the federation's record.
    pub directory: PathBuf,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Whether anybody may be anybody: for examples, on the machine's own address only.
    pub trial: bool,
    /// Whether a proxy in front speaks TLS, so that cookies are kept to it.
    pub behind_tls: bool,
}

/// Why a site is not served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The record.
    #[error(transparent)]
    Record(#[from] Fault),
    /// A language.
    #[error(transparent)]
    Words(#[from] WordsError),
    /// Nothing is founded in the directory.
    #[error("{0}: nothing is founded here yet; see: mandate found --help")]
    NotFounded(PathBuf),
    /// A trial on an address that others reach.
    #[error(
        "a trial lets anybody act as anybody, so it is served on this machine only; listen on 127.0.0.1, not {0}"
    )]
    OpenTrial(SocketAddr),
    /// The charter's time zone is not known here.
    #[error("the charter's time zone {zone:?} is not known here: {problem}")]
    TimeZone { zone: String, problem: String },
    /// The address cannot be listened on.
    #[error("{listen}: {problem}; choose another address with --listen")]
    Listen { listen: SocketAddr, problem: std::io::Error },
    /// The operating system gives no thread.
    #[error("{0}")]
    Machine(std::io::Error),
}

/// What all requests share.
pub(crate) struct Site {
    pub follower: Follower,
    pub languages: Languages,
    pub assets: Assets,
    pub names: RwLock<Names>,
    pub plans: Plans,
    pub clock: Clock,
    pub zone: TimeZone,
    pub options: Options,
}

/// Serves a site until the process is told to end. `ready` is called once it answers; `progress` while it replays.
///
/// # Errors
/// A record that cannot be read, a language that is not complete, or an address that is taken.
pub fn serve(
    options: Options,
    progress: &mut dyn FnMut(u64, u64),
    ready: &mut dyn FnMut(SocketAddr),
) -> Result<(), ServeError> {
    if options.trial && !options.listen.ip().is_loopback() {
        return Err(ServeError::OpenTrial(options.listen));
    }
    let site = Arc::new(Site::open(options, progress)?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(ServeError::Machine)?.block_on(async {
        let listen = site.options.listen;
        let failed = |problem| ServeError::Listen { listen, problem };
        let listener = TcpListener::bind(listen).await.map_err(failed)?;
        ready(listener.local_addr().map_err(failed)?);
        let service = router(Arc::clone(&site));
        axum::serve(listener, service).with_graceful_shutdown(told_to_end()).await.map_err(failed)
    })
}

async fn told_to_end() {
    // Where a signal cannot be listened for, the process ends at once when it comes, which loses nothing.
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
            return;
        }
    }
    let _ = interrupt.await;
}

impl Site {
    fn open(options: Options, progress: &mut dyn FnMut(u64, u64)) -> Result<Self, ServeError> {
        let languages = Languages::read(&options.directory)?;
        let follower = Follower::open(&options.directory, progress)?;
        let (zone, clock) = {
            let followed = follower.read();
            let state = followed.federation.state();
            let Ok(federation) = state.federation() else {
                return Err(ServeError::NotFounded(options.directory));
            };
            let zone = &federation.charter.federation.time_zone;
            let zone = TimeZone::get(zone)
                .map_err(|error| ServeError::TimeZone { zone: zone.clone(), problem: error.to_string() })?;
            let clock = match (options.trial, state.last_at) {
                (true, Some(last)) => Clock::starting_at(last),
                _ => Clock::default(),
            };
            (zone, clock)
        };
        let names = names(&options.directory)?;
        let site = Self {
            follower,
            languages,
            assets: Assets::default(),
            names: RwLock::new(names),
            plans: Plans::default(),
            clock,
            zone,
            options,
        };
        pages::plan::call_branches(&site);
        Ok(site)
    }

    /// Answers with a page or why there is none, in the reader's language, as HTML, CSV or JSON.
    pub fn show(&self, asked: &Asked, make: &dyn Fn(&View<'_>) -> Result<Page, Problem>) -> Response {
        let followed = self.follower.read();
        let Ok(federation) = View::federation_of(&followed) else {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        };
        let names = self.names.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let own = &federation.charter.federation.languages;
        let view = View {
            federation,
            checkpoint: &followed.checkpoint,
            as_of: followed.federation.state().last_at.unwrap_or(federation.founded_at),
            now: self.clock.now(),
            words: self.words(asked, own),
            languages: &self.languages,
            zone: self.zone.clone(),
            path: &asked.path,
            query: &asked.query,
            member: None,
            form_token: None,
            notice: None,
            trial: self.options.trial,
            assets: &self.assets,
            names: &names,
            plans: &self.plans,
            files: Kept(self.follower.path()),
        };
        let (status, page) = match make(&view) {
            Ok(page) => (StatusCode::OK, page),
            Err(problem) => {
                let status = StatusCode::from_u16(problem.status());
                (status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), pages::problem::page(&view, &problem))
            }
        };
        answer(status, &page, &view, asked)
    }

    fn words(&self, asked: &Asked, own: &[String]) -> &Words {
        self.languages.choose(asked.language.as_deref(), asked.accepted.as_deref(), own)
    }
}

fn answer(status: StatusCode, page: &Page, view: &View<'_>, asked: &Asked) -> Response {
    match asked.form {
        Form::Html => {
            let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
            (status, kind, page.html(view).into_string()).into_response()
        }
        Form::Json => {
            let kind = [(header::CONTENT_TYPE, "application/json")];
            (status, kind, page.json(view).to_string()).into_response()
        }
        Form::Csv => match page.csv(view.asked("table")) {
            Some(csv) => {
                let kind = [(header::CONTENT_TYPE, "text/csv; charset=utf-8")];
                (status, kind, csv).into_response()
            }
            None => StatusCode::NOT_FOUND.into_response(),
        },
    }
}

/// The names that the register holds.
fn names(directory: &std::path::Path) -> Result<Names, Fault> {
    let register = Register::open(&Directory::new(directory))?;
    let mut names = std::collections::BTreeMap::new();
    for member in register.members()? {
        if let Some(name) = register.fields(&member)?.remove("name") {
            names.insert(member, name);
        }
    }
    Ok(Names::new(names))
}

/// What a request asks for.
pub(crate) struct Asked {
    /// The path, decoded, without the ending that names a form.
    pub path: String,
    pub form: Form,
    pub query: Vec<(String, String)>,
    /// The language that was chosen before.
    pub language: Option<String>,
    pub accepted: Option<String>,
}

/// In which form.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Html,
    Csv,
    Json,
}

impl Asked {
    pub fn read(uri: &Uri, headers: &HeaderMap) -> Self {
        let path = percent_decode_str(uri.path()).decode_utf8_lossy().into_owned();
        let (path, form) = match path.strip_suffix(".json") {
            Some(path) => (path, Form::Json),
            None => match path.strip_suffix(".csv") {
                Some(path) => (path, Form::Csv),
                None => (path.as_str(), Form::Html),
            },
        };
        let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        Self {
            path: path.to_owned(),
            form,
            query: fields(uri.query().unwrap_or_default()),
            language: cookie(headers, "language"),
            accepted: text(header::ACCEPT_LANGUAGE).map(str::to_owned),
        }
    }
}

/// The fields of a form as browsers send it (URL Standard, application/x-www-form-urlencoded).
pub(crate) fn fields(text: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

/// A cookie's value.
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
}

fn router(site: Arc<Site>) -> Router {
    Router::new()
        .route("/language", get(choose_language))
        .route("/health", get(async || "ok\n"))
        .fallback(read_page)
        .with_state(site)
        .layer(axum::middleware::map_response(secured))
        .layer(CompressionLayer::new())
        .layer(RequestBodyLimitLayer::new(LONGEST_BODY_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, PAGE_TIMEOUT))
}

async fn read_page(State(site): State<Arc<Site>>, request: Request<Body>) -> Response {
    if request.method() != axum::http::Method::GET && request.method() != axum::http::Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    if let Some(asset) = site.assets.get(request.uri().path()) {
        return asset;
    }
    let asked = Asked::read(request.uri(), request.headers());
    site.show(&asked, &pages::page)
}

/// Keeps the language that was chosen, and goes back to the page.
async fn choose_language(State(site): State<Arc<Site>>, uri: Uri) -> Response {
    let query = fields(uri.query().unwrap_or_default());
    let value = |key: &str| query.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
    // Only a path of this site: `//elsewhere` would lead away.
    let back = value("back").filter(|back| back.starts_with('/') && !back.starts_with("//"));
    let back = Redirect::to(&crate::view::address("", back.unwrap_or("/")));
    match value("language").and_then(|tag| site.languages.get(tag)) {
        Some(words) => {
            let cookie = format!("language={}; Path=/; Max-Age=31536000; SameSite=Lax", words.tag);
            ([(header::SET_COOKIE, cookie)], back).into_response()
        }
        None => back.into_response(),
    }
}

/// What every answer says about how it may be used.
async fn secured(mut response: Response) -> Response {
    let rules = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
    ];
    for (name, rule) in rules {
        response.headers_mut().insert(name, HeaderValue::from_static(rule));
    }
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
    response
}
