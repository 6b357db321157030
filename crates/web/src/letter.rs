//! Letters, cards and mails: what is called, when and where, the code to sign in, what to do without a device, and
//! how to check the record.
//!
//! A letter is folded twice and fits an envelope with a window on the left (DIN 5008, form B: the window's field is
//! 85 mm by 45 mm, 20 mm from the left edge and 45 mm from the upper one). Cards are eight a page.

use crate::paper::{HEIGHT_MM, Paper, PaperError, WIDTH_MM, Weight};
use crate::typeface::{Unprintable, printable};
use crate::words::Words;
use Weight::{Bold, Regular};

/// To whom, and with which code.
#[derive(Debug, Clone)]
pub struct Recipient {
    /// Their name, or their member's number where the register has none.
    pub name: String,
    /// Lines of the address below the name.
    pub address: Vec<String>,
    /// Their workplace, in words.
    pub workplace: String,
    /// The code to sign in with, as it is typed.
    pub code: String,
    /// The address that signs in with it.
    pub link: String,
}

/// What all letters of an occasion say in a language.
#[derive(Clone)]
pub struct Call<'a> {
    /// The language.
    pub words: &'a Words,
    /// The federation's name.
    pub federation: String,
    /// The sender's address, a line each.
    pub sender: Vec<String>,
    /// What is called.
    pub title: String,
    /// Hours with what they are.
    pub when: Vec<(String, String)>,
    /// Where, or nothing.
    pub place: String,
    /// Agenda, reason or text, a line each.
    pub about: Vec<String>,
    /// What to do without a device.
    pub without: String,
    /// The site's address.
    pub site: String,
    /// The day on which they are made.
    pub day: String,
    /// Until when the codes are good.
    pub good_until: String,
    /// The record's newest entry then.
    pub entry: String,
    /// The record's root then.
    pub root: String,
}

const LEFT: f32 = 25.0;
const BODY_WIDTH: f32 = WIDTH_MM - LEFT - 20.0;
const POINTS: f32 = 10.5;
const LINE: f32 = 5.0;
/// Nothing is written below this.
const LOWEST: f32 = HEIGHT_MM - 20.0;
const SQUARE: f32 = 36.0;
/// Cards across and down.
const CARDS: (usize, usize) = (2, 4);

impl Call<'_> {
    /// The same with every text as it can be printed.
    ///
    /// # Errors
    /// A text in another script.
    pub fn printable(self) -> Result<Self, Unprintable> {
        let lines = |lines: Vec<String>| -> Result<Vec<String>, Unprintable> {
            lines.iter().map(|line| printable(line)).collect()
        };
        Ok(Self {
            federation: printable(&self.federation)?,
            sender: lines(self.sender)?,
            title: printable(&self.title)?,
            when: self
                .when
                .iter()
                .map(|(what, hour)| Ok((printable(what)?, printable(hour)?)))
                .collect::<Result<_, Unprintable>>()?,
            place: printable(&self.place)?,
            about: lines(self.about)?,
            without: printable(&self.without)?,
            site: printable(&self.site)?,
            day: printable(&self.day)?,
            good_until: printable(&self.good_until)?,
            entry: printable(&self.entry)?,
            ..self
        })
    }

    fn say(&self, id: &str, variables: &[(&str, &str)]) -> Result<String, Unprintable> {
        let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, (*value).into())).collect();
        printable(&self.words.say_with(id, &variables))
    }
}

impl Recipient {
    /// The same with every text as it can be printed.
    ///
    /// # Errors
    /// A text in another script.
    pub fn printable(self) -> Result<Self, Unprintable> {
        Ok(Self {
            name: printable(&self.name)?,
            address: self.address.iter().map(|line| printable(line)).collect::<Result<_, _>>()?,
            workplace: printable(&self.workplace)?,
            ..self
        })
    }
}

/// Where the next line of a letter goes; a page that is full is followed by another.
struct Flow<'p, 'c> {
    paper: &'p mut Paper,
    call: &'c Call<'c>,
    top: f32,
}

