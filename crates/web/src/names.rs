//! Names of people and branches. Members' names come from the register, which can forget; without one, a member is
//! their identifier.

use mandate_assembly::ids::MemberId;
use mandate_record::{Directory, Fault, Register};
use std::collections::BTreeMap;
use std::path::Path;

/// What people and branches are called.
#[derive(Debug, Default)]
pub struct Names {
    members: BTreeMap<String, String>,
    branches: BTreeMap<String, String>,
}

impl Names {
    /// Names of members by identifier.
    pub fn new(members: BTreeMap<String, String>) -> Self {
        Self { members, branches: BTreeMap::new() }
    }

    /// The names that the register in a directory holds.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn read(directory: &Path) -> Result<Self, Fault> {
        let register = Register::open(&Directory::new(directory))?;
        let mut names = BTreeMap::new();
        for member in register.members()? {
            if let Some(name) = register.fields(&member)?.remove("name") {
                names.insert(member, name);
            }
        }
        Ok(Self::new(names))
    }

    /// Takes over the names of members that were noted.
    pub fn learn(&mut self, names: impl IntoIterator<Item = (String, String)>) {
        self.members.extend(names);
    }

    /// Adds names of branches by code.
    pub fn call_branches(&mut self, names: impl IntoIterator<Item = (String, String)>) {
        self.branches.extend(names);
    }

    /// As one reader sees them.
    pub fn seen_by(&self, is_signed_in: bool) -> NamesFor<'_> {
        NamesFor { names: self, is_signed_in }
    }

    /// What a member is called.
    fn member<'a>(&'a self, id: &'a MemberId) -> &'a str {
        self.members.get(id.as_str()).map_or(id.as_str(), String::as_str)
    }

    /// What a branch is called, by its code or the last part of it.
    fn branch(&self, code: &str) -> Option<&str> {
        let last = code.rsplit('/').next().unwrap_or(code);
        self.branches.get(code).or_else(|| self.branches.get(last)).map(String::as_str)
    }
}

/// Names as one reader sees them: people's only where the reader is signed in.
#[derive(Clone, Copy, Debug)]
pub struct NamesFor<'a> {
    names: &'a Names,
    is_signed_in: bool,
}

impl<'a> NamesFor<'a> {
    /// What a member is called; for strangers, their identifier.
    pub fn member<'b>(&self, id: &'b MemberId) -> &'b str
    where
        'a: 'b,
    {
        if self.is_signed_in { self.names.member(id) } else { id.as_str() }
    }

    /// What a branch is called, by its code or the last part of it.
    pub fn branch(&self, code: &str) -> Option<&'a str> {
        self.names.branch(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_see_identifiers() {
        let mut names = Names::new(BTreeMap::from([("M1".to_owned(), "Ada".to_owned())]));
        names.call_branches([("C24".to_owned(), "Metals".to_owned())]);
        let me: MemberId = "M1".into();
        assert_eq!(names.seen_by(true).member(&me), "Ada");
        assert_eq!(names.seen_by(false).member(&me), "M1");
        assert_eq!(names.seen_by(false).branch("C24"), Some("Metals"));
    }
}
