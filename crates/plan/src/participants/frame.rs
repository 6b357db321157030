//! What all participants share of an economy, and what each has of it alone.

use crate::economy::Economy;
use std::collections::BTreeSet;

impl Economy {
    /// What every participant knows: products, labour, satellite rows and needs, without workplaces and activities.
    pub fn frame(&self) -> Economy {
        self.part(|_| false)
    }

    /// The economy with the chosen workplaces and their activities alone; `chosen` is given a workplace's index.
    /// What is shared stays whole, so a part has the same [frame](Self::frame) as the whole.
    pub fn part(&self, chosen: impl Fn(usize) -> bool) -> Economy {
        let places: Vec<usize> = (0..self.workplaces.len()).filter(|&place| chosen(place)).collect();
        let mut part =
            Economy { workplaces: Vec::new(), activities: Vec::new(), ..self.without_activities() };
        let at = |place: u32| places.binary_search(&(place as usize)).ok();
        part.workplaces = places.iter().map(|&place| self.workplaces[place].clone()).collect();
        for activity in &self.activities {
            if let Some(workplace) = at(activity.workplace) {
                part.activities.push(crate::Activity { workplace: workplace as u32, ..activity.clone() });
            }
        }
        let branches = part.workplaces.iter_mut().map(|workplace| &mut workplace.branch);
        part.branches = keep_named(&self.branches, branches.collect());
        let districts = part.workplaces.iter_mut().map(|workplace| &mut workplace.district);
        part.districts = keep_named(&self.districts, districts.collect());
        let groups = part.activities.iter_mut().map(|activity| &mut activity.group);
        part.groups = keep_named(&self.groups, groups.collect());
        part
    }

    fn without_activities(&self) -> Economy {
        Economy {
            name: self.name.clone(),
            labour_unit: self.labour_unit.clone(),
            labour_decimals: self.labour_decimals,
            products: self.products.clone(),
            grades: self.grades.clone(),
            satellites: self.satellites.clone(),
            needs: self.needs.clone(),
            ..Economy::default()
        }
    }
}

/// The names that are pointed to, in their order; the pointers then point into what is left.
fn keep_named(names: &[String], pointers: Vec<&mut u32>) -> Vec<String> {
    let used: BTreeSet<u32> = pointers.iter().map(|pointer| **pointer).collect();
    let used: Vec<u32> = used.into_iter().collect();
    for pointer in pointers {
        *pointer = used.binary_search(pointer).expect("it was just collected") as u32;
    }
    used.into_iter().map(|of| names[of as usize].clone()).collect()
}
