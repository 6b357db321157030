//! The addresses. All links between them are relative, so that they can be mounted below any path.
//!
//! | address | what |
//! | --- | --- |
//! | `GET /` | the elections; `elections.json` the same as data |
//! | `GET /UUID/` | the booth |
//! | `GET /UUID/box` | the public board: every ballot's tracking number |
//! | `GET /UUID/election.json` | the election as published, byte for byte |
//! | `GET /UUID/status.json` | whether the box is open, and how much is in it |
//! | `GET /UUID/ballots.json` | the board as data |
//! | `GET /UUID/ballots/HASH` | one ballot of the board, by the hexadecimal SHA-256 of its text; 404 where it is not there |
//! | `POST /UUID/ballots` | cast a ballot: the answer goes out after it is on the disk |
//! | `GET /UUID/archive.bel` | the archive |

use crate::assets;
use crate::ballot_box::{BallotBox, BoxFault};
use crate::box_folder::BoxFolder;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Json, Redirect, Response};
use axum::routing::get;
use mandate_ballot::{BALLOT_LIMIT_BYTES, Digest, Fault};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio_util::io::ReaderStream;

/// Scripts, styles and requests come from this server alone; nothing else is loaded, and nobody frames the booth.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
     worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The addresses of the booth and its boxes, to be served alone or mounted by other pages.
pub fn routes(folder: BoxFolder) -> Router {
    Router::new()
        .route("/", get(|headers: HeaderMap| async move { page("index.html", &headers) }))
        .route("/elections.json", get(elections))
        .route("/{name}", get(top))
        .route("/{uuid}/", get(booth))
        .route("/{uuid}/box", get(board))
        .route("/{uuid}/election.json", get(election))
        .route("/{uuid}/status.json", get(status))
        .route("/{uuid}/ballots.json", get(ballots))
        .route("/{uuid}/ballots/{hash}", get(ballot))
        .route("/{uuid}/ballots", axum::routing::post(cast))
        .route("/{uuid}/archive.bel", get(archive))
        .layer(DefaultBodyLimit::max(BALLOT_LIMIT_BYTES as usize))
        .layer(middleware::from_fn(secure))
        .with_state(folder)
}

async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let fixed = HeaderValue::from_static;
    headers.insert(header::CONTENT_SECURITY_POLICY, fixed(CONTENT_SECURITY_POLICY));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff"));
    headers.insert(header::REFERRER_POLICY, fixed("no-referrer"));
    headers.insert("cross-origin-opener-policy", fixed("same-origin"));
    headers.entry(header::CACHE_CONTROL).or_insert(fixed("no-store"));
    response
}

/// A refusal as data: its name, for programs, and what it says.
fn refusal(status: StatusCode, name: &str, message: impl ToString) -> Response {
    (status, Json(json!({"refusal": name, "message": message.to_string()}))).into_response()
}

impl IntoResponse for BoxFault {
    fn into_response(self) -> Response {
        match &self {
            Self::Closed => refusal(StatusCode::CONFLICT, "closed", &self),
            Self::Refused(faults) => {
                let is_fault_of_ours = matches!(faults.first(), Some(Fault::Io { .. }) | None);
                if is_fault_of_ours {
                    return refusal(StatusCode::INTERNAL_SERVER_ERROR, "machine", &self);
                }
                let name = faults.first().map(Fault::name).unwrap_or_default();
                refusal(StatusCode::UNPROCESSABLE_ENTITY, &name, &self)
            }
            // Paths of this machine are nobody's business; whoever runs the server reads them from its own output.
            Self::Broken(_) | Self::NoArchive { .. } | Self::Machine { .. } => refusal(
                StatusCode::INTERNAL_SERVER_ERROR,
                "machine",
                "the box cannot be read or written at the moment; whoever runs it can see why",
            ),
        }
    }
}

/// Does something with an election's box, after what others appended to it was verified, where waiting for the disk
/// holds up nobody.
async fn with_box(
    folder: BoxFolder,
    uuid: String,
    act: impl FnOnce(&mut BallotBox) -> Result<Response, BoxFault> + Send + 'static,
) -> Response {
    let Some(shared) = folder.find(&uuid) else {
        return no_election(&uuid);
    };
    let task = tokio::task::spawn_blocking(move || act(&mut shared.lock()));
    match task.await {
        Ok(Ok(response)) => response,
        Ok(Err(fault)) => {
            if let BoxFault::Broken(_) | BoxFault::NoArchive { .. } | BoxFault::Machine { .. } = &fault {
                folder.report(&fault);
            }
            fault.into_response()
        }
        Err(_) => refusal(StatusCode::INTERNAL_SERVER_ERROR, "machine", "the server made a mistake"),
    }
}

fn no_election(uuid: &str) -> Response {
    refusal(StatusCode::NOT_FOUND, "no-election", format!("no election {uuid:?} is held here"))
}

