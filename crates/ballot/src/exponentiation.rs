//! Powers with public exponents in the groups modulo a prime of 2,048 bits. They take time that depends on the
//! exponents.

use crate::field::{Field, FieldGroup, FieldScalar, Residue};
use crate::group::{Job, Term};
use crate::lanes::{LANES, LaneField, Lanes, Narrow};
use crypto_bigint::U2048;
use crypto_bigint::modular::ConstMontyParams;
use std::marker::PhantomData;

const LIMBS: usize = U2048::LIMBS;

/// Bits of a window of a variable base: each exponent costs a multiplication a window and 2^(bits + 1) more.
fn window_bits<F: Field>() -> u32 {
    if F::ORDER_BITS > 1024 { 5 } else { 4 }
}

/// Tables for the bases g and y.
pub struct FieldBases<F: Field> {
    field: LaneField,
    g: FixedBase,
    y: FixedBase,
    group: PhantomData<F>,
}

impl<F: Field> FieldBases<F> {
    pub(crate) fn new(g: &Residue<F::Modulus>, y: &Residue<F::Modulus>, uses: usize) -> Self {
        let field = LaneField::new::<F::Modulus>();
        let [g, y] = FixedBase::pair::<F>(&field, [*g, *y], uses);
        Self { field, g, y, group: PhantomData }
    }

    /// See [`crate::group::Group::combine`]: four jobs at a time.
    pub(crate) fn combine(&self, jobs: &[Job<FieldGroup<F>>]) -> Vec<Vec<Residue<F::Modulus>>> {
        jobs.chunks(LANES).flat_map(|jobs| self.combine_lanes(jobs)).collect()
    }

    fn combine_lanes(&self, jobs: &[Job<FieldGroup<F>>]) -> Vec<Vec<Residue<F::Modulus>>> {
        let points: Vec<Residue<F::Modulus>> = jobs.iter().map(|job| job.variable).collect();
        let terms = jobs.iter().map(|job| job.terms.len()).max().unwrap_or(0);
        let exponents = |part: fn(&Term<FieldScalar<F>>) -> Option<FieldScalar<F>>| -> Vec<[U2048; LANES]> {
            (0..terms)
                .map(|term| {
                    std::array::from_fn(|lane| {
                        let own = jobs.get(lane).and_then(|job| job.terms.get(term)).and_then(part);
                        own.map_or(U2048::ZERO, |exponent| exponent.to_number())
                    })
                })
                .collect()
        };
        let mut powers = self.powers(&points, &exponents(|term| Some(term.variable)));
        for (base, exponents) in [(&self.g, exponents(|term| term.g)), (&self.y, exponents(|term| term.y))] {
            for (power, exponents) in powers.iter_mut().zip(&exponents) {
                *power = base.multiply_power(&self.field, power, exponents);
            }
        }
        let stored: Vec<_> = powers.iter().map(|power| self.field.store::<F::Modulus>(power)).collect();
        jobs.iter()
            .enumerate()
            .map(|(lane, job)| stored[..job.terms.len()].iter().map(|power| power[lane]).collect())
            .collect()
    }

    /// point^exponent for each exponent, sharing the squarings (Yao's method: point^(2^(w·i)) is computed once;
    /// each exponent multiplies these powers into one bucket for each value of a window). Bucket 0 is never read.
    fn powers(&self, points: &[Residue<F::Modulus>], exponents: &[[U2048; LANES]]) -> Vec<Lanes> {
        let bits = window_bits::<F>();
        let mut buckets = vec![vec![self.field.one; 1 << bits]; exponents.len()];
        let mut square = self.field.load(points);
        for window in 0..F::ORDER_BITS.div_ceil(bits) {
            for (exponents, buckets) in exponents.iter().zip(&mut buckets) {
                let digits = digits(exponents, window * bits, bits);
                if digits != [0; LANES] {
                    let bucket = Lanes::gather(buckets, digits);
                    self.field.multiply(&bucket, &square).scatter(buckets, digits);
                }
            }
            for _ in 0..bits {
                square = self.field.square(&square);
            }
        }
        buckets.iter().map(|buckets| self.weigh(&buckets[1..])).collect()
    }

