//! The box over HTTP: what is acknowledged is on the disk, what is sent twice is kept once, what is wrong is refused by
//! name.

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use mandate_ballot::{
    Audit, AuditOptions, CredentialStyle, GroupName, SeededRandomness, Voter, Weight, begin_archive,
};
use mandate_booth::{BallotBox, BoxFault, BoxFolder, FolderFault, routes};
use serde_json::Value;
use std::fs;
use std::io::{Cursor, Write};
use std::path::PathBuf;
use tower::ServiceExt;

const UUID: &str = "KeepingKeeping1";
const TEMPLATE: &str =
    r#"{"description":"","name":"Kept","questions":[{"answers":["A","B"],"min":1,"max":1,"question":"?"}]}"#;

/// A folder with one box, and its voters' credentials.
struct Kept {
    folder: tempfile::TempDir,
    election: Vec<u8>,
    credentials: Vec<String>,
    randomness: SeededRandomness,
}

impl Kept {
    fn new() -> Self {
        let group = GroupName::Ed25519;
        let mut randomness = SeededRandomness::new(1);
        let key = group.trustee_key(&mut randomness).expect("a key");
        let trustees = group.trustees(&[key.public_key], &[]).expect("trustees");
        let voters = ["1", "2"].map(|name| Voter { name: name.to_owned(), weight: Weight(1) });
        let made =
            group.credentials(UUID, &voters, CredentialStyle::Full, &mut randomness).expect("credentials");
        let election = group.election(TEMPLATE, &trustees, UUID).expect("an election");
        let archive = begin_archive(1_700_000_000, &election, &trustees, &made.public).expect("an archive");
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("box.bel"), archive).expect("written");
        let credentials = made.private.iter().map(|(_, credential)| credential.to_string()).collect();
        Self { folder, election, credentials, randomness }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("box.bel")
    }

    fn audit(&self) -> Audit<Cursor<Vec<u8>>> {
        let bytes = fs::read(self.path()).expect("the archive is there");
        let mut audit = Audit::open(Cursor::new(bytes), AuditOptions::default()).expect("an archive");
        audit.run(&mut |_| {});
        audit
    }

    fn ballot(&mut self, voter: usize, vote: [u64; 2]) -> Vec<u8> {
        let audit = self.audit();
        audit.encrypt(&self.credentials[voter], &[vote.to_vec()], &mut self.randomness).expect("a ballot")
    }

    /// What another program does meanwhile.
    fn append(&self, bytes: &[u8]) {
        let mut file = fs::OpenOptions::new().append(true).open(self.path()).expect("the file opens");
        file.write_all(bytes).expect("written");
    }

    fn served(&self) -> axum::Router {
        routes(BoxFolder::open(self.folder.path()).expect("the box opens"))
    }
}

async fn ask(router: &axum::Router, request: Request<Body>) -> (StatusCode, Vec<u8>) {
    let response = router.clone().oneshot(request).await.expect("an answer");
    let policy = response.headers()["content-security-policy"].to_str().expect("text");
    assert!(policy.starts_with("default-src 'none'; script-src 'self'") && !policy.contains("unsafe"));
    let status = response.status();
    (status, to_bytes(response.into_body(), usize::MAX).await.expect("a body").to_vec())
}

async fn get(router: &axum::Router, address: &str) -> (StatusCode, Vec<u8>) {
    ask(router, Request::get(address).body(Body::empty()).expect("a request")).await
}

async fn post(router: &axum::Router, ballot: &[u8]) -> (StatusCode, Value) {
    post_as(router, "application/json", ballot).await
}

