//! From a horizon to an economy in which every period has rows of its own.

use super::{END, Gain, Horizon, Later, MARK, Period, Store};
use crate::economy::{
    Activity, Economy, Flow, Grade, LARGEST_MANTISSA, LEVEL_DECIMALS, LEVEL_ONE, Need, Product, Satellite,
    WEIGHT_DECIMALS,
};
use std::collections::{BTreeMap, BTreeSet};

/// Decimals of the products that capacities become: those of levels.
const CAPACITY_DECIMALS: u32 = LEVEL_DECIMALS;

/// `quantity` × `share` (in units of 10^−9), rounded down.
fn part(quantity: i64, share: i64) -> Option<i64> {
    let exact = i128::from(quantity) * i128::from(share) / i128::from(LEVEL_ONE);
    i64::try_from(exact).ok().filter(|part| *part <= LARGEST_MANTISSA)
}

/// What is left of `quantity` after `periods`, rounded down in each.
fn worn(quantity: i64, kept: i64, periods: usize) -> i64 {
    (0..periods).fold(quantity, |left, _| part(left, kept).unwrap_or(left))
}

/// A period's name as it stands behind ids.
fn at(id: &str, period: usize) -> String {
    format!("{id}{MARK}{:02}", period + 1)
}

fn at_end(id: &str) -> String {
    format!("{id}{MARK}{END}")
}

/// The product that the capacity of an activity becomes.
fn capacity_id(activity: &str) -> String {
    format!("capacity/{activity}")
}

/// The activity that keeps a product.
fn store_id(product: &str) -> String {
    format!("store/{product}")
}

/// Rows by id while they are put together, with flows that name ids; indices follow when all rows are known.
#[derive(Default)]
struct Rows {
    products: BTreeMap<String, Product>,
    grades: BTreeMap<String, Grade>,
    satellites: BTreeMap<String, Satellite>,
    groups: BTreeSet<String>,
    activities: BTreeMap<String, NamedActivity>,
    needs: BTreeMap<String, (Need, Vec<(String, i64)>)>,
}

struct NamedActivity {
    workplace: u32,
    group: String,
    capacity: i64,
    outputs: Vec<(String, i64)>,
    inputs: Vec<(String, i64)>,
    labour: Vec<(String, i64)>,
    satellites: Vec<(String, i64)>,
}

impl Horizon {
    /// The economy in which each row stands once a period.
    ///
    /// # Errors
    ///
    /// In words: an id that holds `@` or comes out twice, or a quantity that grows beyond 15 digits.
    pub fn unfold(&self) -> Result<Economy, String> {
        let unfolding = Unfolding::new(self)?;
        unfolding.refuse_marked_ids()?;
        let mut rows = Rows::default();
        for (at, period) in self.periods.iter().enumerate() {
            unfolding.add_products(&mut rows, at, period)?;
            unfolding.add_labour_and_satellites(&mut rows, at, period)?;
            unfolding.add_activities(&mut rows, at)?;
            unfolding.add_needs(&mut rows, at, period)?;
        }
        unfolding.add_stores(&mut rows)?;
        unfolding.add_capacities(&mut rows)?;
        unfolding.add_budgets(&mut rows);
        Ok(rows.finish(&self.base, self.periods.len()))
    }
}

impl NamedActivity {
    /// Adds to an output, or makes it one.
    fn add_output(&mut self, product: String, quantity: i64) {
        match self.outputs.iter_mut().find(|(output, _)| *output == product) {
            Some((_, sum)) => *sum += quantity,
            None => self.outputs.push((product, quantity)),
        }
    }
}

/// A horizon with its gains by activity.
struct Unfolding<'a> {
    horizon: &'a Horizon,
    base: &'a Economy,
    /// What each activity builds.
    built_by: Vec<Vec<&'a Gain>>,
    /// What each activity yields in later periods.
    later_by: Vec<Vec<&'a Later>>,
    /// What builds each activity's capacity.
    builders_of: Vec<Vec<&'a Gain>>,
    /// By period and activity, what the capacity could be if all were built that can be. No plan reaches it, but a
    /// limit there must be.
    at_most: Vec<Vec<i64>>,
}

