//! Which page stands at which address. An address is a noun that one can say on the telephone.

pub mod assembly;
pub mod election;
pub mod floor;
pub mod front;
pub mod interface;
pub mod invitations;
pub mod me;
pub mod meeting;
pub mod member;
pub mod motion;
pub mod notices;
pub mod plan;
pub mod posts;
pub mod problem;
pub mod recall;
pub mod record;
pub mod register;
pub mod second_factor;
pub mod sign_in;
pub mod theses;
pub mod tokens;
pub mod vote;
pub mod ways;
pub mod workplace;

use crate::page::Page;
use crate::problem::Problem;
use crate::view::View;

/// A page and its address.
pub struct Place {
    /// The address: nouns, and in braces what stands for a name or number; one with a star takes all that follows.
    pub address: &'static str,
    /// What it shows, for those who write programs.
    pub shows: &'static str,
    make: fn(&View<'_>, &[&str]) -> Result<Page, Problem>,
}

/// Every page. The first address that fits is taken.
pub const PLACES: &[Place] = &[
    place("/", "The federation at a glance", |view, _| Ok(front::page(view))),
    place("/assemblies", "All assemblies", |view, _| Ok(assembly::list(view))),
    place("/assemblies/{assembly*}", "An assembly: seats, delegates, meetings", |view, of| {
        assembly::page(view, &of[0].into())
    }),
    place("/members/me", "Whoever is signed in: their delegates and what they can do now", |view, _| {
        me::page(view)
    }),
    place("/members/me/tokens", "The tokens that one made for programs", |view, _| tokens::page(view)),
    place("/members/me/second-factor", "The second factor of whoever is signed in", |view, _| {
        second_factor::page(view)
    }),
    place("/members/me/sign-in", "The ways in which whoever is signed in signs in", |view, _| {
        ways::page(view)
    }),
    place("/sign-in", "Signing in", |view, _| Ok(sign_in::page(view))),
    place("/sign-in/second", "The second factor of whoever comes from the provider", |view, _| {
        Ok(ways::digits_page(view))
    }),
    place("/workplaces/{workplace}/register", "Bringing names into a workplace's register", |view, of| {
        register::page(view, &of[0].into())
    }),
    place("/workplaces/{workplace}", "A workplace: its assembly, delegates, mandate", |view, of| {
        workplace::page(view, &of[0].into())
    }),
    place("/members/{member}", "A member: the seats and posts held", |view, of| {
        member::page(view, &of[0].into())
    }),
    place("/motions", "All motions", |view, _| Ok(motion::list(view))),
    place("/motions/{motion}", "A motion: text, amendments, mandates, votes", |view, of| {
        motion::page(view, number(of[0])?)
    }),
    place("/theses", "All theses and platforms", |view, _| Ok(theses::list(view))),
    place("/theses/{theses}", "Theses: text and signatories", |view, of| theses::page(view, number(of[0])?)),
    place("/elections", "All elections", |view, _| Ok(election::list(view))),
    place(
        "/elections/{election}",
        "An election: candidates, stages of the count, who is elected",
        |view, of| election::page(view, number(of[0])?),
    ),
    place("/news", "What was decided and called lately", |view, _| Ok(front::news(view))),
    place("/notices", "What is called, and how many were told", |view, _| notices::list(view)),
    place("/notices/{occasion}", "Who was told of what is called, and who was not", |view, of| {
        notices::page(view, of[0])
    }),
    place("/invitations", "Invitations to an assembly's meetings, named with `assembly`", |view, _| {
        invitations::list(view)
    }),
    place("/invitation", "Using or narrowing an invitation", |view, _| Ok(invitations::guest(view))),
    place("/meetings", "All meetings", |view, _| Ok(meeting::list(view))),
    place("/meetings/{meeting}", "A meeting: agenda, who is there, votes, minutes", |view, of| {
        meeting::page(view, number(of[0])?)
    }),
    place("/meetings/{meeting}/desk", "A meeting's desk", |view, of| crate::desk::page(view, number(of[0])?)),
    place("/meetings/{meeting}/screen", "The screen at the front of the hall", |view, of| {
        crate::desk::screen(view, number(of[0])?)
    }),
    place("/votes/{vote}", "A vote: answers by delegate, against which mandate", |view, of| {
        vote::page(view, number(of[0])?)
    }),
    place("/recalls", "All recalls", |view, _| Ok(recall::list(view))),
    place("/recalls/{recall}", "A recall: signatures, vote, result", |view, of| {
        recall::page(view, number(of[0])?)
    }),
    place("/posts", "All posts, elected and appointed", |view, _| Ok(posts::page(view))),
    place("/plan", "The plan: variants, needs, bottlenecks, flows", |view, _| plan::page(view)),
    place("/plan/products/{product}", "A product in the plan, and why", |view, of| {
        plan::product(view, of[0])
    }),
    place("/plan/workplaces/{workplace}", "A workplace in the plan, and why", |view, of| {
        plan::workplace(view, of[0])
    }),
    place("/record", "The entries of the record, searched with `q`", |view, _| Ok(record::list(view))),
    place("/record/{entry}", "An entry of the record, with its proof", |view, of| {
        record::entry(view, number(of[0])?)
    }),
    place("/api", "The interface for programs, to be tried", |view, _| Ok(interface::page(view))),
];

const fn place(
    address: &'static str,
    shows: &'static str,
    make: fn(&View<'_>, &[&str]) -> Result<Page, Problem>,
) -> Place {
    Place { address, shows, make }
}

/// The page at the view's address.
///
/// # Errors
/// Nothing is there.
pub fn page(view: &View<'_>) -> Result<Page, Problem> {
    match PLACES.iter().find_map(|place| Some((place, fit(place.address, view.path)?))) {
        Some((place, of)) => (place.make)(view, &of),
        None => Err(Problem::NoSuchPage),
    }
}

/// What stands in a path where an address has braces; nothing where it does not fit.
fn fit<'a>(address: &str, path: &'a str) -> Option<Vec<&'a str>> {
    let mut found = Vec::new();
    let mut rest = path.trim_matches('/');
    for expected in address.split('/').filter(|part| !part.is_empty()) {
        if expected.ends_with("*}") && !rest.is_empty() {
            found.push(std::mem::take(&mut rest));
            continue;
        }
        let (part, after) = rest.split_once('/').unwrap_or((rest, ""));
        match expected.starts_with('{') {
            true if !part.is_empty() => found.push(part),
            false if part == expected => {}
            _ => return None,
        }
        rest = after;
    }
    rest.is_empty().then_some(found)
}

