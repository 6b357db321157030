//! Pages of paper, A4: text, lines and squares at places measured in millimetres from the upper left corner, as a
//! PDF whose text can be copied and searched.

use crate::typeface::{Typeface, Unprintable};
use pdf_writer::{Content, Date, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};
use qrcodegen::{QrCode, QrCodeEcc};

/// Width of A4 in millimetres (ISO 216).
pub const WIDTH_MM: f32 = 210.0;
/// Height of A4 in millimetres.
pub const HEIGHT_MM: f32 = 297.0;
const POINTS_A_MM: f32 = 72.0 / 25.4;

/// Why paper is not printed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PaperError {
    /// A text in a script that the typeface lacks.
    #[error(transparent)]
    Unprintable(#[from] Unprintable),
    /// An address that does not fit into a square.
    #[error("{0:?} is too long for a QR code; give the site a shorter address")]
    TooLong(String),
    /// The typeface cannot be embedded.
    #[error("the typeface cannot be embedded: {0}")]
    Typeface(String),
}

/// Pages being drawn.
pub struct Paper {
    title: String,
    language: String,
    regular: Typeface,
    bold: Typeface,
    pages: Vec<Content>,
}

/// In which weight.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Plain.
    Regular,
    /// For what is seen first.
    Bold,
}

impl Paper {
    /// No page yet.
    pub fn new(title: &str, language: &str) -> Self {
        Self {
            title: title.to_owned(),
            language: language.to_owned(),
            regular: Typeface::new(false),
            bold: Typeface::new(true),
            pages: Vec::new(),
        }
    }

    /// Turns to a new page.
    pub fn page(&mut self) {
        self.pages.push(Content::new());
    }

    fn content(&mut self) -> &mut Content {
        if self.pages.is_empty() {
            self.page();
        }
        self.pages.last_mut().expect("a page")
    }

    fn face(&self, weight: Weight) -> &Typeface {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    /// How wide a text is, in millimetres, at a size in points.
    pub fn width(&self, weight: Weight, points: f32, text: &str) -> f32 {
        self.face(weight).width(text) * points / 1000.0 / POINTS_A_MM
    }

    /// Writes a text that [`crate::typeface::printable`] has passed, with its base line at a height.
    pub fn text(&mut self, weight: Weight, points: f32, left: f32, top: f32, text: &str) {
        let (name, bytes) = match weight {
            Weight::Regular => (Name(b"R"), self.regular.set(text)),
            Weight::Bold => (Name(b"B"), self.bold.set(text)),
        };
        let (x, y) = (left * POINTS_A_MM, (HEIGHT_MM - top) * POINTS_A_MM);
        self.content().begin_text().set_font(name, points).next_line(x, y).show(Str(&bytes)).end_text();
    }

    /// The lines into which a text falls within a width; a word that is longer than a line is divided.
    pub fn wrap(&self, weight: Weight, points: f32, width: f32, text: &str) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut line = String::new();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if self.width(weight, points, &longer) <= width {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for letter in word.chars() {
                line.push(letter);
                if self.width(weight, points, &line) > width && line.chars().count() > 1 {
                    line.pop();
                    lines.push(std::mem::replace(&mut line, letter.to_string()));
                }
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
        lines
    }

    /// Draws a thin line.
    pub fn rule(&mut self, from: (f32, f32), to: (f32, f32)) {
        let point = |(left, top): (f32, f32)| (left * POINTS_A_MM, (HEIGHT_MM - top) * POINTS_A_MM);
        let ((x1, y1), (x2, y2)) = (point(from), point(to));
        self.content().set_line_width(0.4).move_to(x1, y1).line_to(x2, y2).stroke();
    }

    /// Draws a QR code (ISO/IEC 18004) with its upper left corner at a place; around it stays white what readers need.
    ///
    /// # Errors
    /// The text is too long.
    pub fn square(&mut self, left: f32, top: f32, side: f32, text: &str) -> Result<(), PaperError> {
        let code =
            QrCode::encode_text(text, QrCodeEcc::Medium).map_err(|_| PaperError::TooLong(text.to_owned()))?;
        let module = side / code.size() as f32;
        for y in 0..code.size() {
            let mut x = 0;
            while x < code.size() {
                let start = x;
                while x < code.size() && code.get_module(x, y) {
                    x += 1;
                }
                if x > start {
                    let (x1, y1) = (left + start as f32 * module, top + (y + 1) as f32 * module);
                    let (x1, y1) = (x1 * POINTS_A_MM, (HEIGHT_MM - y1) * POINTS_A_MM);
                    let (width, height) = ((x - start) as f32 * module * POINTS_A_MM, module * POINTS_A_MM);
                    self.content().rect(x1, y1, width, height);
                } else {
                    x += 1;
                }
            }
        }
        self.content().fill_nonzero();
        Ok(())
    }

    /// The PDF (ISO 32000-1).
    ///
    /// # Errors
    /// The typeface cannot be embedded.
    pub fn pdf(self, made: jiff::civil::Date) -> Result<Vec<u8>, PaperError> {
        let Self { title, language, regular, bold, pages } = self;
        let (catalog, tree, info) = (Ref::new(1), Ref::new(2), Ref::new(3));
        let (regular_at, bold_at, pages_at) = (4, 9, 14);
        let count = i32::try_from(pages.len()).unwrap_or(i32::MAX);
        let mut pdf = Pdf::new();
        pdf.catalog(catalog)
            .pages(tree)
            .lang(TextStr(&language))
            .viewer_preferences()
            .display_doc_title(true)
            .finish();
        pdf.pages(tree).kids((0..count).map(|place| Ref::new(pages_at + 2 * place))).count(count);
        let year = u16::try_from(made.year()).unwrap_or_default();
        let (month, day) = (made.month().unsigned_abs(), made.day().unsigned_abs());
        pdf.document_info(info)
            .title(TextStr(&title))
            .producer(TextStr("Mandate"))
            .creation_date(Date::new(year).month(month).day(day));
        regular.embed(&mut pdf, regular_at)?;
        bold.embed(&mut pdf, bold_at)?;
        for (place, content) in (0..).zip(pages) {
            let (id, content_id) = (Ref::new(pages_at + 2 * place), Ref::new(pages_at + 2 * place + 1));
            let mut page = pdf.page(id);
            let sheet = Rect::new(0.0, 0.0, WIDTH_MM * POINTS_A_MM, HEIGHT_MM * POINTS_A_MM);
            page.parent(tree).media_box(sheet).contents(content_id);
            let mut resources = page.resources();
            let mut fonts = resources.fonts();
            fonts.pair(Name(b"R"), Ref::new(regular_at)).pair(Name(b"B"), Ref::new(bold_at));
            fonts.finish();
            resources.finish();
            page.finish();
            let drawn = miniz_oxide::deflate::compress_to_vec_zlib(&content.finish(), 6);
            pdf.stream(content_id, &drawn).filter(Filter::FlateDecode);
        }
        Ok(pdf.finish())
    }
}
