//! The rolls: who is a member, of which workplace, in which standing, and who was at any earlier moment.
//!
//! The electorate of a vote is the roll *as it stood* at the charter's cut-off [members.cut-off]; so what changes
//! leaves its past behind, and [`Roll::at`] answers for any moment since the founding.

use crate::ids::{MemberId, WorkplaceId};
use compact_str::CompactString;
use indexmap::IndexMap;
use jiff::Timestamp;
use mandate_charter::StandingRights;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a member's dues and conduct leave them [members.arrears, members.suspended].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// All rights.
    Active,
    /// Behind with dues.
    Arrears,
    /// Suspended by those entitled to.
    Suspended,
}

/// A person, or an organisation such as a co-operative; each has one vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A person.
    Person,
    /// An organisation.
    Organisation,
}

/// A member's line on the roll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// Index of the workplace; none for one who has left, or whose workplace closed without a successor.
    pub workplace: Option<u32>,
    pub standing: Standing,
    pub kind: Kind,
}

/// A workplace's line on the roll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workplace {
    /// Code of the branch in the federation's classification.
    pub branch: CompactString,
    /// One value for each territorial column, in the roll's order.
    pub territories: Vec<CompactString>,
    pub closed: Option<Timestamp>,
}

/// What was so until a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Past {
    until: Timestamp,
    workplace: Option<u32>,
    standing: Standing,
}

/// Members and workplaces, now and before.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Roll {
    /// Headings of the territorial columns.
    pub territories: Vec<String>,
    members: IndexMap<MemberId, Member>,
    workplaces: IndexMap<WorkplaceId, Workplace>,
    /// Members by workplace, by index.
    present: Vec<Vec<u32>>,
    /// Who once belonged to a workplace and does not now.
    former: BTreeMap<u32, BTreeSet<u32>>,
    past: BTreeMap<u32, Vec<Past>>,
}

impl Roll {
    /// An empty roll with room for so many.
    pub fn with_capacity(territories: Vec<String>, members: usize, workplaces: usize) -> Self {
        Self {
            territories,
            members: IndexMap::with_capacity(members),
            workplaces: IndexMap::with_capacity(workplaces),
            ..Self::default()
        }
    }

    /// A member's line, with its index.
    pub fn member(&self, id: &MemberId) -> Option<(u32, &Member)> {
        self.members.get_full(id).map(|(index, _, member)| (index as u32, member))
    }

    /// A workplace's line, with its index.
    pub fn workplace(&self, id: &WorkplaceId) -> Option<(u32, &Workplace)> {
        self.workplaces.get_full(id).map(|(index, _, workplace)| (index as u32, workplace))
    }

    /// The identifier of a workplace by its index.
    pub fn workplace_id(&self, index: u32) -> Option<&WorkplaceId> {
        self.workplaces.get_index(index as usize).map(|(id, _)| id)
    }

    /// The identifier of a member by index.
    pub fn member_id(&self, index: u32) -> Option<&MemberId> {
        self.members.get_index(index as usize).map(|(id, _)| id)
    }

    /// All workplaces in the order in which they came on the roll.
    pub fn workplaces(&self) -> impl Iterator<Item = (u32, &WorkplaceId, &Workplace)> {
        self.workplaces.iter().enumerate().map(|(index, (id, workplace))| (index as u32, id, workplace))
    }

    /// All members in the order in which they came on the roll, those who left among them.
    pub fn members(&self) -> impl Iterator<Item = (&MemberId, &Member)> {
        self.members.iter()
    }

    /// How many members there are now.
    pub fn members_count(&self) -> u64 {
        self.present.iter().map(|members| members.len() as u64).sum()
    }

    /// How many members a workplace has now.
    pub fn members_of(&self, workplace: u32) -> u64 {
        self.present.get(workplace as usize).map_or(0, |members| members.len() as u64)
    }

    /// Indices of a workplace's members now.
    pub fn present_in(&self, workplace: u32) -> &[u32] {
        self.present.get(workplace as usize).map_or(&[], Vec::as_slice)
    }

    /// Where a member belonged and in which standing when a moment came; what changes at that very moment comes
    /// after it, so that a roll once frozen stays as it was.
    pub fn at(&self, member: u32, moment: Timestamp) -> (Option<u32>, Standing) {
        let Some((_, now)) = self.members.get_index(member as usize) else {
            return (None, Standing::Active);
        };
        let pasts = self.past.get(&member).map_or(&[][..], Vec::as_slice);
        pasts
            .iter()
            .find(|past| past.until >= moment)
            .map_or((now.workplace, now.standing), |past| (past.workplace, past.standing))
    }

    /// The workplace of a member, or the last one of somebody who has left.
    pub fn last_workplace(&self, member: u32) -> Option<u32> {
        let (_, line) = self.members.get_index(member as usize)?;
        let pasts = self.past.get(&member).map_or(&[][..], Vec::as_slice);
        line.workplace.or_else(|| pasts.iter().rev().find_map(|past| past.workplace))
    }

