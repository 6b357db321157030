//! The site: one record followed, its writer, and the requests that come in.

use crate::access::{Access, AccessError};
use crate::acting::{self, Sent};
use crate::api;
use crate::assets::Assets;
use crate::attempts::Attempts;
use crate::body::{LONGEST_BODY_BYTES, fields};
use crate::booth;
use crate::clock::Clock;
use crate::follower::{Follower, Kept};
use crate::following;
use crate::headers;
use crate::language;
use crate::metrics::{self, Metrics};
use crate::names::Names;
use crate::news;
use crate::notice::Notices;
use crate::own;
use crate::page::{Page, as_a_file};
use crate::pages;
use crate::plans::Plans;
use crate::post;
use crate::problem::{Problem, Why};
use crate::provider::Provider;
use crate::sending::Sending;
use crate::session::{self, Session};
use crate::settings::{Settings, SettingsError};
use crate::signing_in::{self, UnderWay};
use crate::view::View;
use crate::words::{Languages, Words, WordsError};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{self, get};
use jiff::tz::TimeZone;
use mandate_assembly::ids::MemberId;
use mandate_assembly::{Action, Command};
use mandate_booth::{BoxFolder, FolderFault};
use mandate_record::{Fault, Federation, Handle, Keeper, Limits, Record, SubmitError, Writer};
use percent_encoding::percent_decode_str;
use std::net::{IpAddr, SocketAddr};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, RwLock};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

/// From here on a body is cut off without an answer.
const CUT_OFF_BYTES: usize = 4 * LONGEST_BODY_BYTES;
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
    /// In a trial, what time it is when the site starts; where its record ends, if nothing is said.
    pub trial_time: Option<jiff::Timestamp>,
    /// Is told of every request, as a line of JSON without anything personal.
    pub on_request: Option<fn(&str)>,
    /// Is told of every fault of the machine, with the page on which it came up.
    pub on_fault: fn(&str),
    /// Whether those who hold a post act only with a second factor.
    pub officers_second_factor: bool,
    /// Whether a proxy in front speaks TLS, so that cookies are kept to it.
    pub behind_tls: bool,
    /// The folder of the boxes of secret ballots; `boxes` in the record's directory, if none is named.
    pub boxes: Option<PathBuf>,
}

/// Why a site is not served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The record.
    #[error(transparent)]
    Record(#[from] Fault),
    /// Codes and sessions.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// A language.
    #[error(transparent)]
    Words(#[from] WordsError),
    /// How letters and mails are sent, or by which provider members sign in.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The boxes of secret ballots.
    #[error(transparent)]
    Boxes(#[from] FolderFault),
    /// Nothing is founded in the directory.
    #[error("{0}: nothing is founded here yet; see: mandate found --help")]
    NotFounded(PathBuf),
    /// A trial on an address that others reach.
    #[error(
        "a trial lets anybody act as anybody, so it is served on this machine only; listen on 127.0.0.1, not {0}"
    )]
    OpenTrial(SocketAddr),
    /// An address that others reach, without TLS.
    #[error(
        "others would reach {0} without TLS, and codes and names could be read on the way; listen on 127.0.0.1, or put a \
         proxy that speaks TLS in front and say --behind-tls"
    )]
    OpenWithoutTls(SocketAddr),
    /// The charter's time zone is not known here.
    #[error("the charter's time zone {zone:?} is not known here: {problem}")]
    TimeZone {
        /// As the charter names it.
        zone: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The address cannot be listened on.
    #[error("{listen}: {problem}; choose another address with --listen")]
    Listen {
        /// The address.
        listen: SocketAddr,
        /// What the system says.
        problem: std::io::Error,
    },
    /// The operating system gives no thread.
    #[error("{0}")]
    Machine(std::io::Error),
}

