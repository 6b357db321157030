//! Ballots on paper for those who vote at a box, with the same question as the encrypted ones.

use super::files::{self, Secrecy};
use crate::failure::Failure;
use mandate_ballot::{Digest, Question};
use pdf_writer::types::{ColorSpaceOperand, ProcSet};
use pdf_writer::{Content, Name, Pdf, Rect, Ref, Str};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Tellers: ballots on paper as a PDF, one a page of A5, with the code of one box.
#[derive(clap::Args)]
#[command(
    after_help = "Example: mandate ballot paper box.bel --box 'Rolling mill, gate 2' --count 40 --out gate-2.pdf\n\n\
    Every ballot of a box has the same code, so that no voter can be told by it; another box has another code.\n\
    Papers with another code are not counted. Whoever votes on paper is named when the ballot is set up, and has\n\
    no credential."
)]
pub struct Args {
    /// The archive, set up.
    archive: PathBuf,
    /// What the box is called.
    #[arg(long = "box", value_name = "NAME")]
    name: String,
    /// How many ballots to print.
    #[arg(long, value_name = "N")]
    count: u32,
    /// What to print for an answer, a line each: answer,text.
    #[arg(long, value_name = "FILE")]
    names: Option<PathBuf>,
    /// Where to write the PDF.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// A5, in points of 1/72 inch.
const WIDTH: f32 = 419.5;
const HEIGHT: f32 = 595.3;
const MARGIN: f32 = 36.0;
/// Ballots of one file: enough for any box, and not a file that no printer takes.
const COUNT_LIMIT: u32 = 10_000;
/// Height of an answer's line.
const ANSWER_HEIGHT: f32 = 20.0;

pub fn run(args: &Args) -> Result<(), Failure> {
    if !(1..=COUNT_LIMIT).contains(&args.count) {
        return Err(Failure::input(format!("--count {}: print 1 to {COUNT_LIMIT} ballots", args.count)));
    }
    let audit = files::read_archive(&args.archive)?;
    let (Some(parameters), Some(fingerprint)) = (audit.parameters(), audit.fingerprint()) else {
        return Err(Failure::check(format!("{}: no election is set up", args.archive.display())));
    };
    let [question] = parameters.questions.as_slice() else {
        let number = parameters.questions.len();
        return Err(Failure::input(format!("the election asks {number} questions; a paper has one")));
    };
    let names = match &args.names {
        Some(path) => read_names(&files::read(path)?, &path.display().to_string())?,
        None => BTreeMap::new(),
    };
    let code = box_code(fingerprint, &args.name);
    let paper = Paper {
        title: &parameters.name,
        question,
        answers: question
            .answers()
            .iter()
            .map(|answer| names.get(answer).cloned().unwrap_or_else(|| answer.clone()))
            .collect(),
        place: &args.name,
        code: &code,
    };
    let pdf = paper.print(args.count)?;
    files::write_new(&args.out, &pdf, Secrecy::Public)?;
    println!("{code}");
    eprintln!("{} ballots written; above is the code of the box", args.count);
    Ok(())
}

/// Eight letters and digits that follow from the election and the name of the box, in two groups. Without I, L, O
/// and U, which are read wrongly.
fn box_code(fingerprint: &str, name: &str) -> String {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let hash = Digest::of(format!("paper|{fingerprint}|{name}").as_bytes()).to_string();
    let number = u64::from_str_radix(&hash[..10], 16).unwrap_or_default();
    let letter = |place: u32| char::from(LETTERS[(number >> (5 * place) & 31) as usize]);
    let (first, second): (String, String) = ((0..4).map(letter).collect(), (4..8).map(letter).collect());
    format!("{first}-{second}")
}

fn read_names(text: &str, file: &str) -> Result<BTreeMap<String, String>, Failure> {
    let mut names = BTreeMap::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let Some((answer, name)) = line.split_once(',') else {
            return Err(Failure::input(format!(
                "{file}: line {}: no comma; write the answer, a comma, and what is to be printed",
                number + 1
            )));
        };
        names.insert(answer.trim().to_owned(), name.trim().to_owned());
    }
    Ok(names)
}

struct Paper<'a> {
    title: &'a str,
    question: &'a Question,
    answers: Vec<String>,
    place: &'a str,
    code: &'a str,
}

