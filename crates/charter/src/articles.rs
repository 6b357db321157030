//! A charter as a list of articles: each path in the file with its value as the file would write it, defaults
//! included. Two charters differ in the articles whose values differ.

use crate::charter::*;
use crate::word::Word;
use std::collections::BTreeMap;
use std::fmt::{self, Display};

/// Every article of a charter by its path (`level.congress.meeting.quorum`) with its value in the file's notation.
pub fn articles(charter: &Charter) -> BTreeMap<String, String> {
    let mut list = List::default();
    list.federation(charter);
    charter.levels.iter().for_each(|level| list.level(level));
    charter.organs.iter().for_each(|organ| list.organ(organ));
    charter.motions.iter().for_each(|motion| list.motion(motion));
    list.set("platform.pages", charter.platform.pages);
    list.set("platform.speaking-minutes", charter.platform.speaking_minutes);
    list.text("platform.heard-by", &charter.platform.heard_by);
    list.text("forwarding.answer-within", charter.forwarding.answer_within);
    list.plan(&charter.plan);
    list.texts("entrenched.articles", &charter.entrenched.articles);
    list.set("entrenched.members", charter.entrenched.members);
    list.text("entrenched.workplaces", charter.entrenched.workplaces);
    list.articles
}

#[derive(Default)]
struct List {
    articles: BTreeMap<String, String>,
}

impl List {
    fn set(&mut self, path: impl Into<String>, value: impl Display) {
        self.articles.insert(path.into(), value.to_string());
    }

    fn text(&mut self, path: impl Into<String>, value: impl Display) {
        self.set(path, format_args!("{:?}", value.to_string()));
    }

    fn texts(&mut self, path: impl Into<String>, values: impl IntoIterator<Item = impl Display>) {
        let values: Vec<_> = values.into_iter().map(|value| format!("{:?}", value.to_string())).collect();
        self.set(path, format_args!("[{}]", values.join(", ")));
    }

    fn federation(&mut self, charter: &Charter) {
        self.text("federation.name", &charter.federation.name);
        self.text("federation.time-zone", &charter.federation.time_zone);
        self.texts("federation.languages", &charter.federation.languages);
        self.text("federation.branches", charter.federation.branches.word());
        self.text("founding.commission-term", charter.founding.commission_term);
        self.text("members.cut-off", charter.members.cut_off);
        for (standing, rights) in
            [("arrears", charter.members.arrears), ("suspended", charter.members.suspended)]
        {
            self.set(format!("members.{standing}.vote"), rights.vote);
            self.set(format!("members.{standing}.stand"), rights.stand);
            self.set(format!("members.{standing}.sign"), rights.sign);
        }
        self.set("members.organisations", charter.members.organisations);
        self.text("record.retention", charter.record.retention);
    }

    fn level(&mut self, level: &Level) {
        let path = format!("level.{}", level.id);
        self.titles(&path, &level.title);
        self.texts(format!("{path}.group-by"), &level.group_by);
        self.text(format!("{path}.meeting.quorum"), level.meeting.quorum);
        self.text(format!("{path}.meeting.notice"), level.meeting.notice);
        self.text(format!("{path}.meeting.petition"), level.meeting.petition);
        if let Some(proxies) = &level.meeting.proxies {
            self.set(format!("{path}.meeting.proxies.per-person"), proxies.per_person);
        }
        if level.elected_by.is_empty() {
            return;
        }
        self.texts(format!("{path}.elected-by"), &level.elected_by);
        for (chain, share) in &level.shares {
            self.text(format!("{path}.shares.{chain}"), share);
        }
        if let Some(seats) = &level.seats {
            self.seats(&format!("{path}.seats"), seats);
        }
        if let Some(election) = &level.election {
            self.election(&path, election);
        }
        if let Some(term) = level.term {
            self.text(format!("{path}.term"), term);
        }
        if let Some(recall) = &level.recall {
            self.recall(&path, recall);
        }
        self.succession(&path, level.consecutive_terms, level.substitutes);
        self.set(format!("{path}.single"), level.single);
        self.text(format!("{path}.on-closing"), level.on_closing.word());
    }

    fn titles(&mut self, path: &str, titles: &BTreeMap<String, String>) {
        for (language, title) in titles {
            self.text(format!("{path}.title.{language}"), title);
        }
    }

    fn seats(&mut self, path: &str, seats: &Seats) {
        self.text(format!("{path}.method"), seats.method);
        match seats.house {
            House::Total(total) => self.set(format!("{path}.total"), total),
            House::Per { members, round } => {
                self.set(format!("{path}.per"), members);
                self.text(format!("{path}.round"), round.word());
            }
        }
        self.set(format!("{path}.minimum"), seats.minimum);
        if let Some(maximum) = seats.maximum {
            self.set(format!("{path}.maximum"), maximum);
        }
    }