impl Flow<'_, '_> {
    fn room(&mut self, height: f32) {
        if self.top + height > LOWEST {
            self.paper.page();
            let head = format!("{} · {}", self.call.federation, self.call.title);
            let head =
                self.paper.wrap(Regular, 8.0, BODY_WIDTH, &head).into_iter().next().unwrap_or_default();
            self.paper.text(Regular, 8.0, LEFT, 20.0, &head);
            self.top = 32.0;
        }
    }

    fn lines(&mut self, weight: Weight, left: f32, width: f32, text: &str) {
        for line in self.paper.wrap(weight, POINTS, width, text) {
            self.room(LINE);
            self.paper.text(weight, POINTS, left, self.top, &line);
            self.top += LINE;
        }
    }

    fn paragraph(&mut self, weight: Weight, text: &str) {
        self.lines(weight, LEFT, BODY_WIDTH, text);
        self.top += 2.0;
    }
}

/// Writes one letter on pages of its own. All texts are printable.
///
/// # Errors
/// A word of the language cannot be printed, or the site's address is too long.
pub fn letter(paper: &mut Paper, call: &Call<'_>, to: &Recipient) -> Result<(), PaperError> {
    paper.page();
    head(paper, call, to);
    let mut flow = Flow { paper, call, top: 105.0 };
    for line in flow.paper.wrap(Bold, 13.0, BODY_WIDTH, &call.title) {
        flow.paper.text(Bold, 13.0, LEFT, flow.top, &line);
        flow.top += 6.0;
    }
    flow.top += 3.0;
    flow.paragraph(Regular, &call.say("letter-greeting", &[("name", &to.name)])?);
    flow.paragraph(Regular, &call.say("letter-lead", &[])?);
    let place = (!call.place.is_empty()).then(|| call.say("letter-place", &[])).transpose()?;
    for (what, hour) in
        call.when.iter().map(|(what, hour)| (what, hour)).chain(place.iter().map(|what| (what, &call.place)))
    {
        flow.room(LINE);
        let (paper, top) = (&mut *flow.paper, flow.top);
        paper.text(Regular, POINTS, LEFT, top, what);
        flow.lines(Bold, LEFT + 45.0, BODY_WIDTH - 45.0, hour);
    }
    flow.top += 2.0;
    if call.about.iter().any(|line| !line.is_empty()) {
        flow.paragraph(Bold, &call.say("letter-about", &[])?);
        for line in &call.about {
            flow.lines(Regular, LEFT + 5.0, BODY_WIDTH - 5.0, line);
        }
        flow.top += 2.0;
    }
    code(&mut flow, to)?;
    flow.paragraph(Regular, &call.without);
    let check = call.say("letter-check", &[("entry", &call.entry), ("site", &call.site)])?;
    flow.paragraph(Regular, &check);
    flow.room(LINE);
    let (paper, top) = (&mut *flow.paper, flow.top);
    paper.text(Regular, 8.0, LEFT, top, &call.root);
    Ok(())
}

/// Sender, window, day, and marks at which the sheet is folded.
fn head(paper: &mut Paper, call: &Call<'_>, to: &Recipient) {
    paper.text(Bold, 14.0, LEFT, 22.0, &call.federation);
    for (place, line) in (0u8..).zip(&call.sender) {
        paper.text(Regular, 9.0, LEFT, 28.0 + 4.2 * f32::from(place), line);
    }
    let back = std::iter::once(&call.federation).chain(&call.sender).cloned().collect::<Vec<_>>().join(" · ");
    let back = paper.wrap(Regular, 7.0, 78.0, &back).into_iter().next().unwrap_or_default();
    paper.text(Regular, 7.0, LEFT, 58.0, &back);
    paper.rule((LEFT, 59.2), (LEFT + 78.0, 59.2));
    // Five lines fit below the name before the window ends.
    for (place, line) in (0u8..6).zip(std::iter::once(&to.name).chain(&to.address)) {
        let weight = if place == 0 { Bold } else { Regular };
        let line = paper.wrap(weight, POINTS, 78.0, line).into_iter().next().unwrap_or_default();
        paper.text(weight, POINTS, LEFT, 65.0 + LINE * f32::from(place), &line);
    }
    paper.text(Regular, POINTS, 125.0, 65.0, &call.day);
    for (place, line) in (0u8..3).zip(paper.wrap(Regular, POINTS, 65.0, &to.workplace)) {
        paper.text(Regular, POINTS, 125.0, 70.0 + LINE * f32::from(place), &line);
    }
    for top in [105.0, 210.0] {
        paper.rule((4.0, top), (8.0, top));
    }
}

