//! The typeface of letters: which letters it has, how wide they are, and what of it goes into a PDF.

use crate::paper::PaperError;
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Filter, Finish, Name, Pdf, Rect, Ref, Str};
use std::collections::BTreeMap;
use subsetter::GlyphRemapper;
use ttf_parser::Face;
use unicode_normalization::UnicodeNormalization;
use unicode_script::{Script, UnicodeScript};

static REGULAR: &[u8] = include_bytes!("../fonts/LiberationSans-Regular.ttf");
static BOLD: &[u8] = include_bytes!("../fonts/LiberationSans-Bold.ttf");

/// A text that the typeface cannot set: the text, one of its letters, and what that is written in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} has letters that cannot be printed ({} U+{:04X}): letters are set in Latin, Greek and Cyrillic \
     script; write it in one of these",
    script, u32::from(*letter)
)]
pub struct Unprintable {
    /// The whole text.
    pub text: String,
    /// The first letter that cannot be set.
    pub letter: char,
    /// The name of its script in Unicode.
    pub script: &'static str,
}

/// A text as it is printed: composed, on one line, without signs that steer direction or are not seen. Signs that
/// the typeface lacks and that are no letters stand by their number, such as `[U+1F33B]`.
///
/// # Errors
/// A letter of another script, which no number stands for.
pub fn printable(text: &str) -> Result<String, Unprintable> {
    let mut printed = String::new();
    let face = face(false);
    for letter in text.nfc() {
        if letter.is_whitespace() || letter.is_control() {
            // A tab, a line's end or a wide space is a space; two are one.
            if !printed.ends_with(' ') {
                printed.push(' ');
            }
        } else if is_unseen(letter) {
            continue;
        } else if matches!(
            letter.script(),
            Script::Latin | Script::Greek | Script::Cyrillic | Script::Common | Script::Inherited
        ) && face.glyph_index(letter).is_some()
        {
            printed.push(letter);
        } else if letter.is_alphabetic() {
            let script = letter.script().full_name();
            return Err(Unprintable { text: text.to_owned(), letter, script });
        } else {
            printed.push_str(&format!("[U+{:04X}]", u32::from(letter)));
        }
    }
    Ok(printed.trim().to_owned())
}

/// Signs that are not seen themselves and change how others are: marks of direction (UAX #9), joiners, soft hyphens,
/// variation selectors, tags.
fn is_unseen(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

fn face(bold: bool) -> Face<'static> {
    Face::parse(if bold { BOLD } else { REGULAR }, 0).expect("the typeface that is shipped can be read")
}

/// One weight of the typeface, and which of its glyphs were used.
pub struct Typeface {
    face: Face<'static>,
    bold: bool,
    used: GlyphRemapper,
    letters: BTreeMap<u16, char>,
}

impl Typeface {
    /// The typeface, of which nothing is used yet.
    pub fn new(bold: bool) -> Self {
        Self { face: face(bold), bold, used: GlyphRemapper::new(), letters: BTreeMap::new() }
    }

    /// The width of a text that can be printed, in thousandths of its size.
    pub fn width(&self, text: &str) -> f32 {
        text.chars()
            .map(|letter| self.advance(self.face.glyph_index(letter).map_or(0, |glyph| glyph.0)))
            .sum()
    }

    fn advance(&self, glyph: u16) -> f32 {
        let units = self.face.glyph_hor_advance(ttf_parser::GlyphId(glyph)).unwrap_or(0);
        f32::from(units) * 1000.0 / f32::from(self.face.units_per_em())
    }