    fn election(&mut self, path: &str, election: &ElectionArticle) {
        self.text(format!("{path}.election.rule"), election.rule);
        self.text(format!("{path}.election.ballot"), election.ballot.word());
        self.set(format!("{path}.election.nomination"), election.nomination);
        self.text(format!("{path}.election.period"), election.period);
    }

    fn recall(&mut self, path: &str, recall: &RecallArticle) {
        self.text(format!("{path}.recall.petition"), recall.petition);
        self.text(format!("{path}.recall.quorum"), recall.quorum);
        self.set(format!("{path}.recall.majority"), recall.majority);
        self.text(format!("{path}.recall.ballot"), recall.ballot.word());
    }

    fn succession(&mut self, path: &str, consecutive_terms: Option<u32>, substitutes: Substitutes) {
        if let Some(terms) = consecutive_terms {
            self.set(format!("{path}.consecutive-terms"), terms);
        }
        self.text(format!("{path}.substitutes"), substitutes.word());
    }

    fn organ(&mut self, organ: &Organ) {
        let path = format!("organ.{}", organ.id);
        self.titles(&path, &organ.title);
        self.text(format!("{path}.elected-by"), &organ.elected_by);
        self.texts(format!("{path}.assemblies"), &organ.assemblies);
        self.posts(&format!("{path}.posts"), &organ.posts);
        self.election(&path, &organ.election);
        self.text(format!("{path}.term"), organ.term);
        self.succession(&path, organ.consecutive_terms, organ.substitutes);
        if let Some(recall) = &organ.recall {
            self.recall(&path, recall);
        }
        self.texts(format!("{path}.duties"), organ.duties.iter().map(|duty| duty.word()));
        if let Some(ceiling) = &organ.pay_ceiling {
            self.text(format!("{path}.pay-ceiling"), ceiling);
        }
        let steps = organ.transition.iter().flat_map(|transition| &transition.steps);
        for (index, step) in steps.enumerate() {
            let path = format!("{path}.transition.{}", step.name);
            self.set(format!("{path}.position"), index + 1);
            self.posts(&format!("{path}.posts"), &step.posts);
            for criterion in &step.criteria {
                match criterion {
                    Criterion::Lasted(period) => self.text(format!("{path}.when.lasted"), period),
                    Criterion::Meetings(meetings) => self.set(format!("{path}.when.meetings"), meetings),
                    Criterion::Reported(share) => self.text(format!("{path}.when.reported"), share),
                    Criterion::Turnout(share) => self.text(format!("{path}.when.turnout"), share),
                }
            }
        }
    }

    fn posts(&mut self, path: &str, posts: &Posts) {
        self.set(format!("{path}.elected"), posts.elected);
        self.set(format!("{path}.appointed"), posts.appointed);
        if let Some(by) = &posts.appointed_by {
            self.text(format!("{path}.appointed-by"), by);
        }
    }

    fn motion(&mut self, motion: &MotionKind) {
        let path = format!("motion.{}", motion.kind);
        self.texts(format!("{path}.levels"), &motion.levels);
        self.set(format!("{path}.signatures"), motion.signatures);
        self.text(format!("{path}.notice"), motion.notice);
        self.text(format!("{path}.vote"), motion.vote.word());
        self.set(format!("{path}.majority"), motion.majority);
        if let Some(quorum) = motion.quorum {
            self.text(format!("{path}.quorum"), quorum);
        }
        self.texts(format!("{path}.circulate-to"), &motion.circulate_to);
        self.texts(format!("{path}.cannot-be"), motion.cannot_be.iter().map(|protection| protection.word()));
        self.text(format!("{path}.effect"), motion.effect.word());
    }

    fn plan(&mut self, plan: &PlanArticle) {
        self.texts("plan.tiers", &plan.tiers);
        self.texts("plan.needs-by", &plan.needs_by);
        self.text("plan.proposals-by", &plan.proposals_by);
        self.text("plan.decided-by", &plan.decided_by);
        self.set("plan.rounds.maximum", plan.rounds);
        self.text("plan.rounds.gap", plan.gap);
        self.set("plan.variants.minimum", plan.variants);
        self.text("plan.variants.rule", plan.rule);
        self.text("plan.deviation", plan.deviation);
    }
}

impl Display for Majority {
    /// As a charter writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { share, strict, of } = self;
        write!(f, "{{ share = \"{share}\", strict = {strict}, of = \"{}\" }}", of.word())
    }
}

impl Display for Column {
    /// As a charter writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Workplace => f.write_str("workplace"),
            Self::Branch(depth) => write!(f, "branch:{}", depth.word()),
            Self::Territory(heading) => f.write_str(heading),
        }
    }
}
