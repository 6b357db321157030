//! Which page stands at which address. An address is a noun that one can say on the telephone.

pub mod assembly;
pub mod election;
pub mod front;
pub mod me;
pub mod meeting;
pub mod member;
pub mod motion;
pub mod plan;
pub mod posts;
pub mod problem;
pub mod recall;
pub mod record;
pub mod theses;
pub mod vote;
pub mod workplace;

use crate::page::Page;
use crate::problem::Problem;
use crate::view::View;

/// The page at the view's address.
///
/// # Errors
/// Nothing is there.
pub fn page(view: &View<'_>) -> Result<Page, Problem> {
    let path: Vec<&str> = view.path.split('/').filter(|part| !part.is_empty()).collect();
    match path.as_slice() {
        [] => Ok(front::page(view)),
        ["assemblies"] => Ok(assembly::list(view)),
        ["assemblies", id @ ..] => assembly::page(view, &id.join("/").as_str().into()),
        ["members", "me"] => me::page(view),
        ["sign-in"] => Ok(crate::sign_in::page(view)),
        ["workplaces", id] => workplace::page(view, &(*id).into()),
        ["members", id] => member::page(view, &(*id).into()),
        ["motions"] => Ok(motion::list(view)),
        ["motions", id] => motion::page(view, number(id)?),
        ["theses"] => Ok(theses::list(view)),
        ["theses", id] => theses::page(view, number(id)?),
        ["elections"] => Ok(election::list(view)),
        ["elections", id] => election::page(view, number(id)?),
        ["news"] => Ok(front::news(view)),
        ["meetings"] => Ok(meeting::list(view)),
        ["meetings", id] => meeting::page(view, number(id)?),
        ["meetings", id, "desk"] => crate::desk::page(view, number(id)?),
        ["meetings", id, "screen"] => crate::desk::screen(view, number(id)?),
        ["votes", id] => vote::page(view, number(id)?),
        ["recalls"] => Ok(recall::list(view)),
        ["recalls", id] => recall::page(view, number(id)?),
        ["posts"] => Ok(posts::page(view)),
        ["plan"] => plan::page(view),
        ["plan", "products", id] => plan::product(view, id),
        ["plan", "workplaces", id] => plan::workplace(view, id),
        ["record"] => Ok(record::list(view)),
        ["record", id] => record::entry(view, number(id)?),
        _ => Err(Problem::NoSuchPage),
    }
}

/// The number in an address.
fn number<N: std::str::FromStr>(text: &str) -> Result<N, Problem> {
    text.parse().map_err(|_| Problem::NoSuch(text.to_owned()))
}
