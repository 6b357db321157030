//! What several activities give and take together, exactly.

use crate::economy::{Activity, FULFILMENT_ONE, Flow};
use std::collections::BTreeMap;

/// Sums over activities, by index of the economy's product, grade or satellite row, in units of 10^−9 of the row's
/// last decimal. None is nought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quantities {
    /// What comes out, by product.
    pub outputs: BTreeMap<u32, i128>,
    /// What goes in, by product.
    pub inputs: BTreeMap<u32, i128>,
    /// Labour, by grade.
    pub labour: BTreeMap<u32, i128>,
    /// Loads, by satellite row.
    pub loads: BTreeMap<u32, i128>,
}

impl Quantities {
    /// The four kinds with their names, as files and messages have them.
    pub(super) fn kinds(&self) -> [(&'static str, &BTreeMap<u32, i128>); 4] {
        [
            ("outputs", &self.outputs),
            ("inputs", &self.inputs),
            ("labour", &self.labour),
            ("loads", &self.loads),
        ]
    }

    fn kinds_mut(&mut self) -> [&mut BTreeMap<u32, i128>; 4] {
        [&mut self.outputs, &mut self.inputs, &mut self.labour, &mut self.loads]
    }

    /// Adds what an activity gives and takes at `level`, in units of 10^−9.
    pub fn add_activity(&mut self, activity: &Activity, level: i64) {
        if level == 0 {
            return;
        }
        let flows: [&[Flow]; 4] =
            [&activity.outputs, &activity.inputs, &activity.labour, &activity.satellites];
        for (sums, flows) in self.kinds_mut().into_iter().zip(flows) {
            for flow in flows {
                *sums.entry(flow.of).or_default() += i128::from(flow.quantity) * i128::from(level);
            }
        }
    }

    /// Adds other sums.
    pub fn add(&mut self, other: &Quantities) {
        for (sums, (_, others)) in self.kinds_mut().into_iter().zip(other.kinds()) {
            others.iter().for_each(|(&of, quantity)| *sums.entry(of).or_default() += quantity);
        }
    }

    /// Adds a part of other sums, in units of 10^−9, each rounded down.
    pub fn add_part(&mut self, other: &Quantities, part: i64) {
        for (sums, (_, others)) in self.kinds_mut().into_iter().zip(other.kinds()) {
            for (&of, &quantity) in others {
                let share = part_of(quantity, part);
                if share != 0 {
                    *sums.entry(of).or_default() += share;
                }
            }
        }
    }

    /// The first quantity that is more than in `limit`: its kind, its row, how much it is and how much it may be.
    pub(super) fn first_beyond(&self, limit: &Quantities) -> Option<(&'static str, u32, i128, i128)> {
        self.kinds().into_iter().zip(limit.kinds()).find_map(|((kind, own), (_, limits))| {
            let most = |of: &u32| limits.get(of).copied().unwrap_or(0);
            let beyond = own.iter().find(|(of, quantity)| **quantity > most(of));
            beyond.map(|(of, &quantity)| (kind, *of, quantity, most(of)))
        })
    }
}

/// `quantity` × `part` × 10^−9, rounded down, without leaving 128 bits.
pub(super) fn part_of(quantity: i128, part: i64) -> i128 {
    let (one, part) = (i128::from(FULFILMENT_ONE), i128::from(part));
    quantity.div_euclid(one) * part + quantity.rem_euclid(one) * part / one
}