impl<'a> Unfolding<'a> {
    fn new(horizon: &'a Horizon) -> Result<Self, String> {
        let activities = horizon.base.activities.len();
        let mut built_by = vec![Vec::new(); activities];
        let mut builders_of = vec![Vec::new(); activities];
        for gain in &horizon.gains {
            built_by[gain.by as usize].push(gain);
            builders_of[gain.of as usize].push(gain);
        }
        let mut later_by = vec![Vec::new(); activities];
        horizon.later.iter().for_each(|later| later_by[later.by as usize].push(later));
        let base = &horizon.base;
        let mut unfolding = Self { horizon, base, built_by, later_by, builders_of, at_most: Vec::new() };
        for period in 0..horizon.periods.len() {
            let most: Result<Vec<i64>, String> =
                (0..activities).map(|activity| unfolding.capacity_at_most(activity, period)).collect();
            unfolding.at_most.push(most?);
        }
        Ok(unfolding)
    }

    fn refuse_marked_ids(&self) -> Result<(), String> {
        let base = self.base;
        let products = base.products.iter().map(|row| &row.id);
        let grades = base.grades.iter().map(|row| &row.id);
        let satellites = base.satellites.iter().map(|row| &row.id);
        let activities = base.activities.iter().map(|row| &row.id);
        let needs = base.needs.iter().map(|row| &row.id);
        let mut ids = products.chain(grades).chain(satellites).chain(activities).chain(needs);
        match ids.find(|id| id.contains(MARK)) {
            Some(id) => {
                Err(format!("the id `{id}` holds `{MARK}`, which marks the period; choose another id"))
            }
            None => Ok(()),
        }
    }

    fn add_products(&self, rows: &mut Rows, at_period: usize, period: &Period) -> Result<(), String> {
        for (index, product) in self.base.products.iter().enumerate() {
            let is_kept = self.horizon.stores.contains_key(&index);
            let row = Product {
                id: at(&product.id, at_period),
                import_limit: grown(&product.id, "imports", product.import_limit, period.imports)?,
                stock: if is_kept && at_period > 0 { 0 } else { product.stock },
                exports: grown(&product.id, "exports", product.exports, period.exports)?,
                ..product.clone()
            };
            rows.add_product(row)?;
        }
        Ok(())
    }

    fn add_labour_and_satellites(
        &self,
        rows: &mut Rows,
        at_period: usize,
        period: &Period,
    ) -> Result<(), String> {
        for grade in &self.base.grades {
            let id = at(&grade.id, at_period);
            let available = grown(&grade.id, "labour", grade.available, period.labour)?;
            rows.grades.insert(id.clone(), Grade { id, available, ..grade.clone() });
        }
        for satellite in &self.base.satellites {
            let id = at(&satellite.id, at_period);
            rows.satellites.insert(id.clone(), Satellite { id, ..satellite.clone() });
        }
        Ok(())
    }

    fn add_activities(&self, rows: &mut Rows, at_period: usize) -> Result<(), String> {
        let base = self.base;
        for (index, activity) in base.activities.iter().enumerate() {
            let name = |id: &str| at(id, at_period);
            let mut named = NamedActivity {
                workplace: activity.workplace,
                group: name(&base.groups[activity.group as usize]),
                capacity: self.capacity_there(index, at_period),
                outputs: named(&activity.outputs, |of| name(&base.products[of].id)),
                inputs: named(&activity.inputs, |of| name(&base.products[of].id)),
                labour: named(&activity.labour, |of| name(&base.grades[of].id)),
                satellites: named(&activity.satellites, |of| name(&base.satellites[of].id)),
            };
            for (satellite, _) in self.horizon.budgets.iter() {
                let load = activity.satellites.iter().find(|flow| flow.of as usize == *satellite);
                let budget = base.satellites[*satellite].id.clone();
                named.satellites.extend(load.map(|flow| (budget, flow.quantity)));
            }
            if self.is_built(index) {
                named.inputs.push((name(&capacity_id(&activity.id)), LEVEL_ONE));
                named.capacity = self.at_most[at_period][index];
            }
            for gain in &self.built_by[index] {
                self.add_gain(&mut named, gain, at_period);
            }
            for later in &self.later_by[index] {
                self.add_later(&mut named, later, at_period);
            }
            rows.add_activity(name(&activity.id), named)?;
        }
        Ok(())
    }

