//! Feeds (Atom, RFC 4287): what happened in the federation, an assembly, or to motions, for any reader of news.

use jiff::Timestamp;
use mandate_record::Checkpoint;
use std::fmt::Write as _;

/// How many entries a feed has; older ones are on the pages.
pub const ENTRIES: usize = 50;

/// A feed, the newest entry first.
#[derive(Debug, Clone)]
pub struct Feed {
    /// What it is called.
    pub title: String,
    /// Whose it is: the federation's name.
    pub author: String,
    /// Its language.
    pub language: String,
    /// The site's address, such as `https://federation.example`.
    pub site: String,
    /// The page whose feed it is, such as `/motions`.
    pub path: String,
    /// Names that are nobody else's begin with this (RFC 4151).
    pub tag: String,
    /// When the record's last entry was written: the feed's time where it has no entry.
    pub as_of: Timestamp,
    /// What happened.
    pub entries: Vec<News>,
}

/// Something that happened.
#[derive(Debug, Clone)]
pub struct News {
    /// What it is about, such as `motions/3`, and what happened to it, such as `filed`.
    pub about: String,
    /// When.
    pub at: Timestamp,
    /// In words.
    pub title: String,
    /// More words.
    pub text: String,
    /// The page to read on, such as `/motions/3`.
    pub path: String,
}

/// The beginning of all names in a federation's feeds: the record's name and the day of its founding never change.
pub fn tag(checkpoint: &Checkpoint, founded_at: Timestamp) -> String {
    let origin = checkpoint.origin.as_str();
    let (authority, rest) = origin.split_once('/').unwrap_or((origin, ""));
    let day = founded_at.to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    format!("tag:{authority},{day}:{rest}/")
}

impl Feed {
    /// The document.
    pub fn xml(&self) -> String {
        let mut xml = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
        let address = |path: &str| escaped(&format!("{}{path}", self.site));
        let updated = self.entries.iter().map(|news| news.at).max().unwrap_or(self.as_of);
        let own = if self.path == "/" { "/news" } else { &self.path };
        // Writing to a string cannot fail.
        let _ = writeln!(
            xml,
            "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n<title>{}</title>\n<id>{}</id>\n\
             <updated>{updated}</updated>\n<author><name>{}</name></author>\n\
             <link rel=\"self\" type=\"application/atom+xml\" href=\"{}.atom\"/>\n<link href=\"{}\"/>",
            escaped(&self.language),
            escaped(&self.title),
            escaped(&format!("{}{}", self.tag, own.trim_start_matches('/'))),
            escaped(&self.author),
            address(own),
            address(&self.path),
        );
        for news in &self.entries {
            let _ = writeln!(
                xml,
                "<entry><title>{}</title><id>{}</id><updated>{}</updated><link href=\"{}\"/>\
                 <summary>{}</summary></entry>",
                escaped(&news.title),
                escaped(&format!("{}{}", self.tag, news.about)),
                news.at,
                address(&news.path),
                escaped(&news.text),
            );
        }
        xml.push_str("</feed>\n");
        xml
    }
}

/// Text as XML has it. Signs that XML 1.0 has no way to write are left out.
fn escaped(text: &str) -> String {
    let mut xml = String::new();
    for sign in text.chars() {
        match sign {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\t' | '\n' => xml.push(sign),
            '\u{fffe}' | '\u{ffff}' => {}
            sign if sign.is_control() => {}
            sign => xml.push(sign),
        }
    }
    xml
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_program_reads_the_feed_whatever_stands_in_a_title() {
        let at: Timestamp = "2027-03-01T17:30:00Z".parse().unwrap();
        let title = "Bread & <roses> \"now\" ]]> \u{202e}sdrawkcab";
        let feed = Feed {
            title: "Motions".into(),
            author: "Foundry of the <coast>".into(),
            language: "en".into(),
            site: "https://federation.example".into(),
            path: "/motions".into(),
            tag: "tag:mandate.local,2027-01-01:coast/".into(),
            as_of: at,
            entries: vec![News {
                about: "motions/3#filed".into(),
                at,
                title: format!("{title}\u{0}\u{b}"),
                text: "Filed.".into(),
                path: "/motions/3".into(),
            }],
        };
        let read = atom_syndication::Feed::read_from(feed.xml().as_bytes()).unwrap();
        assert_eq!(read.id, "tag:mandate.local,2027-01-01:coast/motions");
        assert_eq!(read.authors[0].name, "Foundry of the <coast>");
        assert_eq!(read.entries.len(), 1);
        assert_eq!(read.entries[0].title.value, title);
        assert_eq!(read.entries[0].updated.timestamp(), at.as_second());
        assert_eq!(read.entries[0].links[0].href, "https://federation.example/motions/3");
        let own = read.links.iter().find(|link| link.rel == "self").unwrap();
        assert_eq!(own.href, "https://federation.example/motions.atom");
    }
}