/// What all requests share.
pub(crate) struct Site {
    pub follower: Follower,
    pub writer: Handle<Federation>,
    pub access: Access,
    pub attempts: Attempts<IpAddr>,
    /// Wrong digits of second factors, by member.
    pub guesses: Attempts<MemberId>,
    pub languages: Languages,
    pub assets: Assets,
    pub names: RwLock<Names>,
    pub plans: Plans,
    pub notices: Notices,
    pub settings: Settings,
    pub provider: Option<Provider>,
    pub under_way: UnderWay,
    pub sending: Sending,
    pub boxes: Option<BoxFolder>,
    pub clock: Clock,
    pub zone: TimeZone,
    pub options: Options,
    /// Whether the server is about to end.
    pub closing: watch::Sender<bool>,
    /// Counts what happens beside the record and is shown at once.
    pub beside: watch::Sender<u64>,
    pub metrics: Metrics,
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
    if !options.behind_tls && !options.listen.ip().is_loopback() {
        return Err(ServeError::OpenWithoutTls(options.listen));
    }
    // Held until the end: the one who writes.
    let keeper = Keeper::open(Record::open(&options.directory)?, Federation::default)?;
    let writer = Writer::start(keeper, Limits::default())?;
    let site = Arc::new(Site::open(options, writer.handle(), progress)?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(ServeError::Machine)?.block_on(async {
        let listen = site.options.listen;
        let failed = |problem| ServeError::Listen { listen, problem };
        let listener = TcpListener::bind(listen).await.map_err(failed)?;
        ready(listener.local_addr().map_err(failed)?);
        let service = router(Arc::clone(&site)).into_make_service_with_connect_info::<SocketAddr>();
        let ending = async move {
            told_to_end().await;
            site.closing.send_replace(true);
        };
        axum::serve(listener, service).with_graceful_shutdown(ending).await.map_err(failed)
    })?;
    // What was handed in is decided and kept before the process ends.
    writer.stop();
    Ok(())
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
    fn open(
        options: Options,
        writer: Handle<Federation>,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Self, ServeError> {
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
                (true, Some(last)) => Clock::starting_at(options.trial_time.unwrap_or(last).max(last)),
                _ => Clock::default(),
            };
            (zone, clock)
        };
        let names = Names::read(&options.directory)?;
        let access = Access::open(&options.directory)?;
        let notices = Notices::open(&options.directory)?;
        let settings = Settings::read(&options.directory)?;
        let provider = Provider::open(&options.directory)?;
        let boxes = booth::boxes(&options)?;
        let site = Self {
            follower,
            writer,
            access,
            attempts: Attempts::by_address(),
            guesses: Attempts::by_member(),
            languages,
            assets: Assets::default(),
            names: RwLock::new(names),
            plans: Plans::default(),
            notices,
            settings,
            provider,
            under_way: UnderWay::default(),
            sending: Sending::default(),
            boxes,
            clock,
            zone,
            options,
            closing: watch::Sender::new(false),
            beside: watch::Sender::new(0),
            metrics: Metrics::default(),
        };
        pages::plan::call_branches(&site);
        Ok(site)
    }