impl Paper<'_> {
    fn print(&self, count: u32) -> Result<Vec<u8>, Failure> {
        let drawn = self.draw()?;
        let (catalog, tree, content) = (Ref::new(1), Ref::new(2), Ref::new(3));
        let fonts = [
            (Name(b"R"), Name(b"Helvetica"), Ref::new(4)),
            (Name(b"B"), Name(b"Helvetica-Bold"), Ref::new(5)),
        ];
        let page = |number: u32| Ref::new(6 + number as i32);
        let mut pdf = Pdf::new();
        pdf.catalog(catalog).pages(tree);
        pdf.pages(tree).kids((0..count).map(page)).count(count as i32);
        for (_, base, font) in &fonts {
            pdf.type1_font(*font).base_font(*base).encoding_predefined(Name(b"WinAnsiEncoding"));
        }
        pdf.stream(content, &drawn);
        for number in 0..count {
            let mut page = pdf.page(page(number));
            page.parent(tree).media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT)).contents(content);
            let mut resources = page.resources();
            resources.proc_sets([ProcSet::Pdf, ProcSet::Text]);
            let mut named = resources.fonts();
            for (name, _, font) in &fonts {
                named.pair(*name, *font);
            }
        }
        Ok(pdf.finish())
    }

    fn draw(&self) -> Result<Vec<u8>, Failure> {
        let mut content = Content::new();
        content.set_stroke_color_space(ColorSpaceOperand::from(Name(b"DeviceGray")));
        let mut height = HEIGHT - MARGIN;
        let ask = match self.question {
            Question::Homomorphic(choice) if choice.max == 1 => "Mark one with a cross.".to_owned(),
            Question::Homomorphic(choice) => format!("Mark up to {} with a cross.", choice.max),
            Question::NonHomomorphic(_) => {
                "Number as many as you wish in the order of your preference: 1 for the first.".to_owned()
            }
        };
        for (text, font, size) in
            [(self.title, "B", 14.0), (self.question_text(), "R", 11.0), (&ask, "R", 11.0)]
        {
            for line in wrap(text, size) {
                height -= size * 1.3;
                write(&mut content, font, size, MARGIN, height, &line)?;
            }
            height -= 6.0;
        }
        let lines = ((height - 3.0 * MARGIN) / ANSWER_HEIGHT) as usize;
        if self.answers.len() > lines {
            let answers = self.answers.len();
            return Err(Failure::input(format!("{answers} answers; {lines} fit on a page under this title")));
        }
        for answer in &self.answers {
            height -= ANSWER_HEIGHT;
            content.rect(MARGIN, height - 3.0, 16.0, 16.0).stroke();
            if let [line] = wrap(answer, 12.0).as_slice() {
                write(&mut content, "R", 12.0, MARGIN + 26.0, height, line)?;
            } else {
                return Err(Failure::input(format!(
                    "{answer:?} is too long for a line; shorten it with --names"
                )));
            }
        }
        write(
            &mut content,
            "R",
            9.0,
            MARGIN,
            MARGIN + 12.0,
            "Nothing else may be written on this paper. Box:",
        )?;
        write(&mut content, "B", 9.0, MARGIN, MARGIN, &format!("{}  {}", self.code, self.place))?;
        Ok(content.finish().to_vec())
    }

    fn question_text(&self) -> &str {
        match self.question {
            Question::Homomorphic(choice) => &choice.question,
            Question::NonHomomorphic(ranking) => &ranking.question,
        }
    }
}

/// Lines that fit between the margins; a letter of Helvetica is on average half as wide as it is high, and a line of
/// wide ones is given room.
fn wrap(text: &str, size: f32) -> Vec<String> {
    let letters = ((WIDTH - 2.0 * MARGIN - 26.0) / (size * 0.56)) as usize;
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.last_mut().expect("a line");
        if last.is_empty() {
            last.push_str(word);
        } else if last.chars().count() + 1 + word.chars().count() <= letters {
            last.push(' ');
            last.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

fn write(content: &mut Content, font: &str, size: f32, x: f32, y: f32, text: &str) -> Result<(), Failure> {
    let bytes: Option<Vec<u8>> = text.chars().map(win_ansi).collect();
    let Some(bytes) = bytes else {
        return Err(Failure::input(format!(
            "{text:?} has letters that the PDF's fonts lack; give a spelling in Latin letters with --names"
        )));
    };
    content.begin_text().set_font(Name(font.as_bytes()), size).next_line(x, y).show(Str(&bytes)).end_text();
    Ok(())
}

/// The byte of a character in Windows-1252, which is Unicode's beyond its few own ones.
fn win_ansi(character: char) -> Option<u8> {
    match character {
        ' '..='~' | '\u{a0}'..='\u{ff}' => u8::try_from(u32::from(character)).ok(),
        '€' => Some(0x80),
        'Š' => Some(0x8a),
        'Œ' => Some(0x8c),
        'Ž' => Some(0x8e),
        '‘' => Some(0x91),
        '’' => Some(0x92),
        '“' => Some(0x93),
        '”' => Some(0x94),
        '–' => Some(0x96),
        '—' => Some(0x97),
        '…' => Some(0x85),
        '„' => Some(0x84),
        'š' => Some(0x9a),
        'œ' => Some(0x9c),
        'ž' => Some(0x9e),
        'Ÿ' => Some(0x9f),
        _ => None,
    }
}
