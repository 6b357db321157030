//! Entrenched articles: the six rights at least, and every name that of an article.

use super::Findings;
use crate::charter::Charter;
use crate::diagnostic::{meant, nearest, quoted};
use crate::{RIGHTS, articles};

pub(super) fn check(charter: &Charter, f: &mut Findings<'_>) {
    let entrenched = &charter.entrenched.articles;
    for right in RIGHTS.iter().filter(|right| !entrenched.contains(**right)) {
        let found = format!("a list without {right:?}");
        let expected = "all six rights: to propose, sign, circulate, see the record, recall, and leave";
        f.add("entrenched.articles", found, expected, format!("add {right:?}, or leave the key out"));
    }
    let known = articles(charter);
    let is_article = |name: &str| {
        known.keys().any(|article| {
            article.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    };
    for name in entrenched.iter().filter(|name| !RIGHTS.contains(&name.as_str()) && !is_article(name)) {
        let near = nearest(name, RIGHTS.into_iter().chain(known.keys().map(String::as_str)));
        let expected = "a right, or an article by its path in the file";
        f.add("entrenched.articles", quoted(name), expected, meant(near, "remove it"));
    }
}