async fn post_as(router: &axum::Router, kind: &str, ballot: &[u8]) -> (StatusCode, Value) {
    let request = Request::post(format!("/{UUID}/ballots")).header("content-type", kind);
    let request = request.body(Body::from(ballot.to_vec())).expect("a request");
    let (status, body) = ask(router, request).await;
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

#[tokio::test]
async fn a_ballot_is_kept_once_and_a_later_one_replaces_it() {
    let mut kept = Kept::new();
    let router = kept.served();
    let first = kept.ballot(0, [1, 0]);
    let (status, receipt) = post(&router, &first).await;
    assert_eq!(
        (status, &receipt["was_there"], &receipt["replaces"]),
        (StatusCode::CREATED, &false.into(), &false.into())
    );
    // On the disk, and complete.
    assert_eq!((kept.audit().failures(), kept.audit().counts().ballots), (vec![], 1));
    let (status, again) = post(&router, &first).await;
    assert_eq!((status, &again["was_there"]), (StatusCode::OK, &true.into()));
    assert_eq!(again["tracking_number"], receipt["tracking_number"]);
    assert_eq!(kept.audit().counts().ballots, 1);
    let second = kept.ballot(0, [0, 1]);
    assert_eq!(post(&router, &second).await.1["replaces"], true);
    let (_, board) = get(&router, &format!("/{UUID}/ballots.json")).await;
    let board: Value = serde_json::from_slice(&board).expect("JSON");
    let states: Vec<&Value> =
        board["ballots"].as_array().expect("a list").iter().map(|entry| &entry["counts"]).collect();
    assert_eq!((states, &board["counted"]), (vec![&Value::from(false), &true.into()], &1.into()));
    // The replaced one sent again changes nothing.
    assert_eq!(post(&router, &first).await.0, StatusCode::OK);
    let (_, archive) = get(&router, &format!("/{UUID}/archive.bel")).await;
    assert_eq!(archive, fs::read(kept.path()).expect("the archive"));
    let (_, election) = get(&router, &format!("/{UUID}/election.json")).await;
    assert_eq!(election, kept.election);
}

#[tokio::test]
async fn what_is_wrong_is_refused_by_name() {
    let mut kept = Kept::new();
    let router = kept.served();
    let ballot = kept.ballot(1, [1, 0]);
    let text = String::from_utf8(ballot.clone()).expect("text");
    let swapped = text.replacen("alpha", "gamma", 1);
    let other = text.replacen(UUID, "AnotherE1ection", 1);
    for (wrong, status, name) in [
        (b"".as_slice(), StatusCode::UNPROCESSABLE_ENTITY, "unreadable"),
        (b"{\"answers\":[]}", StatusCode::UNPROCESSABLE_ENTITY, "unreadable"),
        (swapped.as_bytes(), StatusCode::UNPROCESSABLE_ENTITY, "answer-unreadable"),
        (other.as_bytes(), StatusCode::UNPROCESSABLE_ENTITY, "other-election"),
    ] {
        let (found, answer) = post(&router, wrong).await;
        assert_eq!((found, answer["refusal"].as_str()), (status, Some(name)), "{answer}");
    }
    let (status, answer) = post_as(&router, "text/plain", &ballot).await;
    assert_eq!((status, answer["refusal"].as_str()), (StatusCode::UNSUPPORTED_MEDIA_TYPE, Some("kind")));
    let huge = vec![b' '; mandate_ballot::BALLOT_LIMIT_BYTES as usize + 1];
    assert_eq!(post(&router, &huge).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(kept.audit().counts().ballots, 0);
    for (address, status) in [
        ("/NobodyKnowsThis1/", StatusCode::NOT_FOUND),
        ("/NobodyKnowsThis1/status.json", StatusCode::NOT_FOUND),
        (&format!("/{UUID}/ballots/xyz"), StatusCode::BAD_REQUEST),
        (&format!("/{UUID}/ballots/{}", "0".repeat(64)), StatusCode::NOT_FOUND),
        (&format!("/{UUID}"), StatusCode::PERMANENT_REDIRECT),
    ] {
        assert_eq!(get(&router, address).await.0, status, "{address}");
    }
    // The box is as good as before.
    assert_eq!(post(&router, &ballot).await.0, StatusCode::CREATED);
}

#[tokio::test]
async fn a_box_that_another_program_closes_is_closed() {
    let mut kept = Kept::new();
    let router = kept.served();
    let (early, late) = (kept.ballot(0, [1, 0]), kept.ballot(1, [1, 0]));
    assert_eq!(post(&router, &early).await.0, StatusCode::CREATED);
    let closing = kept.audit().close().expect("it closes");
    kept.append(&closing);
    let (status, answer) = post(&router, &late).await;
    assert_eq!((status, answer["refusal"].as_str()), (StatusCode::CONFLICT, Some("closed")));
    // Whoever did not hear that the ballot had arrived still does.
    assert_eq!(post(&router, &early).await.0, StatusCode::OK);
    let (_, status) = get(&router, &format!("/{UUID}/status.json")).await;
    assert_eq!(serde_json::from_slice::<Value>(&status).expect("JSON")["open"], false);
}

#[tokio::test]
async fn other_pages_can_mount_the_box_below_a_path() {
    let kept = Kept::new();
    let router = axum::Router::new().nest("/ballots", kept.served());
    assert_eq!(get(&router, &format!("/ballots/{UUID}/status.json")).await.0, StatusCode::OK);
    let request = Request::get(format!("/ballots/{UUID}")).body(Body::empty()).expect("a request");
    let response = router.oneshot(request).await.expect("an answer");
    assert_eq!(response.headers()["location"], format!("{UUID}/"));
}

/// Wherever a crash tears the record that was being written, the box opens with the ballots before it.
#[test]
fn a_torn_record_is_cut_off() {
    let mut kept = Kept::new();
    let (first, second) = (kept.ballot(0, [1, 0]), kept.ballot(1, [0, 1]));
    let mut ballot_box = BallotBox::open(&kept.path()).expect("it opens");
    assert_eq!(ballot_box.cut_bytes(), 0);
    ballot_box.cast(&first).expect("cast");
    let whole = fs::read(kept.path()).expect("the archive").len();
    ballot_box.cast(&second).expect("cast");
    drop(ballot_box);
    let bytes = fs::read(kept.path()).expect("the archive");
    for end in (whole + 1..bytes.len()).step_by(211).chain([bytes.len() - 1]) {
        fs::write(kept.path(), &bytes[..end]).expect("written");
        let mut torn = BallotBox::open(&kept.path()).expect("it opens");
        assert_eq!(torn.cut_bytes(), (end - whole) as u64);
        assert_eq!(fs::read(kept.path()).expect("the archive"), bytes[..whole]);
        assert_eq!(torn.audit().counts().ballots, 1);
        torn.cast(&second).expect("the ballot is sent again");
        assert_eq!(fs::read(kept.path()).expect("the archive"), bytes);
    }
}

#[test]
fn what_cannot_be_served_is_said() {
    let kept = Kept::new();
    let empty = tempfile::tempdir().expect("a folder");
    let open = |path: &std::path::Path| BoxFolder::open(path).map(|_| ()).expect_err("it cannot be served");
    assert!(matches!(open(empty.path()), FolderFault::Empty(_)));
    assert!(matches!(open(&empty.path().join("none")), FolderFault::Unreadable { .. }));
    fs::copy(kept.path(), kept.folder.path().join("copy.bel")).expect("copied");
    assert!(matches!(open(kept.folder.path()), FolderFault::Twice { .. }));
    fs::write(empty.path().join("a.bel"), "no archive").expect("written");
    assert!(matches!(open(empty.path()), FolderFault::Box(BoxFault::NoArchive { .. })));
    let mut bytes = fs::read(kept.path()).expect("the archive");
    bytes[600] ^= 1;
    fs::write(empty.path().join("a.bel"), bytes).expect("written");
    assert!(matches!(open(empty.path()), FolderFault::Box(_)));
}