    /// The members of a workplace at a moment whose standing lets them vote.
    pub fn voters_at<'a>(
        &'a self,
        workplace: u32,
        moment: Timestamp,
        votes: impl Fn(Standing) -> bool + 'a,
    ) -> impl Iterator<Item = u32> + 'a {
        let former = self.former.get(&workplace).into_iter().flatten();
        self.present_in(workplace).iter().chain(former).copied().filter(move |member| {
            let (place, standing) = self.at(*member, moment);
            place == Some(workplace) && votes(standing)
        })
    }

    /// Puts a workplace on the roll. Its id is new.
    pub fn add_workplace(&mut self, id: WorkplaceId, workplace: Workplace) {
        self.workplaces.insert(id, workplace);
        self.present.push(Vec::new());
    }

    /// Puts a founding member on the roll: one without a past. `false` where the id is there already.
    pub fn add_founder(&mut self, id: MemberId, member: Member) -> bool {
        let index = self.members.len() as u32;
        let fresh = self.members.insert(id, member).is_none();
        if let (true, Some(workplace)) = (fresh, member.workplace) {
            self.present[workplace as usize].push(index);
        }
        fresh
    }

    /// A member joins, or one who had left comes back.
    pub fn join(&mut self, id: MemberId, member: Member, at: Timestamp) {
        let (index, before) = self.members.insert_full(id, member);
        let index = index as u32;
        let standing = before.map_or(Standing::Active, |before| before.standing);
        self.past.entry(index).or_default().push(Past { until: at, workplace: None, standing });
        self.enter(index, member.workplace);
    }

    /// A member moves to another workplace, or to none.
    pub fn move_to(&mut self, index: u32, workplace: Option<u32>, at: Timestamp) {
        let Some((_, member)) = self.members.get_index_mut(index as usize) else { return };
        let before = *member;
        member.workplace = workplace;
        self.remember(index, before, at);
        if let Some(old) = before.workplace {
            self.present[old as usize].retain(|member| *member != index);
            self.former.entry(old).or_default().insert(index);
        }
        self.enter(index, workplace);
    }

    /// A member's standing changes.
    pub fn set_standing(&mut self, index: u32, standing: Standing, at: Timestamp) {
        let Some((_, member)) = self.members.get_index_mut(index as usize) else { return };
        let before = *member;
        member.standing = standing;
        self.remember(index, before, at);
    }

    /// A workplace closes; its members go to the successor where there is one, else to none.
    pub fn close_workplace(&mut self, workplace: u32, successor: Option<u32>, at: Timestamp) {
        // Taken whole: a large workplace is not searched once for each of its members.
        let members = self.present.get_mut(workplace as usize).map(std::mem::take).unwrap_or_default();
        for member in members {
            self.move_to(member, successor, at);
        }
        if let Some((_, line)) = self.workplaces.get_index_mut(workplace as usize) {
            line.closed = Some(at);
        }
    }

    fn enter(&mut self, index: u32, workplace: Option<u32>) {
        let Some(workplace) = workplace else { return };
        self.present[workplace as usize].push(index);
        if let Some(former) = self.former.get_mut(&workplace) {
            former.remove(&index);
        }
    }

    fn remember(&mut self, index: u32, before: Member, at: Timestamp) {
        let past = Past { until: at, workplace: before.workplace, standing: before.standing };
        self.past.entry(index).or_default().push(past);
    }
}

/// What the charter leaves a member in this standing.
pub fn rights_of(members: &mandate_charter::Membership, standing: Standing) -> StandingRights {
    match standing {
        Standing::Active => StandingRights { vote: true, stand: true, sign: true },
        Standing::Arrears => members.arrears,
        Standing::Suspended => members.suspended,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64) -> Timestamp {
        Timestamp::from_second(day * 86_400).unwrap()
    }

    fn roll() -> Roll {
        let mut roll = Roll::default();
        for id in ["W1", "W2"] {
            let workplace = Workplace { branch: "C25".into(), territories: Vec::new(), closed: None };
            roll.add_workplace(WorkplaceId::from(id), workplace);
        }
        let member = Member { workplace: Some(0), standing: Standing::Active, kind: Kind::Person };
        assert!(roll.add_founder("M1".into(), member));
        assert!(!roll.add_founder("M1".into(), member));
        roll
    }

    #[test]
    fn the_past_answers_for_every_moment() {
        let mut roll = roll();
        roll.move_to(0, Some(1), at(10));
        roll.set_standing(0, Standing::Arrears, at(20));
        roll.move_to(0, None, at(30));
        assert_eq!(roll.at(0, at(9)), (Some(0), Standing::Active));
        assert_eq!(roll.at(0, at(10)), (Some(0), Standing::Active));
        assert_eq!(roll.at(0, at(11)), (Some(1), Standing::Active));
        assert_eq!(roll.at(0, at(25)), (Some(1), Standing::Arrears));
        assert_eq!(roll.at(0, at(31)), (None, Standing::Arrears));
        let voters = |workplace, day| roll.voters_at(workplace, at(day), |_| true).count();
        assert_eq!((voters(0, 5), voters(1, 5)), (1, 0));
        assert_eq!((voters(0, 15), voters(1, 15)), (0, 1));
        assert_eq!((voters(0, 35), voters(1, 35)), (0, 0));
        assert_eq!(roll.last_workplace(0), Some(1));
    }

    #[test]
    fn who_comes_back_was_away() {
        let mut roll = roll();
        roll.move_to(0, None, at(10));
        let member = Member { workplace: Some(0), standing: Standing::Active, kind: Kind::Person };
        roll.join("M1".into(), member, at(20));
        assert_eq!(roll.at(0, at(5)).0, Some(0));
        assert_eq!(roll.at(0, at(15)).0, None);
        assert_eq!(roll.at(0, at(25)).0, Some(0));
        assert_eq!(roll.members_count(), 1);
    }

    #[test]
    fn a_closed_workplace_hands_its_members_on() {
        let mut roll = roll();
        roll.close_workplace(0, Some(1), at(10));
        assert_eq!((roll.members_of(0), roll.members_of(1)), (0, 1));
        assert_eq!(roll.workplace(&"W1".into()).unwrap().1.closed, Some(at(10)));
    }
}