    /// A text as numbers of glyphs in the part of the typeface that is embedded.
    pub fn set(&mut self, text: &str) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(2 * text.len());
        for letter in text.chars() {
            let glyph = self.face.glyph_index(letter).map_or(0, |glyph| glyph.0);
            let glyph = self.used.remap(glyph);
            self.letters.entry(glyph).or_insert(letter);
            bytes.extend(glyph.to_be_bytes());
        }
        bytes
    }

    /// Writes the part that is used: five objects from `first` on, of which the first is the font.
    ///
    /// # Errors
    /// The typeface cannot be cut down to what is used.
    pub fn embed(&self, pdf: &mut Pdf, first: i32) -> Result<(), PaperError> {
        let data = if self.bold { BOLD } else { REGULAR };
        let subset = subsetter::subset(data, 0, &self.used)
            .map_err(|error| PaperError::Typeface(error.to_string()))?;
        let name = if self.bold { "MANDBB+LiberationSans-Bold" } else { "MANDRR+LiberationSans" };
        let name = Name(name.as_bytes());
        let [font, cid, descriptor, file, unicode] = [0, 1, 2, 3, 4].map(|place| Ref::new(first + place));
        let system = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };
        pdf.type0_font(font)
            .base_font(name)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(cid)
            .to_unicode(unicode);
        let mut cid_font = pdf.cid_font(cid);
        cid_font.subtype(CidFontType::Type2).base_font(name).system_info(system);
        cid_font.font_descriptor(descriptor).default_width(0.0).cid_to_gid_map_predefined(Name(b"Identity"));
        let widths = self.used.remapped_gids().map(|glyph| self.advance(glyph));
        cid_font.widths().consecutive(0, widths);
        cid_font.finish();
        let scale = 1000.0 / f32::from(self.face.units_per_em());
        let bounds = self.face.global_bounding_box();
        let [left, low, right, high] =
            [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max].map(|units| f32::from(units) * scale);
        pdf.font_descriptor(descriptor)
            .name(name)
            .flags(FontFlags::NON_SYMBOLIC)
            .bbox(Rect::new(left, low, right, high))
            .italic_angle(0.0)
            .ascent(f32::from(self.face.ascender()) * scale)
            .descent(f32::from(self.face.descender()) * scale)
            .cap_height(self.face.capital_height().map_or(700.0, |units| f32::from(units) * scale))
            .stem_v(if self.bold { 140.0 } else { 80.0 })
            .font_file2(file);
        let compressed = miniz_oxide::deflate::compress_to_vec_zlib(&subset, 6);
        pdf.stream(file, &compressed)
            .filter(Filter::FlateDecode)
            .pair(Name(b"Length1"), i32::try_from(subset.len()).unwrap_or(i32::MAX));
        let mut cmap = UnicodeCmap::new(Name(b"Letters"), system);
        for (glyph, letter) in &self.letters {
            cmap.pair(*glyph, *letter);
        }
        pdf.cmap(unicode, &cmap.finish());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_that_it_has_are_printed_and_others_refused_by_name() {
        for text in ["Łucja Żółć", "Μαρία Καλλίπολη", "Анна Ёлкина", "Đặng Thị Hồng", "Ñandú, 3 € – «así»"]
        {
            assert_eq!(printable(text).as_deref(), Ok(text));
        }
        assert_eq!(printable("Jose\u{301}").as_deref(), Ok("José"));
        for (text, script) in [
            ("محمد", "Arabic"),
            ("田中", "Han"),
            ("דוד", "Hebrew"),
            ("राम", "Devanagari"),
            ("ჯაბა", "Georgian"),
        ] {
            let refused = printable(text).unwrap_err();
            assert_eq!(refused.script, script);
            assert!(refused.to_string().starts_with(&format!("{text:?} has letters")), "{refused}");
        }
    }

    #[test]
    fn marks_that_turn_a_line_around_are_not_printed() {
        assert_eq!(
            printable("to \u{202e}evarb\u{202c} the \u{2066}x\u{2069}").as_deref(),
            Ok("to evarb the x")
        );
        assert_eq!(printable("one\r\nBcc: two\t\u{0}").as_deref(), Ok("one Bcc: two"));
        assert_eq!(printable("Sun 🌻 rises").as_deref(), Ok("Sun [U+1F33B] rises"));
    }
}