    /// ∏ bucket[i]^(i + 1)
    fn weigh(&self, buckets: &[Lanes]) -> Lanes {
        let (mut running, mut total) = (self.field.one, self.field.one);
        for bucket in buckets.iter().rev() {
            running = self.field.multiply(&running, bucket);
            total = self.field.multiply(&total, &running);
        }
        total
    }
}

/// base^(d · 2^(w·i)) for every window i of w bits and every digit d of it, 0 included.
struct FixedBase {
    window_bits: u32,
    rows: Vec<Vec<Narrow>>,
}

impl FixedBase {
    /// Tables of two bases, which are made together.
    fn pair<F: Field>(field: &LaneField, bases: [Residue<F::Modulus>; 2], uses: usize) -> [Self; 2] {
        let window_bits = match uses {
            0..=64 => 4,
            65..=2048 => 6,
            _ => 8,
        };
        let mut first = field.load(&bases);
        let mut tables = [0, 1].map(|_| Self { window_bits, rows: Vec::new() });
        for _ in 0..F::ORDER_BITS.div_ceil(window_bits) {
            let mut power = field.one;
            let mut row = Vec::with_capacity(1 << window_bits);
            for _ in 0..1 << window_bits {
                row.push(power);
                power = field.multiply(&power, &first);
            }
            first = power;
            for (lane, table) in tables.iter_mut().enumerate() {
                table.rows.push(row.iter().map(|power| power.narrow(lane)).collect());
            }
        }
        tables
    }

    /// start · base^exponents, lane by lane.
    fn multiply_power(&self, field: &LaneField, start: &Lanes, exponents: &[U2048; LANES]) -> Lanes {
        let mut product = *start;
        if exponents.iter().all(|exponent| *exponent == U2048::ZERO) {
            return product;
        }
        for (window, row) in self.rows.iter().enumerate() {
            let digits = digits(exponents, window as u32 * self.window_bits, self.window_bits);
            if digits != [0; LANES] {
                product = field.multiply(&product, &Lanes::widen(digits.map(|digit| &row[digit])));
            }
        }
        product
    }
}

/// ∏ points^exponents, sharing the squarings among all points (Pippenger's method: from the highest window down,
/// every point goes into the bucket of its digit).
pub(crate) fn product<F: Field>(points: &[Residue<F::Modulus>], exponents: &[U2048]) -> Residue<F::Modulus> {
    let window_bits = match points.len() {
        0..=2 => 2,
        3..=15 => 3,
        16..=255 => 5,
        _ => 8,
    };
    let mut total = Residue::ONE;
    for window in (0..F::ORDER_BITS.div_ceil(window_bits)).rev() {
        for _ in 0..window_bits {
            total = total.square();
        }
        let mut buckets = vec![None; (1 << window_bits) - 1];
        for (point, exponent) in points.iter().zip(exponents) {
            let digit = digit(exponent, window * window_bits, window_bits);
            if digit > 0 {
                multiply_into(&mut buckets[digit - 1], point);
            }
        }
        total *= weigh::<F>(&buckets);
    }
    total
}

/// ∏ bucket[i]^(i + 1)
fn weigh<F: Field>(buckets: &[Option<Residue<F::Modulus>>]) -> Residue<F::Modulus> {
    let (mut running, mut total) = (None, None);
    for bucket in buckets.iter().rev() {
        if let Some(bucket) = bucket {
            multiply_into(&mut running, bucket);
        }
        if let Some(running) = &running {
            multiply_into(&mut total, running);
        }
    }
    total.unwrap_or(Residue::ONE)
}

fn multiply_into<M: ConstMontyParams<LIMBS>>(target: &mut Option<Residue<M>>, factor: &Residue<M>) {
    *target = Some(match target {
        Some(value) => *value * factor,
        None => *factor,
    });
}

/// The digits of four exponents.
fn digits(exponents: &[U2048; LANES], position: u32, bits: u32) -> [usize; LANES] {
    std::array::from_fn(|lane| digit(&exponents[lane], position, bits))
}

/// `bits` bits of a number from bit `position` on.
fn digit(number: &U2048, position: u32, bits: u32) -> usize {
    let words = number.as_words();
    let (word, offset) = ((position / 64) as usize, position % 64);
    let low = words[word] >> offset;
    let high = match words.get(word + 1) {
        Some(next) if offset + bits > 64 => next << (64 - offset),
        _ => 0,
    };
    ((low | high) & ((1 << bits) - 1)) as usize
}
