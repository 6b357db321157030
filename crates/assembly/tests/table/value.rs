//! Reads the fields of a row.

use crate::fixture;
use jiff::{SignedDuration, Timestamp};
use mandate_assembly::ids::{Blob, Hash};
use serde_json::{Map, Value};

/// The seed that rows call `seed`.
const SEED: Hash = Hash([7; 32]);

/// What rows call `lot`: the commitment to `seed`.
pub fn commitment() -> Hash {
    Hash::of(&SEED.0)
}

/// Splits at spaces outside quotation marks, brackets and angles.
pub fn words(row: &str) -> Vec<&str> {
    let (mut words, mut start, mut depth, mut quoted) = (Vec::new(), None, 0, false);
    for (place, character) in row.char_indices() {
        match character {
            '"' => quoted = !quoted,
            '[' | '{' if !quoted => depth += 1,
            ']' | '}' if !quoted => depth -= 1,
            // `a>b` is an order of preference: only `=<` opens a file.
            '<' if row[..place].ends_with('=') => depth += 100,
            '>' if depth >= 100 => depth -= 100,
            _ => {}
        }
        let is_space = character == ' ' && depth == 0 && !quoted;
        match (is_space, start) {
            (true, Some(from)) => {
                words.push(&row[from..place]);
                start = None;
            }
            (false, None) => start = Some(place),
            _ => {}
        }
    }
    words.extend(start.map(|from| &row[from..]));
    words
}

/// `+2d`, `-3h`, `+5m`, `+1s`.
pub fn span(text: &str) -> Option<SignedDuration> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (number, unit) = rest.split_at_checked(rest.len().checked_sub(1)?)?;
    let seconds = match unit {
        "d" => 86_400,
        "h" => 3_600,
        "m" => 60,
        "s" => 1,
        _ => return None,
    };
    Some(SignedDuration::from_secs(sign * number.parse::<i64>().ok()? * seconds))
}

/// The fields of a command as JSON.
pub fn fields(words: &[&str], now: Timestamp) -> Result<Value, String> {
    let mut fields = Value::Object(Map::new());
    for word in words {
        let (path, text) = word.split_once('=').ok_or_else(|| format!("no field=value: {word}"))?;
        let mut place = &mut fields;
        for part in path.split('.') {
            let object = place.as_object_mut().ok_or_else(|| format!("{path} is nested in a value"))?;
            place = object.entry(part).or_insert_with(|| Value::Object(Map::new()));
        }
        *place = value(text, now)?;
    }
    Ok(fields)
}

fn value(text: &str, now: Timestamp) -> Result<Value, String> {
    if let Ok(value) = serde_json::from_str(text) {
        return Ok(value);
    }
    if let Some(list) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return list.split(',').filter(|item| !item.is_empty()).map(|item| value(item, now)).collect();
    }
    if let Some(span) = text.strip_prefix('@').and_then(span) {
        return Ok(Value::String((now + span).to_string()));
    }
    Ok(match text {
        "seed" => Value::String(SEED.to_string()),
        "lot" => Value::String(commitment().to_string()),
        "<economy>" => files(fixture::economy::files()),
        "<hours>" => files([("hours.csv".to_owned(), fixture::economy::HOURS.into())].into()),
        "<strangers>" => {
            let text =
                String::from_utf8(fixture::economy::files()["workplaces.csv"].clone()).expect("a text");
            let text = format!("{text}w77,C1071\n");
            files([("workplaces.csv".to_owned(), text.into_bytes())].into())
        }
        _ if text.starts_with("hash:") => Value::String(Hash::of(&blob(&text[5..]).0).to_string()),
        _ if ["<", "archive:", "box:", "roll:"].iter().any(|start| text.starts_with(start)) => {
            serde_json::to_value(blob(text)).map_err(|error| error.to_string())?
        }
        _ => Value::String(text.to_owned()),
    })
}

fn files(files: mandate_plan::Files) -> Value {
    let blobs =
        files.into_iter().map(|(name, bytes)| (name, serde_json::to_value(Blob(bytes)).expect("a blob")));
    Value::Object(blobs.collect())
}

/// A file of the fixture, a box of papers, a marked roll, or the text itself.
pub fn blob(text: &str) -> Blob {
    if let Some(name) = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')) {
        let mut parts = name.split('|');
        let file = fixture::file(parts.next().unwrap_or_default());
        let (Some(old), Some(new)) = (parts.next(), parts.next()) else { return file };
        let text = String::from_utf8(file.0).expect("a text");
        let unescaped = |text: &str| text.replace("\\n", "\n");
        assert!(text.contains(&unescaped(old)), "{name}: no such passage");
        return text.replacen(&unescaped(old), &unescaped(new), 1).as_str().into();
    }
    if let Some(described) = text.strip_prefix("archive:") {
        return fixture::archive::read(described);
    }
    if let Some(marked) = text.strip_prefix("roll:") {
        return marked.replace(',', "\n").as_str().into();
    }
    match text.strip_prefix("box:") {
        Some(papers) => blt(papers).as_str().into(),
        None => text.into(),
    }
}

/// A BLT file of the papers in `m11,m12|3*m11>m12|2*m12`.
fn blt(papers: &str) -> String {
    let mut parts = papers.split('|');
    let names: Vec<&str> = parts.next().unwrap_or_default().split(',').collect();
    let mut text = format!("{} 1\n", names.len());
    for paper in parts {
        let (number, ranking) = paper.split_once('*').expect("a number and a ranking");
        let places = ranking.split('>').filter(|name| !name.is_empty());
        let places =
            places.map(|name| 1 + names.iter().position(|other| *other == name).expect("on the paper"));
        let places: String = places.map(|place| format!("{place} ")).collect();
        text += &format!("{number} {places}0\n");
    }
    text += "0\n";
    names.iter().for_each(|name| text += &format!("\"{name}\"\n"));
    text + "\"box\"\n"
}
