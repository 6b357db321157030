//! Organs: who elects them, who may appoint, and how a transition leads from appointed to elected management.

use super::Findings;
use super::numbers::at_most_all;
use crate::charter::*;
use crate::diagnostic::quoted;

pub(super) fn check(charter: &Charter, f: &mut Findings<'_>) {
    f.unique("organ", "id", charter.organs.iter().map(|organ| organ.id.as_str()));
    for organ in &charter.organs {
        let path = format!("organ.{}", organ.id);
        let levels = charter.levels.iter().map(|level| level.id.as_str());
        f.known(&format!("{path}.elected-by"), "a level", &organ.elected_by, levels);
        assemblies(f, &path, organ);
        posts(charter, f, &format!("{path}.posts"), organ, &organ.posts);
        if let Some(transition) = &organ.transition {
            steps(charter, f, &path, organ, transition);
        }
    }
    let in_transition = charter.organs.iter().find(|organ| organ.transition.is_some());
    if let Some(organ) = in_transition
        && !charter.motions.iter().any(|motion| motion.effect == Effect::Transition)
    {
        f.add(
            &format!("organ.{}.transition", organ.id),
            "a transition, and no kind of motion that takes its next step",
            "a [[motion]] with effect = \"transition\"",
            "add [[motion]] with kind = \"transition\"",
        );
    }
}

fn assemblies(f: &mut Findings<'_>, path: &str, organ: &Organ) {
    let within = format!("{}/", organ.elected_by);
    for assembly in &organ.assemblies {
        if *assembly != organ.elected_by && !assembly.starts_with(&within) {
            let expected =
                format!("ids of assemblies of the level {}, such as \"{within}…\"", organ.elected_by);
            let remedy = "take the id from `mandate charter levels`";
            f.add(&format!("{path}.assemblies"), quoted(assembly), expected, remedy);
        }
    }
}

/// Nobody is appointed unless the charter names who appoints, and that organ is itself elected.
fn posts(charter: &Charter, f: &mut Findings<'_>, article: &str, organ: &Organ, posts: &Posts) {
    if posts.elected == 0 && posts.appointed == 0 {
        f.add(article, "no posts", "one post or more", "write, for example, posts = { elected = 5 }");
    }
    match (&posts.appointed_by, posts.appointed) {
        (None, 0) => {}
        (None, appointed) => {
            let found = format!("{appointed} appointed posts, and nobody named who appoints");
            let expected = "appointed-by with the id of an elected organ";
            f.add(article, found, expected, "add appointed-by, or make the posts elected");
        }
        (Some(by), 0) => {
            let found = format!("appointed-by = {} without appointed posts", quoted(by));
            f.add(article, found, "appointed-by with appointed posts only", "remove appointed-by");
        }
        (Some(by), _) => {
            f.known(article, "an organ", by, charter.organs.iter().map(|organ| organ.id.as_str()));
            let appointing = charter.organs.iter().find(|organ| organ.id == *by);
            if appointing.is_some_and(|by| by.id == organ.id || has_appointed_posts(by)) {
                let expected = "an organ all of whose posts are elected: who appoints answers to electors";
                f.add(article, format!("appointment by {by}"), expected, "name an elected organ");
            }
        }
    }
}

fn has_appointed_posts(organ: &Organ) -> bool {
    let steps = organ.transition.iter().flat_map(|transition| &transition.steps);
    steps.map(|step| &step.posts).chain([&organ.posts]).any(|posts| posts.appointed > 0)
}

fn steps(charter: &Charter, f: &mut Findings<'_>, path: &str, organ: &Organ, transition: &Transition) {
    let article = format!("{path}.transition");
    f.unique(&article, "name", transition.steps.iter().map(|step| step.name.as_str()));
    let [first, later @ ..] = transition.steps.as_slice() else { return };
    if first.posts != organ.posts {
        let expected = format!("the same posts as in the first step, {}", first.name);
        f.add(
            &format!("{path}.posts"),
            "other posts than the first step's",
            expected,
            "remove posts from the organ",
        );
    }
    if !first.criteria.is_empty() {
        let found = format!("criteria for {}, the step a federation starts with", first.name);
        f.add(
            &format!("{article}.{}.when", first.name),
            found,
            "no criteria for the first step",
            "remove when",
        );
    }
    if later.is_empty() {
        let expected = "two steps or more";
        f.add(&article, "a single step", expected, "add the step that it leads to, or remove the transition");
    }
    for (before, step) in transition.steps.iter().zip(later) {
        let step_posts = format!("{article}.{}.posts", step.name);
        posts(charter, f, &step_posts, organ, &step.posts);
        if step.posts.appointed > before.posts.appointed {
            let found = format!("{} appointed posts after {}", step.posts.appointed, before.posts.appointed);
            let expected = "fewer appointed posts from step to step";
            f.add(&step_posts, found, expected, "put the steps in the order appointed, joint, elected");
        }
        for criterion in &step.criteria {
            match criterion {
                Criterion::Reported(share) => {
                    at_most_all(f, &format!("{article}.{}.when.reported", step.name), *share);
                }
                Criterion::Turnout(share) => {
                    at_most_all(f, &format!("{article}.{}.when.turnout", step.name), *share);
                }
                Criterion::Lasted(_) | Criterion::Meetings(_) => {}
            }
        }
    }
    if let Some(last) = later.last()
        && last.posts.appointed > 0
    {
        let found = format!("{} appointed posts in the last step", last.posts.appointed);
        let expected = "a last step without appointed posts: that is where a transition leads";
        f.add(&format!("{article}.{}.posts", last.name), found, expected, "make them elected");
    }
}