    /// What a level of 1 in this period adds to the capacities of later ones, jointly.
    fn add_gain(&self, builder: &mut NamedActivity, gain: &Gain, at_period: usize) {
        let target = gain.of as usize;
        let id = capacity_id(&self.base.activities[target].id);
        let last = self.horizon.periods.len();
        for later in at_period + gain.after..=last {
            let quantity = worn(gain.quantity, self.kept(target), later - at_period - gain.after);
            let product = match later {
                _ if later < last => at(&id, later),
                _ if self.closing(target) > 0 => at_end(&id),
                _ => continue,
            };
            builder.add_output(product, quantity);
        }
    }

    fn add_later(&self, activity: &mut NamedActivity, later: &Later, at_period: usize) {
        let id = &self.base.products[later.of as usize].id;
        let closing = self.horizon.stores.get(&(later.of as usize)).map_or(0, |store| store.closing);
        let last = self.horizon.periods.len();
        match at_period + later.after {
            there if there < last => activity.add_output(at(id, there), later.quantity),
            _ if closing > 0 => activity.add_output(at_end(id), later.quantity),
            _ => {}
        }
    }

    fn add_needs(&self, rows: &mut Rows, at_period: usize, period: &Period) -> Result<(), String> {
        for need in &self.base.needs {
            let id = at(&need.id, at_period);
            let mut bundle = Vec::new();
            for flow in &need.bundle {
                let product = &self.base.products[flow.of as usize].id;
                let quantity = grown(&need.id, "needs", flow.quantity, period.needs)?;
                bundle.push((at(product, at_period), quantity));
            }
            let weight = grown(&need.id, "weight", need.weight, period.weight)?;
            let row = Need { id: id.clone(), weight, bundle: Vec::new(), ..need.clone() };
            rows.needs.insert(id, (row, bundle));
        }
        Ok(())
    }

    /// An activity a period for each store: at level 1 it carries all that the store holds.
    fn add_stores(&self, rows: &mut Rows) -> Result<(), String> {
        for (&index, store) in &self.horizon.stores {
            let product = &self.base.products[index];
            for period in 0..self.horizon.periods.len() {
                let is_last = period + 1 == self.horizon.periods.len();
                if store.limit == 0 || (is_last && store.closing == 0) {
                    continue;
                }
                let next = if is_last { at_end(&product.id) } else { at(&product.id, period + 1) };
                let kept = part(store.limit, store.kept).unwrap_or(0);
                let outputs = if kept > 0 { vec![(next, kept)] } else { Vec::new() };
                let carrying = NamedActivity {
                    workplace: store.workplace,
                    group: at("store", period),
                    capacity: LEVEL_ONE,
                    outputs,
                    inputs: vec![(at(&product.id, period), store.limit)],
                    labour: Vec::new(),
                    satellites: Vec::new(),
                };
                rows.add_activity(at(&store_id(&product.id), period), carrying)?;
            }
            self.add_closing_stock(rows, product, store)?;
        }
        Ok(())
    }

    fn add_closing_stock(&self, rows: &mut Rows, product: &Product, store: &Store) -> Result<(), String> {
        if store.closing == 0 {
            return Ok(());
        }
        rows.add_product(Product {
            id: at_end(&product.id),
            import_limit: 0,
            stock: 0,
            exports: store.closing,
            ..product.clone()
        })
    }

    /// A product a period for each capacity that can be built or is owed at the end: there in stock as far as it
    /// is left from the beginning, and made by what builds it.
    fn add_capacities(&self, rows: &mut Rows) -> Result<(), String> {
        for (index, activity) in self.base.activities.iter().enumerate() {
            let row = |id: String, stock: i64, exports: i64| Product {
                id,
                name: format!("Capacity of {}", activity.id),
                unit: "level".to_owned(),
                decimals: CAPACITY_DECIMALS,
                import_limit: 0,
                import_price: 10i64.pow(WEIGHT_DECIMALS),
                stock,
                exports,
            };
            let id = capacity_id(&activity.id);
            for period in (0..self.horizon.periods.len()).filter(|_| self.is_built(index)) {
                rows.add_product(row(at(&id, period), self.capacity_there(index, period), 0))?;
            }
            if self.closing(index) > 0 {
                let left = self.capacity_there(index, self.horizon.periods.len());
                rows.add_product(row(at_end(&id), left, self.closing(index)))?;
            }
        }
        Ok(())
    }

    fn add_budgets(&self, rows: &mut Rows) {
        for (&index, &ceiling) in &self.horizon.budgets {
            let satellite = Satellite { ceiling: Some(ceiling), ..self.base.satellites[index].clone() };
            rows.satellites.insert(satellite.id.clone(), satellite);
        }
    }

