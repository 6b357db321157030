//! Making the letters, cards and mails of an occasion, and noting for each what became of it.
//!
//! A code is kept before its letter leaves, and the state of a notice is written before and after a mail is handed
//! over: whatever breaks in between, nobody is sent two mails, and nobody counts as told who may not have been.

use crate::access::{Access, AccessError, fingerprint};
use crate::letter::{self, Call, Recipient};
use crate::mail::{Outcome, Postbox, Writing, mailbox};
use crate::notice::{Notice, Notices, State};
use crate::occasion::Occasion;
use crate::paper::{Paper, PaperError};
use crate::settings::{MailServer, Settings};
use crate::view::View;
use crate::words::Languages;
use jiff::Timestamp;
use lettre::message::Mailbox;
use mandate_assembly::ids::{MemberId, WorkplaceId};
use mandate_record::{Directory, Fault, Register};
use std::collections::BTreeMap;
use std::time::Duration;

/// Stands where a code will be while it is seen whether a letter can be printed.
const NO_CODE: &str = "0000-0000-0000";

/// What is to be written, and to whom.
#[derive(Debug, Clone)]
pub struct Order {
    /// What is called.
    pub occasion: Occasion,
    /// To one workplace, or to all.
    pub workplace: Option<WorkplaceId>,
    /// Also to those who were told already.
    pub again: bool,
    /// In which language, to those whose register entry names none.
    pub language: Option<String>,
    /// Where it takes place.
    pub place: String,
    /// Until when the codes are good.
    pub good_until: Timestamp,
}

/// On which paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A letter each.
    Letters,
    /// Cards, eight a page.
    Cards,
}

/// Why nothing is written.
#[derive(Debug, thiserror::Error)]
pub enum WritingError {
    /// There is no such occasion.
    #[error("there is no {0} on the record of which members are told")]
    NoOccasion(Occasion),
    /// All were told, or nobody is entitled there.
    #[error("nobody is left to write to: all who are entitled were told, or cannot be printed")]
    NobodyLeft,
    /// A text cannot be printed.
    #[error(transparent)]
    Paper(#[from] PaperError),
    /// The register.
    #[error(transparent)]
    Register(#[from] Fault),
    /// Codes or notices.
    #[error(transparent)]
    Access(#[from] AccessError),
}

/// Somebody to write to.
#[derive(Debug, Clone)]
pub struct Person {
    /// Who.
    pub member: MemberId,
    /// In which language.
    language: String,
    /// Name and address; the code comes last.
    to: Recipient,
    /// Their e-mail address, or what is wrong with it; none where the register has none.
    mailbox: Option<Result<Mailbox, String>>,
}

/// Everything that letters and mails are made of.
pub struct Prepared<'w> {
    order: Order,
    site: String,
    calls: BTreeMap<String, Call<'w>>,
    /// Those who are to be written to.
    pub people: Vec<Person>,
}

/// A file of letters or cards.
pub struct Printed {
    /// The PDF.
    pub pdf: Vec<u8>,
    /// How many were printed.
    pub count: usize,
    /// Who was left out, and why.
    pub left_out: Vec<(MemberId, String)>,
}

/// What became of the mails of an order so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// Mails to be sent.
    pub all: usize,
    /// Taken by the server.
    pub taken: usize,
    /// Refused for good.
    pub refused: usize,
    /// Handed over without an answer.
    pub unclear: usize,
    /// Members without an e-mail address in the register.
    pub without: usize,
    /// Why it stopped before all were sent.
    pub stopped: Option<String>,
    /// Whether it is over.
    pub over: bool,
}

/// Collects who is to be written to, and what is said in each of their languages.
///
/// # Errors
/// There is no such occasion, or a fault of the machine.
pub fn prepare<'w>(
    view: &View<'_>,
    languages: &'w Languages,
    settings: &Settings,
    notices: &Notices,
    order: Order,
) -> Result<Prepared<'w>, WritingError> {
    let by_workplace =
        order.occasion.entitled(view.federation).ok_or(WritingError::NoOccasion(order.occasion))?;
    let told = notices.of(&order.occasion.to_string())?;
    let register = Register::open(&Directory::new(view.files.0))?;
    let site = settings.address.clone().unwrap_or_else(|| view.site.clone());
    let own = &view.federation.charter.federation.languages;
    let (mut calls, mut people) = (BTreeMap::new(), Vec::new());
    let wanted = by_workplace.iter().filter(|(id, _)| order.workplace.as_ref().is_none_or(|one| one == *id));
    for (workplace, members) in wanted {
        for member in members {
            let is_told = told.get(member).is_some_and(|notice| notice.state.is_told());
            if is_told && !order.again {
                continue;
            }
            let mut fields = register.fields(member.as_str())?;
            let chosen = fields.get("language").or(order.language.as_ref());
            let words = languages.choose(chosen.map(String::as_str), None, own);
            let name = fields.remove("name").unwrap_or_else(|| member.to_string());
            let address = fields.remove("address").unwrap_or_default();
            let address = address.split(['\n', '|']).map(str::trim).filter(|line| !line.is_empty());
            let in_words = words.say_with("workplace-named", &[("id", workplace.to_string().into())]);
            people.push(Person {
                member: member.clone(),
                language: words.tag.clone(),
                mailbox: fields
                    .remove("e-mail")
                    .filter(|address| !address.trim().is_empty())
                    .map(|address| mailbox(&name, &address)),
                to: Recipient {
                    name,
                    address: address.map(str::to_owned).collect(),
                    workplace: in_words,
                    code: NO_CODE.into(),
                    link: String::new(),
                },
            });
            if !calls.contains_key(&words.tag) {
                let read = view.read_in(words);
                calls.insert(words.tag.clone(), call(&read, words, settings, &site, &order));
            }
        }
    }
    Ok(Prepared { order, site, calls, people })
}