/// The number in an address.
fn number<N: std::str::FromStr>(text: &str) -> Result<N, Problem> {
    text.parse().map_err(|_| Problem::NoSuch(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_written() {
        assert_eq!(fit("/", "/"), Some(vec![]));
        assert_eq!(fit("/motions/{motion}", "/motions/12"), Some(vec!["12"]));
        assert_eq!(fit("/motions/{motion}", "/motions"), None);
        assert_eq!(fit("/motions/{motion}", "/motions/12/13"), None);
        assert_eq!(
            fit("/assemblies/{assembly*}", "/assemblies/branch/C25/north"),
            Some(vec!["branch/C25/north"])
        );
        assert_eq!(fit("/assemblies/{assembly*}", "/assemblies"), None);
        assert_eq!(fit("/meetings/{meeting}/desk", "/meetings/3/desk"), Some(vec!["3"]));
        assert_eq!(fit("/meetings/{meeting}/desk", "/meetings/3/chair"), None);
    }

    #[test]
    fn every_address_leads_to_its_own_page() {
        for place in PLACES {
            let path = place.address.replace(['{', '}', '*'], "");
            let first = PLACES.iter().find(|place| fit(place.address, &path).is_some()).unwrap();
            assert_eq!(first.address, place.address);
        }
    }
}
