//! A federation's record: what the core decides is kept, replayed to the same state, and computed anew.

use jiff::Timestamp;
use mandate_assembly::ids::{AssemblyId, Blob, MemberId};
use mandate_assembly::{Action, Command, Event, Refusal, assembly, founding, membership, theses};
use mandate_record::federation::check_results;
use mandate_record::{
    Accepted, Federation, Keeper, Limits, Place, Record, SubmitError, Writer, export, import, replay, verify,
};
use std::path::Path;
use tempfile::tempdir;

const CHARTER: &str = include_str!("../../../examples/valley/charter.toml");
const WORKPLACES: &str = include_str!("../../../examples/valley/workplaces.csv");

/// A roll with as many members as the roll of workplaces says.
fn members() -> String {
    let mut roll = String::from("member,workplace\n");
    for line in WORKPLACES.lines().skip(1) {
        let (workplace, count) = (line.split(',').next().unwrap(), line.rsplit(',').next().unwrap());
        for number in 1..=count.parse::<u32>().unwrap() {
            roll += &format!("{workplace}/{number},{workplace}\n");
        }
    }
    roll
}

fn command(minute: i64, by: &str, action: Action) -> Command {
    let start: Timestamp = "2027-01-04T09:00:00Z".parse().unwrap();
    Command { at: start + jiff::SignedDuration::from_mins(minute), by: MemberId::from(by), action }
}

fn found(minute: i64) -> Command {
    let action = founding::Action::Found {
        charter: Blob::from(CHARTER),
        workplaces: Blob::from(WORKPLACES),
        members: Blob::from(members().as_str()),
        commission: vec![MemberId::from("market-garden-1/1")],
    };
    command(minute, "market-garden-1/1", Action::Founding(action))
}

fn publish(minute: i64, by: &str) -> Command {
    let text = vec!["The councils of the workplaces run the valley.".to_owned()];
    command(minute, by, Action::Theses(theses::Action::Publish { title: "For the councils".into(), text }))
}

fn open_term(minute: i64, assembly: AssemblyId) -> Command {
    command(minute, "market-garden-1/1", Action::Assembly(assembly::Action::OpenTerm { assembly }))
}

fn open(path: &Path) -> Keeper<Federation> {
    Keeper::open(Record::open(path).unwrap(), Federation::default).unwrap()
}

/// A founded federation with theses and the seats of a first term, in three commits.
fn found_valley(path: &Path) {
    let record = Record::create(path, "valley.example/record").unwrap();
    let mut keeper = Keeper::open(record, Federation::default).unwrap();
    let Accepted { answer, entries } = keeper.submit(found(0)).unwrap();
    assert!(matches!(answer[..], [Event::Founding(_)]));
    assert_eq!(entries, 0..1);
    keeper.commit().unwrap();
    keeper.submit(publish(1, "market-garden-2/7")).unwrap();
    keeper.commit().unwrap();
    let congress = {
        let federation = keeper.machine().unwrap().state().federation().unwrap();
        federation.first_of_level("congress").unwrap().clone()
    };
    keeper.submit(open_term(2, congress)).unwrap();
    keeper.submit(command(3, "market-garden-2/7", Action::Membership(membership::Action::Leave {}))).unwrap();
    keeper.commit().unwrap();
}

#[test]
fn a_federation_is_the_same_from_its_record_alone() {
    let folder = tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    found_valley(&path("valley"));
    let mut keeper = open(&path("valley"));
    assert!(verify(&path("valley"), None, &mut |_, _| {}).unwrap().is_ok());

    export(&path("valley"), &path("export"), &mut |_, _| {}).unwrap();
    import(&path("export"), &path("again"), &mut |_, _| {}).unwrap();
    let mut federation = Federation::default();
    replay(&path("again"), &mut federation, &mut |_, _| {}).unwrap();
    assert_eq!(federation.state(), keeper.machine().unwrap().state());

    let (federation, audit) = check_results(&path("again"), &mut |_, _| {}).unwrap().unwrap();
    assert_eq!(federation.state(), keeper.machine().unwrap().state());
    assert_eq!((audit.same, audit.erased), (1, 0), "the seats of one term were computed anew");
}

#[test]
fn the_cores_refusals_reach_the_sender() {
    let folder = tempdir().unwrap();
    let record = Record::create(folder.path(), "valley.example/record").unwrap();
    let writer =
        Writer::start(Keeper::open(record, Federation::default).unwrap(), Limits::default()).unwrap();
    let handle = writer.handle();
    let refused = |command| match handle.submit(command) {
        Err(SubmitError::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    };
    assert_eq!(refused(publish(0, "market-garden-1/1")), Refusal::NotFounded {});
    handle.submit(found(1)).unwrap();
    assert_eq!(refused(found(2)), Refusal::AlreadyFounded {});
    assert!(matches!(refused(publish(0, "market-garden-1/1")), Refusal::TimeRunsBackward { .. }));
    assert_eq!(handle.query(|federation| federation.state().entries).unwrap(), 1);
}

/// Somebody with the files writes a record anew in which a body has one seat more: hashes and tree heads are in
/// order, but the roll gives other seats.
#[test]
fn a_forged_result_is_found() {
    let folder = tempdir().unwrap();
    let (true_path, forged_path) = (folder.path().join("true"), folder.path().join("forged"));
    found_valley(&true_path);
    let reader = mandate_record::Reader::open(&true_path).unwrap();
    let mut forged = Record::create(&forged_path, "valley.example/record").unwrap();
    let attachments = [CHARTER.into(), WORKPLACES.into(), members().into_bytes()];
    forged.stage(&[reader.entry(0).unwrap()], &attachments).unwrap();
    for position in 1..reader.checkpoint().size {
        let mut entry: serde_json::Value = serde_json::from_slice(&reader.entry(position).unwrap()).unwrap();
        if let Some(seats) = entry.pointer_mut("/event/assembly/term-opened/seats") {
            let (_, seats) = seats.as_object_mut().unwrap().iter_mut().next().unwrap();
            *seats = (seats.as_u64().unwrap() + 1).into();
        }
        forged.stage(&[serde_json::to_vec(&entry).unwrap()], &[]).unwrap();
    }
    forged.commit().unwrap();
    drop(forged);
    assert!(verify(&forged_path, None, &mut |_, _| {}).unwrap().is_ok(), "the files are in order");
    let difference = check_results(&forged_path, &mut |_, _| {}).unwrap().unwrap_err();
    assert_eq!(difference.place, Place::Entry(2));
    assert!(difference.problem.starts_with("seats of congress"), "{difference}");
}