    /// Does something with the state as whoever asks sees it.
    ///
    /// # Errors
    /// Nothing is founded yet.
    pub fn reading<T>(&self, asked: &Asked, act: impl FnOnce(&View<'_>) -> T) -> Result<T, Problem> {
        let followed = self.follower.read();
        let federation = View::federation_of(&followed)?;
        let names = self.names.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let own = &federation.charter.federation.languages;
        let session = asked.session.as_ref();
        // Whoever has left is a stranger, though their session may last.
        let line = session.and_then(|session| federation.roll.member(&session.member));
        let belongs = line.is_some_and(|(_, line)| line.workplace.is_some());
        let sent = asked.value("sent").zip(session);
        let received =
            sent.and_then(|(once, session)| self.access.received(once, &session.member).ok().flatten());
        let words = self.words(asked, own);
        let view = View {
            state: followed.federation.state(),
            federation,
            checkpoint: &followed.checkpoint,
            as_of: followed.federation.state().last_at.unwrap_or(federation.founded_at),
            now: self.clock.now(),
            words,
            languages: &self.languages,
            zone: self.zone.clone(),
            site: self.address(asked),
            path: &asked.path,
            query: &asked.query,
            member: session.map(|session| &session.member),
            form_token: session.map(|session| session.token.form_token()),
            once: self.access.once().unwrap_or_default(),
            notice: received
                .map(|entry| words.say_with("form-received", &[("entry", words.number(entry).into())])),
            trial: self.options.trial,
            assets: &self.assets,
            names: names.seen_by(belongs || self.options.trial),
            beside: *self.beside.borrow(),
            plans: &self.plans,
            notices: &self.notices,
            settings: &self.settings,
            provider: self.provider.as_ref().map(Provider::name),
            sending: &self.sending,
            boxes: self.boxes.as_ref(),
            files: Kept(self.follower.path()),
            access: &self.access,
        };
        Ok(act(&view))
    }

    /// Answers with a page or why there is none, in the reader's language, as HTML, CSV or JSON.
    pub fn show(&self, asked: &Asked, make: &dyn Fn(&View<'_>) -> Result<Page, Problem>) -> Response {
        let shown = self.reading(asked, |view| {
            let problem = match make(view) {
                Ok(page) => return answer(StatusCode::OK, &page, view, asked),
                Err(problem) => problem,
            };
            self.report(&asked.path, &problem);
            if asked.form == Form::Json {
                return api::problem_details(&problem);
            }
            let status = StatusCode::from_u16(problem.status());
            let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let mut response = answer(status, &pages::problem::page(view, &problem), view, asked);
            response.extensions_mut().insert(Why(problem.name()));
            response
        });
        shown.unwrap_or_else(|_| StatusCode::SERVICE_UNAVAILABLE.into_response())
    }

    /// Tells whoever runs the machine of its faults; readers learn only that it failed.
    pub fn report(&self, path: &str, problem: &Problem) {
        if let Problem::Machine(fault) = problem {
            // What somebody asked for begins no line of its own.
            (self.options.on_fault)(&format!("{}: {fault}", path.escape_debug()));
        }
    }

    /// Hands a form to the core and waits until what follows from it is durable and seen. Gives the address to go to.
    /// A form that comes twice is done once.
    fn hand_in(&self, session: &Session, sent: &Sent) -> Result<String, Problem> {
        let once = sent.text("once");
        let back = sent.text("back");
        let back = if back.starts_with('/') && !back.starts_with("//") { back } else { "/" };
        let back = format!("{}?sent={once}", crate::view::address("", back));
        if self.access.received(once, &session.member)?.is_some() {
            return Ok(back);
        }
        let action = acting::action(sent, &self.zone)?;
        self.check_second(&session.member)?;
        let entries = self.submit(&session.member, action)?;
        self.access.note_received(once, &session.member, entries.start, jiff::Timestamp::now())?;
        Ok(back)
    }

    /// Whoever holds a post acts only with a second factor, unless the operator does without.
    pub fn check_second(&self, member: &MemberId) -> Result<(), Problem> {
        let holds_post = || {
            let followed = self.follower.read();
            let federation = View::federation_of(&followed)?;
            Ok::<bool, Problem>(
                federation.post_holders(self.clock.now()).any(|(_, holder, _)| holder == member),
            )
        };
        match self.options.officers_second_factor && holds_post()? && !self.access.has_second(member)? {
            true => Err(Problem::Unreadable("second-first")),
            false => Ok(()),
        }
    }

    /// Hands a member's command to the core and waits until what follows from it is durable and seen: the entries.
    pub fn submit(&self, member: &MemberId, action: Action) -> Result<Range<u64>, Problem> {
        let at = self.clock.now().max(self.last_at());
        let command = Command { at, by: member.clone(), action };
        let accepted = self.writer.submit(command).map_err(|error| match error {
            SubmitError::Refused(refusal) => Problem::Refused(Box::new(refusal)),
            SubmitError::Fault(fault) => Problem::Machine(fault.to_string()),
            SubmitError::Stopped => Problem::Closing,
        })?;
        self.follower.catch_up()?;
        Ok(accepted.entries)
    }

    /// The site's own address, as whoever asks has reached it.
    pub fn address(&self, asked: &Asked) -> String {
        let scheme = if self.options.behind_tls { "https" } else { "http" };
        let host = asked.host.clone().unwrap_or_else(|| self.options.listen.to_string());
        format!("{scheme}://{host}")
    }

    /// When the last entry was written.
    pub fn last_at(&self) -> jiff::Timestamp {
        self.follower.read().federation.state().last_at.unwrap_or(jiff::Timestamp::MIN)
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
            let kind = [
                (header::CONTENT_TYPE, "application/json".to_owned()),
                (header::CONTENT_DISPOSITION, as_a_file(&asked.path, "json")),
            ];
            (status, kind, page.json(view).to_string()).into_response()
        }
        Form::Csv => match page.csv(view.asked("table")) {
            Some(csv) => {
                let kind = [
                    (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
                    (header::CONTENT_DISPOSITION, as_a_file(&asked.path, "csv")),
                ];
                (status, kind, csv).into_response()
            }
            None => StatusCode::NOT_FOUND.into_response(),
        },
        // A page that says why there is none is said as a status: programs read these.
        Form::Calendar => as_file(
            status,
            "text/calendar; charset=utf-8",
            page.calendar.as_ref().map(|when| news::calendar(view, page.title.clone(), when).text()),
        ),
        Form::Atom => as_file(
            status,
            "application/atom+xml; charset=utf-8",
            page.feed.as_ref().map(|of| news::feed(view, page.title.clone(), of).xml()),
        ),
    }
}

fn as_file(status: StatusCode, kind: &'static str, content: Option<String>) -> Response {
    match content {
        Some(content) => (status, [(header::CONTENT_TYPE, kind)], content).into_response(),
        None if status.is_success() => StatusCode::NOT_FOUND.into_response(),
        None => status.into_response(),
    }
}

/// What a request asks for.
#[derive(Clone)]
pub(crate) struct Asked {
    /// The path, decoded, without the ending that names a form.
    pub path: String,
    pub form: Form,
    pub query: Vec<(String, String)>,
    /// The host that was asked, as its name is written in addresses (RFC 9110, section 7.2).
    pub host: Option<String>,
    /// Who asks.
    pub session: Option<Session>,
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
    /// `.ics`
    Calendar,
    /// `.atom`
    Atom,
}

impl Asked {
    /// A value of the query.
    pub fn value(&self, key: &str) -> Option<&str> {
        self.query.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    pub fn read(uri: &Uri, headers: &HeaderMap, session: Option<Session>) -> Self {
        let path = percent_decode_str(uri.path()).decode_utf8_lossy().into_owned();
        let forms =
            [(".json", Form::Json), (".csv", Form::Csv), (".ics", Form::Calendar), (".atom", Form::Atom)];
        let (path, form) = forms
            .into_iter()
            .find_map(|(ending, form)| Some((path.strip_suffix(ending)?, form)))
            .unwrap_or((path.as_str(), Form::Html));
        let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        Self {
            path: path.to_owned(),
            form,
            query: fields(uri.query().unwrap_or_default()),
            host: text(header::HOST).filter(|host| is_host(host)).map(str::to_owned),
            session,
            language: cookie(headers, "language"),
            accepted: text(header::ACCEPT_LANGUAGE).map(str::to_owned),
        }
    }
}

/// Whether a text is the name of a host and nothing else that could stand in an address.
fn is_host(text: &str) -> bool {
    let plain = |sign: char| sign.is_ascii_alphanumeric() || ".-:[]".contains(sign);
    (1..=255).contains(&text.len()) && text.chars().all(plain)
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
    let booth = site.boxes.clone().map(mandate_booth::routes);
    let router = Router::new();
    let router = booth.into_iter().fold(router, |router, booth| router.nest_service("/booth", booth));
    router
        .route("/language", get(language::choose))
        .route("/act", routing::post(act))
        .route("/members/me/tokens", get(read_page).post(own::tokens))
        .route("/members/me/second-factor", get(read_page).post(own::second_factor))
        .route("/api/commands", routing::post(api::command))
        .route("/api/openapi.json", get(api::document))
        .route("/events", get(following::events))
        .route("/meetings/{meeting}/floor", routing::post(own::floor))
        .route("/attachments/{hash}", get(following::attachment))
        .route("/checkpoint", get(following::checkpoint))
        .route("/health", get(async || "ok\n"))
        .route("/metrics", get(metrics::metrics))
        .merge(post::routes())
        .merge(signing_in::routes())
        .fallback(read_page)
        .with_state(Arc::clone(&site))
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&site), metrics::measure))
        .layer(CompressionLayer::new())
        .layer(RequestBodyLimitLayer::new(CUT_OFF_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, PAGE_TIMEOUT))
        // Outside of all: what was cut off or took too long is answered by the same rules.
        .layer(axum::middleware::from_fn_with_state(site, headers::secured))
}