    fn is_built(&self, activity: usize) -> bool {
        !self.builders_of[activity].is_empty()
    }

    fn kept(&self, activity: usize) -> i64 {
        self.horizon.wear.get(&activity).map_or(LEVEL_ONE, |wear| wear.kept)
    }

    fn closing(&self, activity: usize) -> i64 {
        self.horizon.wear.get(&activity).map_or(0, |wear| wear.closing)
    }

    /// What is left of the capacity that is there at the beginning.
    fn capacity_there(&self, activity: usize, period: usize) -> i64 {
        worn(self.base.activities[activity].capacity, self.kept(activity), period)
    }

    /// Builders of earlier periods are known when a period comes, since building takes at least one.
    fn capacity_at_most(&self, activity: usize, period: usize) -> Result<i64, String> {
        let mut most = i128::from(self.capacity_there(activity, period));
        for gain in &self.builders_of[activity] {
            for built in 0..(period + 1).saturating_sub(gain.after) {
                let quantity = worn(gain.quantity, self.kept(activity), period - built - gain.after);
                let builders = self.at_most[built][gain.by as usize];
                most += i128::from(quantity) * i128::from(builders) / i128::from(LEVEL_ONE);
            }
        }
        i64::try_from(most).ok().filter(|most| *most <= LARGEST_MANTISSA).ok_or_else(|| {
            format!(
                "the capacity of `{}` could grow beyond 15 digits; lower the capacity of what builds it",
                self.base.activities[activity].id
            )
        })
    }
}

fn named(flows: &[Flow], name: impl Fn(usize) -> String) -> Vec<(String, i64)> {
    flows.iter().map(|flow| (name(flow.of as usize), flow.quantity)).collect()
}

fn grown(id: &str, what: &str, quantity: i64, factor: i64) -> Result<i64, String> {
    part(quantity, factor).ok_or_else(|| {
        format!("{what} of `{id}` times the period's multiple is beyond 15 digits; choose a larger unit")
    })
}

impl Rows {
    fn add_product(&mut self, product: Product) -> Result<(), String> {
        match self.products.insert(product.id.clone(), product) {
            Some(product) => Err(twice(&product.id)),
            None => Ok(()),
        }
    }

    fn add_activity(&mut self, id: String, activity: NamedActivity) -> Result<(), String> {
        self.groups.insert(activity.group.clone());
        match self.activities.insert(id.clone(), activity) {
            Some(_) => Err(twice(&id)),
            None => Ok(()),
        }
    }

    fn finish(self, base: &Economy, periods: usize) -> Economy {
        let products = indices(self.products.keys());
        let grades = indices(self.grades.keys());
        let satellites = indices(self.satellites.keys());
        let groups = indices(self.groups.iter());
        let activity = |(id, named): (String, NamedActivity)| Activity {
            id,
            workplace: named.workplace,
            group: groups[&named.group],
            capacity: named.capacity,
            outputs: flows(named.outputs, &products),
            inputs: flows(named.inputs, &products),
            labour: flows(named.labour, &grades),
            satellites: flows(named.satellites, &satellites),
        };
        let need =
            |(need, bundle): (Need, Vec<(String, i64)>)| Need { bundle: flows(bundle, &products), ..need };
        Economy {
            name: format!("{}, {periods} periods", base.name),
            activities: self.activities.into_iter().map(activity).collect(),
            needs: self.needs.into_values().map(need).collect(),
            products: self.products.into_values().collect(),
            grades: self.grades.into_values().collect(),
            satellites: self.satellites.into_values().collect(),
            groups: self.groups.into_iter().collect(),
            ..base.clone()
        }
    }
}

fn indices<'a>(ids: impl Iterator<Item = &'a String>) -> BTreeMap<String, u32> {
    ids.cloned().zip(0..).collect()
}

fn flows(named: Vec<(String, i64)>, indices: &BTreeMap<String, u32>) -> Vec<Flow> {
    let flow = |(id, quantity): (String, i64)| Flow { of: indices[&id], quantity };
    let mut flows: Vec<Flow> = named.into_iter().map(flow).filter(|flow| flow.quantity > 0).collect();
    flows.sort_unstable();
    flows
}

fn twice(id: &str) -> String {
    format!("unfolded over periods, the id `{id}` stands twice; choose another id")
}