fn page(name: &str, headers: &HeaderMap) -> Response {
    let Some(asset) = assets::find(name) else {
        return refusal(
            StatusCode::NOT_FOUND,
            "no-page",
            "this program was built without the booth's pages: run script/booth and build it again",
        );
    };
    let fixed = [
        (header::CONTENT_TYPE, asset.media_type),
        (header::ETAG, asset.etag),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    let is_known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known == asset.etag);
    if is_known {
        return (StatusCode::NOT_MODIFIED, fixed).into_response();
    }
    (fixed, asset.content).into_response()
}

async fn elections(State(folder): State<BoxFolder>) -> Response {
    let list: Vec<Value> =
        folder.elections().into_iter().map(|(uuid, name, _)| json!({"uuid": uuid, "name": name})).collect();
    Json(list).into_response()
}

/// The script and the styles, and elections named without the final slash.
async fn top(State(folder): State<BoxFolder>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    match folder.find(&name) {
        // Relative to where we are mounted.
        Some(_) => Redirect::permanent(&format!("{name}/")).into_response(),
        None if name == "booth.js" || name == "booth.css" => page(&name, &headers),
        None => no_election(&name),
    }
}

async fn booth(State(folder): State<BoxFolder>, Path(uuid): Path<String>, headers: HeaderMap) -> Response {
    folder.find(&uuid).map_or_else(|| no_election(&uuid), |_| page("booth.html", &headers))
}

async fn board(State(folder): State<BoxFolder>, Path(uuid): Path<String>, headers: HeaderMap) -> Response {
    folder.find(&uuid).map_or_else(|| no_election(&uuid), |_| page("box.html", &headers))
}

async fn election(State(folder): State<BoxFolder>, Path(uuid): Path<String>) -> Response {
    with_box(folder, uuid, |ballot_box| {
        let text = ballot_box.election().to_vec();
        Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
    })
    .await
}

async fn status(State(folder): State<BoxFolder>, Path(uuid): Path<String>) -> Response {
    with_box(folder, uuid, |ballot_box| {
        ballot_box.catch_up()?;
        Ok(Json(status_of(ballot_box)).into_response())
    })
    .await
}

fn status_of(ballot_box: &BallotBox) -> Value {
    let audit = ballot_box.audit();
    let (counted, weight) = audit.counted();
    json!({
        "open": ballot_box.is_open(),
        "ballots": audit.counts().ballots,
        "counted": counted,
        "weight": weight,
        "credentials": audit.credentials().map_or(0, |credentials| credentials.len()),
        "weighted": audit.credentials().is_some_and(|credentials| credentials.is_weighted()),
        "head": audit.chain().head(),
        "result": audit.outcome().map(|outcome| &outcome.result),
    })
}

async fn ballots(State(folder): State<BoxFolder>, Path(uuid): Path<String>) -> Response {
    with_box(folder, uuid, |ballot_box| {
        ballot_box.catch_up()?;
        let mut board = status_of(ballot_box);
        board["ballots"] = json!(ballot_box.audit().ballots());
        Ok(Json(board).into_response())
    })
    .await
}

async fn ballot(State(folder): State<BoxFolder>, Path((uuid, hash)): Path<(String, String)>) -> Response {
    let Some(digest) = Digest::from_hex(&hash) else {
        let message = format!("{hash:?} is not a hash: 64 hexadecimal digits are expected");
        return refusal(StatusCode::BAD_REQUEST, "hash", message);
    };
    with_box(folder, uuid, move |ballot_box| {
        ballot_box.catch_up()?;
        Ok(match ballot_box.find(&digest) {
            Some(entry) => Json(entry).into_response(),
            None => refusal(StatusCode::NOT_FOUND, "no-ballot", "this ballot is not in the box"),
        })
    })
    .await
}

async fn cast(
    State(folder): State<BoxFolder>,
    Path(uuid): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json")) {
        let message = "a ballot is sent as application/json";
        return refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, "kind", message);
    }
    with_box(folder, uuid, move |ballot_box| {
        let receipt = ballot_box.cast(&body)?;
        let status = if receipt.was_there { StatusCode::OK } else { StatusCode::CREATED };
        Ok((status, Json(receipt)).into_response())
    })
    .await
}

async fn archive(State(folder): State<BoxFolder>, Path(uuid): Path<String>) -> Response {
    let disposition = format!("attachment; filename=\"{uuid}.bel\"");
    with_box(folder, uuid, move |ballot_box| {
        ballot_box.catch_up()?;
        // Only what is verified goes out: a ballot that another program is appending just now does not.
        let length = ballot_box.audit().verified_bytes();
        let path = ballot_box.path().to_owned();
        let file = std::fs::File::open(&path).map_err(|error| BoxFault::Machine { path, error })?;
        let stream = ReaderStream::new(tokio::fs::File::from_std(file).take(length));
        let headers = [
            (header::CONTENT_TYPE, "application/x-tar".to_owned()),
            (header::CONTENT_LENGTH, length.to_string()),
            (header::CONTENT_DISPOSITION, disposition),
        ];
        Ok((headers, Body::from_stream(stream)).into_response())
    })
    .await
}
