//! `[[organ]]` and its transition.

use super::level::{election, recall};
use super::table::{Reading, Table, Value};
use super::value::*;
use crate::Period;
use crate::charter::*;
use std::collections::BTreeSet;

pub(super) fn organ(r: &mut Reading<'_>, mut table: Table<'_, '_>) -> Organ {
    let steps = table.tables(r, "transition", "name");
    let steps: Vec<_> = steps.into_iter().map(|table| step(r, table)).collect();
    let posts_of_first_step = steps.first().map(|step| step.posts.clone());
    let everyday_duties = || BTreeSet::from([Duty::Convene, Duty::Chair, Duty::Tell]);
    let no_posts = Posts { elected: 0, appointed: 0, appointed_by: None };
    let own_posts = match posts_of_first_step {
        Some(_) => table.get(r, "posts", posts),
        None => table.need(r, "posts", "{ elected = 5 }", posts),
    };
    let organ = Organ {
        id: table.need(r, "id", "\"economic-council\"", name).unwrap_or_default(),
        title: table.get(r, "title", titles).unwrap_or_default(),
        elected_by: table.need(r, "elected-by", "\"congress\"", text).unwrap_or_default(),
        assemblies: table.get(r, "assemblies", text_set).unwrap_or_default(),
        posts: own_posts.or(posts_of_first_step).unwrap_or(no_posts),
        election: election(r, &mut table),
        term: table.get(r, "term", period).unwrap_or(Period::years(1)),
        consecutive_terms: table.get(r, "consecutive-terms", number),
        substitutes: table.get(r, "substitutes", choice).unwrap_or(Substitutes::Countback),
        recall: Some(recall(r, &mut table)),
        duties: table.get(r, "duties", choices).unwrap_or_else(everyday_duties),
        pay_ceiling: table.get(r, "pay-ceiling", text),
        transition: (!steps.is_empty()).then_some(Transition { steps }),
    };
    table.finish(r);
    organ
}

fn posts(r: &mut Reading<'_>, value: &Value<'_, '_>) -> Option<Posts> {
    let mut table = value.table(r, "{ elected = 5 }")?;
    let posts = Posts {
        elected: table.get(r, "elected", number).unwrap_or(0),
        appointed: table.get(r, "appointed", number).unwrap_or(0),
        appointed_by: table.get(r, "appointed-by", text),
    };
    table.finish(r);
    Some(posts)
}

fn step(r: &mut Reading<'_>, mut table: Table<'_, '_>) -> TransitionStep {
    let no_posts = Posts { elected: 0, appointed: 0, appointed_by: None };
    let step = TransitionStep {
        name: table.need(r, "name", "\"joint\"", name).unwrap_or_default(),
        posts: table
            .need(r, "posts", "{ elected = 3, appointed = 2, appointed-by = \"…\" }", posts)
            .unwrap_or(no_posts),
        criteria: table.get(r, "when", criteria).unwrap_or_default(),
    };
    table.finish(r);
    step
}

fn criteria(r: &mut Reading<'_>, value: &Value<'_, '_>) -> Option<Vec<Criterion>> {
    let mut table = value.table(r, "{ lasted = \"P6M\", meetings = 2 }")?;
    let criteria = [
        table.get(r, "lasted", period).map(Criterion::Lasted),
        table.get(r, "meetings", number).map(Criterion::Meetings),
        table.get(r, "reported", fraction).map(Criterion::Reported),
        table.get(r, "turnout", fraction).map(Criterion::Turnout),
    ];
    table.finish(r);
    Some(criteria.into_iter().flatten().collect())
}