/// The code in letters and as a square, kept together on one page.
fn code(flow: &mut Flow<'_, '_>, to: &Recipient) -> Result<(), PaperError> {
    let call = flow.call;
    flow.room(SQUARE + 10.0);
    let (top, width) = (flow.top, BODY_WIDTH - SQUARE - 14.0);
    let paper = &mut *flow.paper;
    paper.rule((LEFT, top), (LEFT + BODY_WIDTH, top));
    paper.square(LEFT + BODY_WIDTH - SQUARE - 3.0, top + 4.0, SQUARE, &to.link)?;
    paper.text(Regular, POINTS, LEFT, top + 7.0, &call.say("letter-code", &[])?);
    paper.text(Bold, 20.0, LEFT, top + 16.0, &to.code);
    let how = call.say("letter-code-how", &[("site", &call.site), ("until", &call.good_until)])?;
    let mut line_top = top + 23.0;
    for line in paper.wrap(Regular, 9.0, width, &how) {
        paper.text(Regular, 9.0, LEFT, line_top, &line);
        line_top += 4.2;
    }
    let end = (top + SQUARE + 8.0).max(line_top);
    paper.rule((LEFT, end), (LEFT + BODY_WIDTH, end));
    flow.top = end + 7.0;
    Ok(())
}

/// Writes cards, eight a page, to be cut and handed over. All texts are printable.
///
/// # Errors
/// A word of the language cannot be printed, or the site's address is too long.
pub fn cards(paper: &mut Paper, cards: &[(&Call<'_>, &Recipient)]) -> Result<(), PaperError> {
    let (across, down) = CARDS;
    let (width, height) = (WIDTH_MM / across as f32, HEIGHT_MM / down as f32);
    for page in cards.chunks(across * down) {
        paper.page();
        for row in 1..down {
            let top = row as f32 * height;
            paper.rule((0.0, top), (WIDTH_MM, top));
        }
        paper.rule((width, 0.0), (width, HEIGHT_MM));
        for (place, (call, to)) in page.iter().enumerate() {
            let (left, top) =
                ((place % across) as f32 * width + 8.0, (place / across) as f32 * height + 10.0);
            card(paper, call, to, (left, top), width - 16.0)?;
        }
    }
    Ok(())
}

fn card(
    paper: &mut Paper,
    call: &Call<'_>,
    to: &Recipient,
    (left, top): (f32, f32),
    width: f32,
) -> Result<(), PaperError> {
    const SIDE: f32 = 28.0;
    let one = |paper: &Paper, weight, points, width, text: &str| {
        paper.wrap(weight, points, width, text).into_iter().next().unwrap_or_default()
    };
    let head = one(paper, Regular, 8.0, width, &call.federation);
    paper.text(Regular, 8.0, left, top, &head);
    let name = one(paper, Bold, 12.0, width, &to.name);
    paper.text(Bold, 12.0, left, top + 6.0, &name);
    let workplace = one(paper, Regular, 8.0, width, &to.workplace);
    paper.text(Regular, 8.0, left, top + 10.5, &workplace);
    let beside = width - SIDE - 4.0;
    paper.square(left + width - SIDE, top + 14.0, SIDE, &to.link)?;
    let mut line_top = top + 17.0;
    for line in paper.wrap(Bold, 9.0, beside, &call.title).iter().take(3) {
        paper.text(Bold, 9.0, left, line_top, line);
        line_top += 4.0;
    }
    let hours = call.when.iter().map(|(what, hour)| format!("{what}: {hour}"));
    for text in hours.chain((!call.place.is_empty()).then(|| call.place.clone())) {
        for line in paper.wrap(Regular, 8.0, beside, &text).iter().take(2) {
            paper.text(Regular, 8.0, left, line_top, line);
            line_top += 3.6;
        }
    }
    paper.text(Bold, 13.0, left, top + 50.0, &to.code);
    let how = call.say("card-code", &[("site", &call.site)])?;
    let mut line_top = top + 55.0;
    for line in paper.wrap(Regular, 7.0, width, &how).iter().take(2) {
        paper.text(Regular, 7.0, left, line_top, line);
        line_top += 3.2;
    }
    Ok(())
}

/// The same as a mail's text.
pub fn mail(call: &Call<'_>, to: &Recipient) -> String {
    let say = |id: &str, variables: &[(&str, &str)]| {
        let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, (*value).into())).collect();
        call.words.say_with(id, &variables)
    };
    let mut text =
        format!("{}\n\n{}\n\n", say("letter-greeting", &[("name", &to.name)]), say("letter-lead", &[]));
    text.push_str(&format!("{}\n", call.title));
    for (what, hour) in &call.when {
        text.push_str(&format!("{what}: {hour}\n"));
    }
    if !call.place.is_empty() {
        text.push_str(&format!("{}: {}\n", say("letter-place", &[]), call.place));
    }
    if call.about.iter().any(|line| !line.is_empty()) {
        text.push_str(&format!("\n{}\n", say("letter-about", &[])));
        for line in &call.about {
            text.push_str(&format!("  {line}\n"));
        }
    }
    let how = say("mail-code-how", &[("site", &call.site), ("until", &call.good_until)]);
    text.push_str(&format!("\n{} {}\n{}\n{how}\n", say("letter-code", &[]), to.code, to.link));
    let check = say("letter-check", &[("entry", &call.entry), ("site", &call.site)]);
    text.push_str(&format!("\n{}\n\n{check}\n{}\n", call.without, call.root));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Languages;
    use std::path::Path;
    use std::process::Command;

    fn call<'a>(words: &'a Words, about: &[&str]) -> Call<'a> {
        Call {
            words,
            federation: "Foundry of the Coast".into(),
            sender: vec!["Mill Lane 1".into(), "40210 Northport".into()],
            title: "Meeting: Workplace assembly W1".into(),
            when: vec![("Day and hour".into(), "Monday 1 March 2027, 18:30".into())],
            place: "Canteen, gate 2".into(),
            about: about.iter().map(|line| (*line).into()).collect(),
            without: "Without a device: come to the desk.".into(),
            site: "https://federation.example".into(),
            day: "Monday 15 February 2027".into(),
            good_until: "Wednesday 17 March 2027".into(),
            entry: "1,234".into(),
            root: "9f2c0e".repeat(10),
        }
    }

    fn to(name: &str, code: &str) -> Recipient {
        Recipient {
            name: name.into(),
            address: vec!["Calle Mayor 3".into(), "28013 Madrid".into()],
            workplace: "Workplace W1".into(),
            code: code.into(),
            link: format!("https://federation.example/sign-in#code={code}"),
        }
    }

    /// What Poppler reads from a file, page by page.
    fn read_back(pdf: &[u8]) -> Vec<String> {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("letters.pdf");
        std::fs::write(&file, pdf).unwrap();
        let read = Command::new("pdftotext").args(["-layout", "-enc", "UTF-8"]).arg(&file).arg("-").output();
        let read = read.expect("pdftotext of Debian's poppler-utils; script/bootstrap installs it");
        assert!(read.status.success() && read.stderr.is_empty(), "{}", String::from_utf8_lossy(&read.stderr));
        let text = String::from_utf8(read.stdout).unwrap();
        text.trim_end_matches('\u{c}').split('\u{c}').map(str::to_owned).collect()
    }

    /// The texts of the squares that a reader finds on a page as it is printed at 200 dots an inch.
    fn squares(pdf: &[u8], page: usize, part: [usize; 4]) -> Vec<String> {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("letters.pdf");
        std::fs::write(&file, pdf).unwrap();
        let page = page.to_string();
        let mut drawn = Command::new("pdftoppm");
        drawn.args(["-gray", "-r", "200", "-f", &page, "-l", &page]);
        for (option, dots) in ["-x", "-y", "-W", "-H"].iter().zip(part) {
            drawn.args([option, dots.to_string().as_str()]);
        }
        drawn.arg(&file);
        let drawn = drawn.output().expect("pdftoppm of Debian's poppler-utils").stdout;
        // Netpbm: P5, width, height, 255, then a byte for each dot.
        let mut fields = drawn.splitn(4, u8::is_ascii_whitespace);
        let mut number = || std::str::from_utf8(fields.next().unwrap()).unwrap().parse::<usize>();
        assert!(number().is_err(), "P5");
        let (width, height) = (number().unwrap(), number().unwrap());
        let dots = &drawn[drawn.len() - width * height..];
        let mut image =
            rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| dots[y * width + x]);
        image.detect_grids().iter().map(|grid| grid.decode().unwrap().1).collect()
    }

    fn pdf(paper: Paper) -> Vec<u8> {
        paper.pdf(jiff::civil::date(2027, 2, 15)).unwrap()
    }

    #[test]
    fn another_program_reads_name_code_and_square_of_a_letter() {
        let languages = Languages::read(Path::new("/nonexistent")).unwrap();
        let call = call(languages.get("es").unwrap(), &["1. Salarios", "2. Horas"]).printable().unwrap();
        let mut paper = Paper::new("Letters", "es");
        let people = [
            ("María Ñandú", "ABCD-EFGH-JKMN"),
            ("Łucja Żółć", "0123-4567-89AB"),
            ("Анна Ёлкина", "7777-7777-7777"),
        ];
        for (name, code) in people {
            letter(&mut paper, &call, &to(name, code).printable().unwrap()).unwrap();
        }
        let pdf = pdf(paper);
        let pages = read_back(&pdf);
        assert_eq!(pages.len(), 3);
        for ((name, code), (number, page)) in people.iter().zip((1..).zip(&pages)) {
            for text in [name, code, "28013 Madrid", "Canteen, gate 2", "2. Horas", "mandate record verify"] {
                assert!(page.contains(text), "page {number} lacks {text}:\n{page}");
            }
            assert_eq!(
                squares(&pdf, number, [0, 0, 1654, 2339]),
                [format!("https://federation.example/sign-in#code={code}")]
            );
        }
    }

    #[test]
    fn a_long_agenda_goes_on_and_loses_nothing() {
        let languages = Languages::read(Path::new("/nonexistent")).unwrap();
        let points: Vec<String> = (1..=80).map(|point| format!("{point}. A point of the agenda")).collect();
        let about: Vec<&str> = points.iter().map(String::as_str).collect();
        let call = call(languages.get("en").unwrap(), &about).printable().unwrap();
        let mut paper = Paper::new("Letters", "en");
        letter(&mut paper, &call, &to("Ada", "ABCD-EFGH-JKMN")).unwrap();
        let pages = read_back(&pdf(paper));
        assert_eq!(pages.len(), 3);
        let text = pages.concat();
        assert!(points.iter().all(|point| text.contains(point.as_str())));
        assert!(pages[2].contains("ABCD-EFGH-JKMN"));
    }

    #[test]
    fn eight_cards_are_a_page_and_each_has_its_own_square() {
        let languages = Languages::read(Path::new("/nonexistent")).unwrap();
        let call = call(languages.get("en").unwrap(), &[]).printable().unwrap();
        let people: Vec<Recipient> =
            (0..9).map(|number| to(&format!("Member {number}"), &format!("ABCD-EFGH-JKM{number}"))).collect();
        let mut paper = Paper::new("Cards", "en");
        cards(&mut paper, &people.iter().map(|one| (&call, one)).collect::<Vec<_>>()).unwrap();
        let pdf = pdf(paper);
        assert_eq!(read_back(&pdf).len(), 2);
        for (place, one) in people[..8].iter().enumerate() {
            // A reader is held over one card: 105 mm by 74.25 mm at 200 dots an inch.
            let part = [place % 2 * 827, place / 2 * 585, 827, 585];
            assert_eq!(squares(&pdf, 1, part), std::slice::from_ref(&one.link));
        }
        assert_eq!(squares(&pdf, 2, [0, 0, 827, 585]).len(), 1);
    }

    #[test]
    fn a_mail_says_the_same_in_plain_text() {
        let languages = Languages::read(Path::new("/nonexistent")).unwrap();
        let call = call(languages.get("en").unwrap(), &["1. Wages"]);
        let text = mail(&call, &to("Ada", "ABCD-EFGH-JKMN"));
        for part in [
            "Dear Ada,",
            "Monday 1 March 2027, 18:30",
            "1. Wages",
            "#code=ABCD-EFGH-JKMN",
            "come to the desk",
        ] {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
        assert!(!text.contains('⟨'));
    }
}
