//! The voting booth at the site's own address: `/booth/`, and the way there from what is voted on.
//!
//! The booth knows no member and no session. Its requests carry no cookie, and whoever comes from a page of the site
//! does not say from which.

use crate::site::{Options, ServeError};
use crate::view::View;
use mandate_assembly::secret::Subject;
use mandate_booth::{BoxFolder, FolderFault};
use maud::{Markup, html};

/// The folder in a federation's directory where its boxes are kept, if no other is named.
const FOLDER: &str = "boxes";

/// Opens the boxes: those of the folder named, or those in the federation's directory where there are any.
///
/// # Errors
/// A folder that cannot be read, or an archive that does not verify.
pub(crate) fn boxes(options: &Options) -> Result<Option<BoxFolder>, ServeError> {
    let own = options.directory.join(FOLDER);
    let opened = match &options.boxes {
        Some(folder) => BoxFolder::open(folder),
        None if own.is_dir() => BoxFolder::open(&own),
        None => return Ok(None),
    };
    let on_fault = options.on_fault;
    match opened {
        Ok(folder) => Ok(Some(folder.reporting(move |fault| on_fault(&fault.to_string())))),
        Err(FolderFault::Empty(_)) if options.boxes.is_none() => Ok(None),
        Err(fault) => Err(fault.into()),
    }
}

/// Where one votes in secret, and sees the box. Nothing where the vote is not secret.
pub(crate) fn way(view: &View<'_>, on: Subject) -> Markup {
    let words = view.words;
    let Ok(ballot) = view.federation.secret_ballot(on) else { return html! {} };
    let uuid = view.boxes.and_then(|boxes| boxes.identifier(&ballot.setup.fingerprint));
    let Some(uuid) = uuid else {
        return html! { p { (words.say("booth-elsewhere")) } };
    };
    html! {
        p {
            @if ballot.sealed.is_none() {
                a.act href={ "/booth/" (uuid) "/" } rel="noreferrer" { (words.say("booth-vote")) } " · "
            }
            a href={ "/booth/" (uuid) "/box" } rel="noreferrer" { (words.say("booth-box")) }
        }
        p { (words.say("booth-unlinked")) }
    }
}
