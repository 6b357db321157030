//! The interface for programs: every page is data under its address with `.json`, and one address takes commands.
//! Its description (OpenAPI 3.1) is made from the list of pages and from the commands' own types.

use crate::body::{LONGEST_BODY_BYTES, check_kind, whole};
use crate::pages::PLACES;
use crate::problem::{Problem, Why};
use crate::session::{Session, bearer};
use crate::site::{Site, on_a_thread};
use crate::token::{KINDS, LONGEST_DAYS};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use mandate_assembly::Action;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::sync::{Arc, OnceLock};

/// Data is a file and no page: a browser that is led to it shows nothing of it.
const AS_A_FILE: (header::HeaderName, &str) =
    (header::CONTENT_DISPOSITION, "attachment; filename=\"api.json\"");

/// What is handed in.
#[derive(Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct Handed {
    /// What is asked for. Who asks is whose token it is; when is when it comes in.
    action: Action,
}

/// The answer to a command that was accepted: what it wrote is durable.
#[derive(Serialize, schemars::JsonSchema)]
struct Kept {
    /// The first entry that it wrote in the record.
    first_entry: u64,
    /// How many it wrote; none where a command with this key was answered before.
    entries: u64,
}

/// Why nothing was done (RFC 9457).
#[derive(Serialize, schemars::JsonSchema)]
struct ProblemDetails {
    /// What happened, in a few words.
    title: &'static str,
    /// The status of the answer.
    status: u16,
    /// What was wrong and what to do.
    detail: String,
    /// The refusal's name, where the charter forbids it.
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<&'static str>,
    /// The charter's article that forbids it.
    #[serde(skip_serializing_if = "Option::is_none")]
    article: Option<String>,
}

/// A problem as data.
pub(crate) fn problem_details(problem: &Problem) -> Response {
    let (title, detail) = match problem {
        Problem::NoSuchPage => ("not found", "nothing stands at this address; see /api/openapi.json".into()),
        Problem::NoSuch(what) => ("not found", format!("there is nothing called {what} here")),
        Problem::SignedOut => {
            let detail = "send a token that is good, as `Authorization: Bearer mandate_…`; members make them at \
                          /members/me/tokens";
            ("who asks is not known", detail.into())
        }
        Problem::Refused(refusal) => ("refused", refusal.words()),
        Problem::Unreadable(what) => ("not understood", (*what).to_owned()),
        Problem::TooLong => ("too long", format!("a body has at most {LONGEST_BODY_BYTES} bytes")),
        Problem::OtherKind(kind) => ("not understood", format!("send it as Content-Type: {kind}")),
        Problem::Unparsed(problem) => ("not understood", problem.clone()),
        Problem::Unprintable(problem) => ("cannot be printed", problem.clone()),
        Problem::Beyond(kind) => {
            let detail = format!(
                "this token may not hand in commands of the kind {kind}; make one that may, at /members/me/tokens"
            );
            ("beyond the token's rights", detail)
        }
        Problem::NotSignedIn(why, _) => ("not signed in", (*why).to_owned()),
        Problem::Stale => ("refused", "forms come from pages of this site only".into()),
        Problem::TooMany(seconds) => ("too many attempts", format!("wait {seconds} seconds")),
        Problem::Machine(_) => ("the machine failed", "nothing was acknowledged; try again".into()),
        Problem::Closing => ("closing down", "nothing was changed; try again in a minute".into()),
    };
    let (refusal, article) = match problem {
        Problem::Refused(refusal) => (Some(refusal.name()), Some(refusal.article())),
        _ => (None, None),
    };
    let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let details = ProblemDetails { title, status: status.as_u16(), detail, refusal, article };
    let text = serde_json::to_string(&details).unwrap_or_default();
    let mut response =
        (status, [(header::CONTENT_TYPE, "application/problem+json"), AS_A_FILE], text).into_response();
    response.extensions_mut().insert(Why(problem.name()));
    if status == StatusCode::UNAUTHORIZED {
        let how = header::HeaderValue::from_static("Bearer realm=\"mandate\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, how);
    }
    response
}

/// Hands a program's command to the core. One that comes again with the same `Idempotency-Key` is done once.
pub(crate) async fn command(State(site): State<Arc<Site>>, request: Request<Body>) -> Response {
    let headers = request.headers().clone();
    let body = whole(request.into_body()).await;
    on_a_thread(move || match body.and_then(|body| take(&site, &headers, &body)) {
        Ok(kept) => ([AS_A_FILE], axum::Json(kept)).into_response(),
        Err(problem) => {
            site.report("/api/commands", &problem);
            problem_details(&problem)
        }
    })
    .await
}

fn take(site: &Site, headers: &HeaderMap, body: &[u8]) -> Result<Kept, Problem> {
    let (session, rights) = bearer(site, headers)?.ok_or(Problem::SignedOut)?;
    check_kind(headers, "application/json")?;
    let Handed { action } =
        serde_json::from_slice(body).map_err(|error| Problem::Unparsed(error.to_string()))?;
    if !rights.allow(&action) {
        return Err(Problem::Beyond(crate::token::kind(&action)));
    }
    site.check_second(&session.member)?;
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).filter(|key| !key.is_empty());
    match key {
        Some(key) if key.len() > 128 => {
            Err(Problem::Unparsed(format!("Idempotency-Key has {} signs; the limit is 128", key.len())))
        }
        Some(key) => submit_once(site, &session, key, action),
        None => {
            let entries = site.submit(&session.member, action)?;
            Ok(Kept { first_entry: entries.start, entries: entries.end - entries.start })
        }
    }
}

