//! Names of people and branches. Members' names come from the register, which can forget; without one, a member is
//! their identifier.

use mandate_assembly::ids::MemberId;
use std::collections::BTreeMap;

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

    /// Adds names of branches by code.
    pub fn call_branches(&mut self, names: impl IntoIterator<Item = (String, String)>) {
        self.branches.extend(names);
    }

    /// What a member is called.
    pub fn member<'a>(&'a self, id: &'a MemberId) -> &'a str {
        self.members.get(id.as_str()).map_or(id.as_str(), String::as_str)
    }

    /// What a branch is called, by its code or the last part of it.
    pub fn branch(&self, code: &str) -> Option<&str> {
        let last = code.rsplit('/').next().unwrap_or(code);
        self.branches.get(code).or_else(|| self.branches.get(last)).map(String::as_str)
    }
}