fn call<'w>(
    view: &View<'_>,
    words: &'w crate::words::Words,
    settings: &Settings,
    site: &str,
    order: &Order,
) -> Call<'w> {
    let occasion = order.occasion;
    let without = match occasion {
        Occasion::Meeting(_) => "letter-without-meeting",
        _ => "letter-without-vote",
    };
    Call {
        words,
        federation: view.federation.charter.federation.name.clone(),
        sender: settings.sender.clone(),
        title: occasion.title(view),
        when: occasion.when(view).into_iter().map(|(what, at)| (what, view.hour(at))).collect(),
        place: order.place.clone(),
        about: occasion.about(view).lines().map(str::to_owned).collect(),
        without: words.say(without),
        site: site.to_owned(),
        day: view.day(view.now),
        good_until: view.day(order.good_until),
        entry: words.number(view.checkpoint.size.saturating_sub(1)),
        root: view.checkpoint.root.to_string(),
    }
}

impl Prepared<'_> {
    fn with_code(&self, to: Recipient, code: String) -> Recipient {
        Recipient { link: format!("{}/sign-in#code={code}", self.site), code, ..to }
    }

    /// Prints letters or cards, each with a fresh code. Whose name or address cannot be printed is left out by name.
    ///
    /// # Errors
    /// What is called cannot be printed, nobody is left, or a fault of the machine; nothing is noted then.
    pub fn print(mut self, access: &Access, notices: &Notices, kind: Kind) -> Result<Printed, WritingError> {
        let calls = std::mem::take(&mut self.calls).into_iter();
        let calls = calls.map(|(tag, call)| Ok((tag, call.printable().map_err(PaperError::from)?)));
        let calls = calls.collect::<Result<BTreeMap<_, _>, WritingError>>()?;
        let (mut printed, mut left_out) = (Vec::new(), Vec::new());
        for person in std::mem::take(&mut self.people) {
            match person.to.printable() {
                Ok(to) => printed.push((person.member, person.language, to)),
                Err(unprintable) => left_out.push((person.member, unprintable.to_string())),
            }
        }
        let Some((_, first, _)) = printed.first() else { return Err(WritingError::NobodyLeft) };
        let title = calls.get(first).map_or(String::new(), |call| call.title.clone());
        let mut paper = Paper::new(&title, first);
        let mut codes = Vec::new();
        let mut filled = Vec::new();
        for (member, language, to) in printed {
            let code = access.draw_code()?;
            filled.push((language, self.with_code(to, code.clone())));
            codes.push((member, code));
        }
        let called = filled.iter().filter_map(|(language, to)| Some((calls.get(language)?, to)));
        match kind {
            Kind::Letters => {
                for (call, to) in called {
                    letter::letter(&mut paper, call, to)?;
                }
            }
            Kind::Cards => letter::cards(&mut paper, &called.collect::<Vec<_>>())?,
        }
        let now = Timestamp::now();
        let day = now.to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
        let pdf = paper.pdf(day)?;
        access.keep_codes(&codes, self.order.good_until)?;
        let noted: Vec<_> =
            codes.iter().map(|(member, code)| (member.clone(), Some(fingerprint(code)))).collect();
        let occasion = self.order.occasion.to_string();
        notices.note(&occasion, &noted, State::Printed, "", now)?;
        // Why they were not printed stands with the notice that they did not get.
        for (member, why) in left_out.iter().filter(|_| !self.order.again) {
            notices.note(&occasion, &[(member.clone(), None)], State::None, why, now)?;
        }
        Ok(Printed { pdf, count: codes.len(), left_out })
    }

    /// Sends a mail to each who has an address and was not told, and tells how far it is after each one. Goes on to
    /// the end, or until the server was away as often as the settings allow.
    ///
    /// # Errors
    /// A fault of the machine: what was sent so far is noted.
    pub fn send(
        &self,
        access: &Access,
        notices: &Notices,
        server: &MailServer,
        on_progress: &mut dyn FnMut(&Progress),
    ) -> Result<Progress, WritingError> {
        let occasion = self.order.occasion.to_string();
        let mut progress = Progress::default();
        let mut waiting: Vec<&Person> = Vec::new();
        for person in &self.people {
            match &person.mailbox {
                None => progress.without += 1,
                Some(Ok(_)) => waiting.push(person),
                Some(Err(problem)) => {
                    progress.refused += 1;
                    let whose = [(person.member.clone(), None)];
                    notices.note(&occasion, &whose, State::Bounced, problem, Timestamp::now())?;
                }
            }
        }
        progress.all = waiting.len() + progress.refused;
        let mut postbox = Postbox::new(server);
        for round in 0..server.attempts {
            if round > 0 && !waiting.is_empty() {
                let pause = u64::from(server.pause_seconds) << (round - 1).min(10);
                std::thread::sleep(Duration::from_secs(pause));
            }
            let mut again = Vec::new();
            let mut queue = waiting.into_iter();
            for person in queue.by_ref() {
                // Nothing is noted while the server is away: nothing happened to anybody's mail.
                if let Err(problem) = postbox.open() {
                    progress.stopped = Some(problem);
                    again.push(person);
                    break;
                }
                progress.stopped = None;
                match self.send_one(access, notices, &mut postbox, &occasion, person)? {
                    Some(Outcome::Taken(_)) => progress.taken += 1,
                    Some(Outcome::Refused(_)) => progress.refused += 1,
                    Some(Outcome::Unclear(_)) => progress.unclear += 1,
                    Some(Outcome::Later(_)) => again.push(person),
                    // Another sends it, or has.
                    None => progress.all -= 1,
                }
                on_progress(&progress);
            }
            again.extend(queue);
            waiting = again;
        }
        progress.over = true;
        if let (Some(first), None) = (waiting.first(), &progress.stopped) {
            let notices = notices.of(&occasion)?;
            progress.stopped = notices.get(&first.member).map(|notice: &Notice| notice.words.clone());
        }
        on_progress(&progress);
        Ok(progress)
    }

    /// One mail, once. None where somebody else has it in hand.
    fn send_one(
        &self,
        access: &Access,
        notices: &Notices,
        postbox: &mut Postbox<'_>,
        occasion: &str,
        person: &Person,
    ) -> Result<Option<Outcome>, WritingError> {
        let (Some(Ok(mailbox)), Some(call)) = (&person.mailbox, self.calls.get(&person.language)) else {
            return Ok(None);
        };
        let code = access.draw_code()?;
        if !notices.take(occasion, &person.member, &fingerprint(&code), Timestamp::now())? {
            return Ok(None);
        }
        access.keep_codes(&[(person.member.clone(), code.clone())], self.order.good_until)?;
        let to = self.with_code(person.to.clone(), code);
        let subject = format!("{}: {}", call.federation, call.title);
        let writing = Writing { to: mailbox.clone(), subject: &subject, text: letter::mail(call, &to) };
        let outcome = postbox.hand_over(writing);
        let (state, words) = match &outcome {
            Outcome::Taken(words) => (State::Sent, words),
            Outcome::Refused(words) => (State::Bounced, words),
            Outcome::Later(words) => (State::Due, words),
            Outcome::Unclear(words) => (State::Unclear, words),
        };
        notices.note(occasion, &[(person.member.clone(), None)], state, words, Timestamp::now())?;
        Ok(Some(outcome))
    }
}