fn submit_once(site: &Site, session: &Session, key: &str, action: Action) -> Result<Kept, Problem> {
    let key = format!("api {key}");
    if let Some(first_entry) = site.access.received(&key, &session.member)? {
        return Ok(Kept { first_entry, entries: 0 });
    }
    let entries = site.submit(&session.member, action)?;
    site.access.note_received(&key, &session.member, entries.start, jiff::Timestamp::now())?;
    Ok(Kept { first_entry: entries.start, entries: entries.end - entries.start })
}

/// The description of the interface.
pub(crate) async fn document() -> Response {
    static DOCUMENT: OnceLock<String> = OnceLock::new();
    let document = DOCUMENT.get_or_init(|| openapi().to_string());
    ([(header::CONTENT_TYPE, "application/json"), AS_A_FILE], document.as_str()).into_response()
}

/// OpenAPI 3.1: the addresses of [`PLACES`], and the types of [`Action`].
pub(crate) fn openapi() -> Value {
    let settings = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into());
    let mut generator = settings.into_generator();
    let handed = generator.subschema_for::<Handed>();
    let kept = generator.subschema_for::<Kept>();
    let details = generator.subschema_for::<ProblemDetails>();
    let mut schemas: Map<String, Value> = generator.take_definitions(true);
    schemas.insert("Page".to_owned(), page_schema());
    let problem = |what: &str| json!({"description": what, "content": {"application/problem+json": {"schema": details.clone()}}});
    let mut paths = Map::new();
    for place in PLACES {
        let address = match place.address {
            "/" => "/.json".to_owned(),
            address => format!("{}.json", address.replace('*', "")),
        };
        let names = place.address.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        let parameters: Vec<Value> = names
            .map(|name| {
                let name = name.trim_end_matches('*');
                json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}})
            })
            .collect();
        let read = json!({
            "summary": place.shows,
            "operationId": format!("read {}", place.address),
            "parameters": parameters,
            "responses": {
                "200": {
                    "description": "The page's tables, as of an entry of the record",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Page"}}},
                },
                "401": problem("This is for whoever is signed in"),
                "404": problem("There is no such thing"),
            },
        });
        paths.insert(address, json!({"get": read}));
    }
    let command = json!({
        "summary": "Hand in a command: answered when it is decided and durable",
        "operationId": "command",
        "security": [{"token": []}],
        "parameters": [{
            "name": "Idempotency-Key", "in": "header", "required": false, "schema": {"type": "string", "maxLength": 128},
            "description": "A command that comes again with the same key is done once; remembered for two days",
        }],
        "requestBody": {"required": true, "content": {"application/json": {"schema": handed}}},
        "responses": {
            "200": {"description": "Done", "content": {"application/json": {"schema": kept}}},
            "400": problem("It cannot be understood"),
            "401": problem("The token is not good"),
            "403": problem("The token may not do this"),
            "409": problem("The charter forbids it: its article is named"),
            "415": problem("It does not say that it is JSON"),
            "500": problem("The machine failed: nothing was acknowledged"),
        },
    });
    paths.insert("/api/commands".to_owned(), json!({"post": command}));
    for (address, summary, kind) in [
        ("/checkpoint", "Name, size and root of the record, signed where it has a key", "text/plain"),
        ("/events", "The number of entries, whenever it grows (server-sent events)", "text/event-stream"),
        ("/attachments/{hash}", "An attachment by its SHA-256", "application/octet-stream"),
    ] {
        let parameters: Vec<Value> = address
            .contains('{')
            .then(|| json!({"name": "hash", "in": "path", "required": true, "schema": {"type": "string"}}))
            .into_iter()
            .collect();
        let answer = json!({"description": summary, "content": {kind: {"schema": {"type": "string"}}}});
        let read = json!({"summary": summary, "operationId": format!("read {address}"), "parameters": parameters, "responses": {"200": answer}});
        paths.insert(address.to_owned(), json!({"get": read}));
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "A federation's interface for programs",
            "version": env!("CARGO_PKG_VERSION"),
            "description": format!(
                "Reading needs no token but for what only members see. A token is made by a member at \
                 /members/me/tokens, for at most {LONGEST_DAYS} days, and for commands of the kinds it names: {}.",
                KINDS.join(", ")
            ),
        },
        "servers": [{"url": "/"}],
        "security": [{}, {"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    })
}

fn page_schema() -> Value {
    json!({
        "description": "A page's data: its tables by name, each a list of rows",
        "type": "object",
        "properties": {
            "title": {"type": "string"},
            "as_of_entry": {"type": "integer", "description": "How many entries the record had"},
            "root": {"type": "string", "description": "The root of the record's tree then (RFC 6962)"},
            "tables": {
                "type": "object",
                "additionalProperties": {"type": "array", "items": {"type": "object"}},
            },
        },
        "required": ["title", "as_of_entry", "root", "tables"],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_in_the_description_leads_somewhere() {
        let document = openapi();
        let mut references = Vec::new();
        collect(&document, &mut references);
        assert!(references.len() > 30, "{}", references.len());
        for reference in references {
            let pointer = reference.strip_prefix('#').expect("inside the document");
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
    }

    #[test]
    fn a_fault_of_the_machine_says_nothing_of_the_inside() {
        let response = problem_details(&Problem::Machine("access.sqlite: no such table".into()));
        assert_eq!(response.extensions().get::<Why>(), Some(&Why("machine")));
        let body = response.into_body();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let text = String::from_utf8(runtime.block_on(whole(body)).unwrap()).unwrap();
        assert!(text.contains("\"status\":500") && !text.contains("sqlite"), "{text}");
    }

    fn collect(value: &Value, references: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                references.extend(fields.get("$ref").and_then(Value::as_str).map(str::to_owned));
                fields.values().for_each(|value| collect(value, references));
            }
            Value::Array(values) => values.iter().for_each(|value| collect(value, references)),
            _ => {}
        }
    }

    #[test]
    fn every_kind_of_command_is_described() {
        let document = openapi();
        let kinds =
            document["components"]["schemas"]["Action"]["oneOf"].as_array().expect("one of the kinds");
        let mut described: Vec<&str> =
            kinds.iter().map(|kind| kind["required"][0].as_str().expect("named")).collect();
        described.sort_unstable();
        let mut known = KINDS.to_vec();
        known.sort_unstable();
        assert_eq!(described, known);
    }
}
