//! The charter as prose: a sentence an article, in a language of choice.

mod language;

use crate::charter::*;
use crate::word::Word;
use fluent_bundle::FluentValue;
use language::{Args, Language};
use std::collections::BTreeMap;

pub use language::{LANGUAGES, UnknownLanguage};

/// What one article says.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Sentence {
    /// The article by its path in the file.
    pub article: String,
    /// The sentence.
    pub text: String,
}

/// Says a charter in the language of a tag (`en`, `es`), article by article.
///
/// # Errors
/// Where there is no prose in the language.
pub fn explain(charter: &Charter, language: &str) -> Result<Vec<Sentence>, UnknownLanguage> {
    let mut prose = Prose { charter, language: Language::new(language)?, sentences: Vec::new() };
    prose.federation();
    charter.levels.iter().for_each(|level| prose.level(level));
    charter.organs.iter().for_each(|organ| prose.organ(organ));
    charter.motions.iter().for_each(|motion| prose.motion(motion));
    prose.platform();
    prose.plan();
    prose.entrenched();
    Ok(prose.sentences)
}

struct Prose<'c> {
    charter: &'c Charter,
    language: Language,
    sentences: Vec<Sentence>,
}

impl Prose<'_> {
    fn add(&mut self, article: impl Into<String>, message: &str, args: &Args<'_>) {
        self.sentences.push(Sentence { article: article.into(), text: self.language.say(message, args) });
    }

    fn title<'t>(&self, titles: &'t BTreeMap<String, String>, id: &'t str) -> &'t str {
        titles.get(self.language.tag).map_or(id, String::as_str)
    }

    fn level_title(&self, id: &str) -> String {
        let level = self.charter.levels.iter().find(|level| level.id == id);
        let title = level.map_or(id, |level| self.title(&level.title, id));
        self.language.say("named", &[("title", title.into())])
    }

    fn level_titles<'i>(&self, ids: impl IntoIterator<Item = &'i String>) -> String {
        let titles: Vec<String> = ids.into_iter().map(|id| self.level_title(id)).collect();
        self.language.list(&titles)
    }

    fn federation(&mut self) {
        let Charter { federation, founding, members, record, .. } = self.charter;
        self.add("federation.name", "federation-name", &[("name", federation.name.as_str().into())]);
        self.add(
            "federation.time-zone",
            "federation-time-zone",
            &[("zone", federation.time_zone.as_str().into())],
        );
        let languages = self.language.list(&federation.languages);
        self.add("federation.languages", "federation-languages", &[("languages", languages.into())]);
        let classification = federation.branches.word();
        self.add("federation.branches", "federation-branches", &[("classification", classification.into())]);
        let period = self.language.period(founding.commission_term);
        self.add("founding.commission-term", "founding-commission-term", &[("period", period.into())]);
        let period = self.language.period(members.cut_off);
        self.add("members.cut-off", "members-cut-off", &[("period", period.into())]);
        let rights = self.rights(members.arrears);
        self.add("members.arrears", "members-arrears", &[("rights", rights.into())]);
        let rights = self.rights(members.suspended);
        self.add("members.suspended", "members-suspended", &[("rights", rights.into())]);
        let admitted = if members.organisations { "yes" } else { "no" };
        self.add("members.organisations", "members-organisations", &[("admitted", admitted.into())]);
        let period = self.language.period(record.retention);
        self.add("record.retention", "record-retention", &[("period", period.into())]);
    }

    fn rights(&self, rights: StandingRights) -> String {
        let all = [(rights.vote, "right-vote"), (rights.stand, "right-stand"), (rights.sign, "right-sign")];
        let kept = all.into_iter().filter(|(kept, _)| *kept);
        let kept: Vec<String> = kept.map(|(_, message)| self.language.say(message, &[])).collect();
        if kept.is_empty() { self.language.say("right-none", &[]) } else { self.language.list(&kept) }
    }

    fn level(&mut self, level: &Level) {
        let path = format!("level.{}", level.id);
        let title = self.level_title(&level.id);
        if level.group_by.is_empty() {
            self.add(format!("{path}.group-by"), "level-all", &[("level", title.into())]);
        } else {
            let columns: Vec<String> = level.group_by.iter().map(|column| self.column(column)).collect();
            let columns = self.language.list(&columns);
            let args = [("level", title.into()), ("columns", columns.into())];
            self.add(format!("{path}.group-by"), "level-groups", &args);
        }
        if level.elected_by.is_empty() {
            self.add(format!("{path}.elected-by"), "level-of-members", &[]);
        } else {
            self.delegates(&path, level);
        }
        self.meeting(&path, &level.meeting);
    }

    fn column(&self, column: &Column) -> String {
        match column {
            Column::Workplace => self.language.say("column-workplace", &[]),
            Column::Branch(depth) => self.language.say("column-branch", &[("depth", depth.word().into())]),
            Column::Territory(heading) => heading.clone(),
        }
    }

    fn delegates(&mut self, path: &str, level: &Level) {
        let electing = level.elected_by.iter().map(|id| match level.shares.get(id) {
            None => self.level_title(id),
            Some(share) => {
                let args = [("level", self.level_title(id).into()), ("share", share.to_string().into())];
                self.language.say("level-share", &args)
            }
        });
        let electing = self.language.list(&electing.collect::<Vec<_>>());
        self.add(format!("{path}.elected-by"), "level-elected-by", &[("levels", electing.into())]);
        if let Some(seats) = &level.seats {
            self.seats(path, seats);
        }
        if let Some(election) = &level.election {
            self.election(path, election);
        }
        if let Some(term) = level.term {
            self.term(path, term, level.consecutive_terms);
        }
        self.substitutes(path, level.substitutes);
        if let Some(recall) = &level.recall {
            self.recall(path, recall);
        }
        if level.single {
            self.add(format!("{path}.single"), "level-single", &[]);
        }
        self.add(format!("{path}.on-closing"), "on-closing", &[("way", level.on_closing.word().into())]);
    }

    fn seats(&mut self, path: &str, seats: &Seats) {
        let article = format!("{path}.seats");
        let method = ("method", seats.method.name().into());
        let minimum = ("minimum", seats.minimum.into());
        let maximum = ("maximum", or_none(seats.maximum));
        match seats.house {
            House::Total(total) => {
                self.add(article, "level-seats-total", &[("seats", total.into()), method, minimum, maximum]);
            }
            House::Per { members, round } => {
                let round = ("round", round.word().into());
                self.add(
                    article,
                    "level-seats-per",
                    &[("members", members.into()), round, method, minimum, maximum],
                );
            }
        }
    }

    fn election(&mut self, path: &str, election: &ElectionArticle) {
        let args = [
            ("rule", election.rule.name().into()),
            ("ballot", election.ballot.word().into()),
            ("period", self.language.period(election.period).into()),
            ("signatures", election.nomination.into()),
        ];
        self.add(format!("{path}.election"), "election", &args);
    }

    fn term(&mut self, path: &str, term: crate::Period, consecutive_terms: Option<u32>) {
        let args = [("period", self.language.period(term).into()), ("terms", or_none(consecutive_terms))];
        self.add(format!("{path}.term"), "term", &args);
    }

    fn substitutes(&mut self, path: &str, substitutes: Substitutes) {
        self.add(format!("{path}.substitutes"), "substitutes", &[("way", substitutes.word().into())]);
    }

    fn recall(&mut self, path: &str, recall: &RecallArticle) {
        let args = [
            ("petition", recall.petition.to_string().into()),
            ("majority", self.language.majority(&recall.majority).into()),
            ("quorum", recall.quorum.to_string().into()),
            ("ballot", recall.ballot.word().into()),
        ];
        self.add(format!("{path}.recall"), "recall", &args);
    }

    fn meeting(&mut self, path: &str, meeting: &MeetingArticle) {
        let args = [
            ("notice", self.language.period(meeting.notice).into()),
            ("quorum", meeting.quorum.to_string().into()),
            ("petition", meeting.petition.to_string().into()),
        ];
        self.add(format!("{path}.meeting"), "meeting", &args);
        if let Some(proxies) = &meeting.proxies {
            self.add(format!("{path}.meeting.proxies"), "proxies", &[("number", proxies.per_person.into())]);
        }
    }

    fn organ(&mut self, organ: &Organ) {
        let path = format!("organ.{}", organ.id);
        let title = self.title(&organ.title, &organ.id).to_owned();
        let assemblies = if organ.assemblies.is_empty() {
            let level = self.level_title(&organ.elected_by);
            self.language.say("organ-each", &[("level", level.into())])
        } else {
            self.language.list(&organ.assemblies.iter().cloned().collect::<Vec<_>>())
        };
        let args = [
            ("organ", title.into()),
            ("assemblies", assemblies.into()),
            ("elected", organ.posts.elected.into()),
            ("appointed", organ.posts.appointed.into()),
            ("by", organ.posts.appointed_by.as_deref().unwrap_or_default().into()),
        ];
        self.add(format!("{path}.posts"), "organ-posts", &args);
        let duties: Vec<String> = organ
            .duties
            .iter()
            .map(|duty| self.language.say(&format!("duty-{}", duty.word()), &[]))
            .collect();
        let duties =
            if duties.is_empty() { self.language.say("duty-none", &[]) } else { self.language.list(&duties) };
        self.add(format!("{path}.duties"), "organ-duties", &[("duties", duties.into())]);
        self.election(&path, &organ.election);
        self.term(&path, organ.term, organ.consecutive_terms);
        self.substitutes(&path, organ.substitutes);
        if let Some(recall) = &organ.recall {
            self.recall(&path, recall);
        }
        if let Some(ceiling) = &organ.pay_ceiling {
            self.add(
                format!("{path}.pay-ceiling"),
                "organ-pay-ceiling",
                &[("ceiling", ceiling.as_str().into())],
            );
        }
        for (index, step) in organ.transition.iter().flat_map(|transition| &transition.steps).enumerate() {
            self.step(&path, index, step);
        }
    }

    fn step(&mut self, path: &str, index: usize, step: &TransitionStep) {
        let criteria: Vec<String> = step.criteria.iter().map(|criterion| self.criterion(criterion)).collect();
        let criteria = match criteria.is_empty() {
            true => self.language.say("transition-free", &[]),
            false => {
                self.language.say("transition-once", &[("criteria", self.language.list(&criteria).into())])
            }
        };
        let message = if index == 0 { "transition-first" } else { "transition-step" };
        let args = [
            ("step", step.name.as_str().into()),
            ("elected", step.posts.elected.into()),
            ("appointed", step.posts.appointed.into()),
            ("criteria", criteria.into()),
        ];
        self.add(format!("{path}.transition.{}", step.name), message, &args);
    }

    fn criterion(&self, criterion: &Criterion) -> String {
        let language = &self.language;
        match criterion {
            Criterion::Lasted(period) => {
                language.say("criterion-lasted", &[("period", language.period(*period).into())])
            }
            Criterion::Meetings(number) => {
                language.say("criterion-meetings", &[("number", (*number).into())])
            }
            Criterion::Reported(share) => {
                language.say("criterion-reported", &[("share", share.to_string().into())])
            }
            Criterion::Turnout(share) => {
                language.say("criterion-turnout", &[("share", share.to_string().into())])
            }
        }
    }

    fn motion(&mut self, motion: &MotionKind) {
        let path = format!("motion.{}", motion.kind);
        let args = [
            ("kind", motion.kind.as_str().into()),
            ("signatures", motion.signatures.into()),
            ("notice", self.language.period(motion.notice).into()),
            ("vote", motion.vote.word().into()),
            ("majority", self.language.majority(&motion.majority).into()),
        ];
        self.add(path.clone(), "motion", &args);
        self.add(format!("{path}.effect"), "motion-effect", &[("effect", motion.effect.word().into())]);
        if !motion.levels.is_empty() {
            let levels = self.level_titles(&motion.levels);
            self.add(format!("{path}.levels"), "motion-levels", &[("levels", levels.into())]);
        }
        if let Some(quorum) = motion.quorum {
            self.add(format!("{path}.quorum"), "motion-quorum", &[("quorum", quorum.to_string().into())]);
        }
        if !motion.circulate_to.is_empty() {
            let levels = self.level_titles(&motion.circulate_to);
            self.add(format!("{path}.circulate-to"), "motion-circulate-to", &[("levels", levels.into())]);
        }
        if !motion.cannot_be.is_empty() {
            self.add(format!("{path}.cannot-be"), "motion-cannot-be", &[]);
        }
    }

    fn platform(&mut self) {
        let Charter { platform, forwarding, .. } = self.charter;
        let args = [
            ("pages", platform.pages.into()),
            ("minutes", platform.speaking_minutes.into()),
            ("level", self.level_title(&platform.heard_by).into()),
        ];
        self.add("platform", "platform", &args);
        let period = self.language.period(forwarding.answer_within);
        self.add("forwarding.answer-within", "forwarding", &[("period", period.into())]);
    }

    fn plan(&mut self) {
        let plan = &self.charter.plan;
        let tiers = self.language.list(&plan.tiers);
        self.add("plan.tiers", "plan-tiers", &[("tiers", tiers.into())]);
        let args = [
            ("needs", self.level_titles(&plan.needs_by).into()),
            ("proposals", self.level_title(&plan.proposals_by).into()),
            ("decided", self.level_title(&plan.decided_by).into()),
        ];
        self.add("plan.needs-by", "plan-bodies", &args);
        self.add(
            "plan.rounds",
            "plan-rounds",
            &[("rounds", plan.rounds.into()), ("gap", plan.gap.to_string().into())],
        );
        let args = [("variants", plan.variants.into()), ("rule", plan.rule.name().into())];
        self.add("plan.variants", "plan-variants", &args);
        self.add("plan.deviation", "plan-deviation", &[("share", plan.deviation.to_string().into())]);
    }

    fn entrenched(&mut self) {
        let entrenched = &self.charter.entrenched;
        let articles = self.language.list(&entrenched.articles.iter().cloned().collect::<Vec<_>>());
        self.add("entrenched.articles", "entrenched-articles", &[("articles", articles.into())]);
        let args = [
            ("majority", self.language.majority(&entrenched.members).into()),
            ("workplaces", entrenched.workplaces.to_string().into()),
        ];
        self.add("entrenched.members", "entrenched-change", &args);
    }
}

fn or_none(number: Option<u32>) -> FluentValue<'static> {
    number.map_or("none".into(), FluentValue::from)
}