pub(crate) async fn read_page(State(site): State<Arc<Site>>, request: Request<Body>) -> Response {
    if request.method() != axum::http::Method::GET && request.method() != axum::http::Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    if let Some(asset) = site.assets.get(request.uri().path()) {
        return asset;
    }
    let mut asked = Asked::read(request.uri(), request.headers(), None);
    match session::session(&site, request.headers()) {
        Ok(session) => {
            asked.session = session;
            on_a_thread(move || site.show(&asked, &pages::page)).await
        }
        Err(problem) => refuse(site, asked, problem).await,
    }
}

/// Makes an answer on a thread where waiting is allowed.
pub(crate) async fn on_a_thread(make: impl FnOnce() -> Response + Send + 'static) -> Response {
    let made = tokio::task::spawn_blocking(make).await;
    made.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// The page that says why something was not done.
pub(crate) async fn refuse(site: Arc<Site>, asked: Asked, problem: Problem) -> Response {
    on_a_thread(move || site.show(&asked, &|_| Err(problem.clone()))).await
}

/// Hands a member's form to the core.
async fn act(State(site): State<Arc<Site>>, request: Request<Body>) -> Response {
    own::from_browser(site, request, |site, _, session, sent| {
        Ok(Redirect::to(&site.hand_in(session, sent)?).into_response())
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(listen: &str, trial: bool, behind_tls: bool) -> Options {
        Options {
            directory: PathBuf::from("nowhere"),
            listen: listen.parse().unwrap(),
            trial,
            trial_time: None,
            on_request: None,
            on_fault: |_| {},
            officers_second_factor: true,
            behind_tls,
            boxes: None,
        }
    }

    #[test]
    fn what_others_reach_is_served_with_tls_and_to_members_only() {
        let refused = |options| serve(options, &mut |_, _| {}, &mut |_| {}).unwrap_err().to_string();
        assert!(refused(options("192.0.2.1:80", true, true)).contains("on this machine only"));
        assert!(refused(options("0.0.0.0:80", false, false)).contains("without TLS"));
        for allowed in [options("0.0.0.0:80", false, true), options("[::1]:80", false, false)] {
            assert!(refused(allowed).contains("nowhere"), "it comes as far as the directory");
        }
    }
}
