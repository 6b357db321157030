//! Reading one table of the file key by key: every error is noted with its place, and reading goes on.

use crate::diagnostic::{Diagnostic, Place, meant, nearest, quoted};
use std::collections::BTreeMap;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What the file said so far: its errors, and the place of every article.
pub(super) struct Reading<'t> {
    text: &'t str,
    pub errors: Vec<Diagnostic>,
    pub places: BTreeMap<String, Place>,
}

impl<'t> Reading<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { text, errors: Vec::new(), places: BTreeMap::new() }
    }

    pub fn place(&self, offset: usize) -> Place {
        Place::of(self.text, offset)
    }
}

/// A value with the path of its article.
#[derive(Clone)]
pub(super) struct Value<'a, 'i> {
    pub value: &'a DeValue<'i>,
    pub offset: usize,
    pub path: String,
}

impl<'a, 'i> Value<'a, 'i> {
    fn new(value: &'a Spanned<DeValue<'i>>, path: String) -> Self {
        Self { value: value.get_ref(), offset: value.span().start, path }
    }

    /// Notes an error at this value and reads nothing.
    pub fn refuse<T>(&self, r: &mut Reading<'_>, expected: &str, remedy: &str) -> Option<T> {
        let found = self.shown();
        r.errors.push(r.place(self.offset).error(&self.path, found, expected, remedy));
        None
    }

    fn shown(&self) -> String {
        match self.value {
            DeValue::String(text) => quoted(text),
            DeValue::Integer(number) => number.to_string(),
            DeValue::Float(number) => number.as_str().to_owned(),
            DeValue::Boolean(flag) => flag.to_string(),
            DeValue::Datetime(moment) => moment.to_string(),
            DeValue::Array(_) => "a list".to_owned(),
            DeValue::Table(_) => "a table".to_owned(),
        }
    }

    /// The elements of a list.
    pub fn list(&self, r: &mut Reading<'_>, of: &str) -> Vec<Value<'a, 'i>> {
        match self.value {
            DeValue::Array(list) => list.iter().map(|value| Value::new(value, self.path.clone())).collect(),
            _ => {
                let expected = format!("a list of {of}");
                self.refuse::<()>(r, &expected, "write the list in square brackets: [\"…\", \"…\"]");
                Vec::new()
            }
        }
    }

    /// The value as a table; `example` shows one.
    pub fn table(&self, r: &mut Reading<'_>, example: &str) -> Option<Table<'a, 'i>> {
        match self.value {
            DeValue::Table(entries) => Some(Table::new(entries, self.path.clone(), self.offset)),
            _ => self.refuse(r, "a table", &format!("write, for example, {example}")),
        }
    }
}

/// A table whose keys are asked for one by one; [`finish`](Table::finish) refuses the rest.
pub(super) struct Table<'a, 'i> {
    entries: &'a DeTable<'i>,
    pub path: String,
    pub offset: usize,
    asked: Vec<&'static str>,
}

impl<'a, 'i> Table<'a, 'i> {
    pub fn new(entries: &'a DeTable<'i>, path: String, offset: usize) -> Self {
        Self { entries, path, offset, asked: Vec::new() }
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// The value of a key, where it is present.
    pub fn value(&mut self, r: &mut Reading<'_>, key: &'static str) -> Option<Value<'a, 'i>> {
        self.asked.push(key);
        let (spanned_key, value) = self.entries.get_key_value(key)?;
        let value = Value::new(value, self.path_of(key));
        r.places.insert(value.path.clone(), r.place(spanned_key.span().start));
        Some(value)
    }

    /// What `read` makes of a key's value; nothing where the key is absent.
    pub fn get<T>(
        &mut self,
        r: &mut Reading<'_>,
        key: &'static str,
        read: impl FnOnce(&mut Reading<'_>, &Value<'a, 'i>) -> Option<T>,
    ) -> Option<T> {
        let value = self.value(r, key)?;
        read(r, &value)
    }

    /// Like [`get`](Self::get), and an error where the key is absent.
    pub fn need<T>(
        &mut self,
        r: &mut Reading<'_>,
        key: &'static str,
        example: &str,
        read: impl FnOnce(&mut Reading<'_>, &Value<'a, 'i>) -> Option<T>,
    ) -> Option<T> {
        if !self.entries.contains_key(key) {
            let (expected, remedy) =
                (format!("the key {key:?}"), format!("add, for example, {key} = {example}"));
            r.errors.push(r.place(self.offset).error(self.path_of(key), "nothing", expected, remedy));
        }
        self.get(r, key, read)
    }

    /// A table below this one. An absent one reads as empty, so that its defaults hold.
    pub fn table(&mut self, r: &mut Reading<'_>, key: &'static str) -> Table<'a, 'i> {
        let path = self.path_of(key);
        let example = format!("a line [{path}] with its keys below");
        let table = self.get(r, key, |r, value| value.table(r, &example));
        table.unwrap_or_else(|| Table::new(EMPTY.get_or_init(DeTable::new), path, self.offset))
    }

    /// Tables of an array such as `[[level]]`, each called by its key `name`.
    pub fn tables(&mut self, r: &mut Reading<'_>, key: &'static str, name: &str) -> Vec<Table<'a, 'i>> {
        let Some(value) = self.value(r, key) else { return Vec::new() };
        let mut tables = Vec::new();
        for (index, element) in value.list(r, "tables").into_iter().enumerate() {
            let Some(mut table) = element.table(r, &format!("a line [[{key}]] with its keys below")) else {
                continue;
            };
            let called = table.entries.get(name).and_then(|value| value.get_ref().as_str());
            table.path = match called {
                Some(called) => format!("{}.{called}", value.path),
                None => format!("{}.{}", value.path, index + 1),
            };
            r.places.insert(table.path.clone(), r.place(table.offset));
            tables.push(table);
        }
        tables
    }

    /// All keys with their values, for tables whose keys are names of the federation's own.
    pub fn all(mut self, r: &mut Reading<'_>) -> Vec<(String, Value<'a, 'i>)> {
        self.asked.clear();
        let entries = self.entries.iter().map(|(key, value)| {
            let path = self.path_of(key.get_ref());
            r.places.insert(path.clone(), r.place(key.span().start));
            (key.get_ref().to_string(), Value::new(value, path))
        });
        entries.collect()
    }

    /// Notes an error for every key that was not asked for.
    pub fn finish(self, r: &mut Reading<'_>) {
        for key in self.entries.keys() {
            let name = key.get_ref().as_ref();
            if self.asked.contains(&name) {
                continue;
            }
            let expected = format!("one of the keys {}", self.asked.join(", "));
            let remedy = meant(nearest(name, self.asked.iter().copied()), "remove the key");
            let place = r.place(key.span().start);
            r.errors.push(place.error(
                self.path_of(name),
                format!("the key {}", quoted(name)),
                expected,
                remedy,
            ));
        }
    }
}

static EMPTY: std::sync::OnceLock<DeTable<'static>> = std::sync::OnceLock::new();
