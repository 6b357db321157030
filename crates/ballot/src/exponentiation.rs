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
fn window_bits(exponent_bits: u32) -> u32 {
    if exponent_bits > 1024 { 5 } else { 4 }
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

    /// See [`crate::group::Group::combine`]: four jobs at a time, those without y apart, so that its table is not
    /// gone through for nothing, and those apart whose exponents have a short sum.
    pub(crate) fn combine(&self, jobs: &[Job<FieldGroup<F>>]) -> Vec<Vec<Residue<F::Modulus>>> {
        let kind = |&place: &usize| {
            let has_y = jobs[place].terms.iter().any(|term| term.y.is_some());
            (short_sum(&jobs[place]).is_some(), has_y, jobs[place].terms.len())
        };
        let mut places: Vec<usize> = (0..jobs.len()).collect();
        places.sort_by_key(kind);
        let quads: Vec<&[usize]> = places
            .chunk_by(|one, other| kind(one) == kind(other))
            .flat_map(|same| same.chunks(LANES))
            .collect();
        let mut powers: Vec<Vec<Lanes>> = quads
            .iter()
            .map(|places| self.variable_powers(&places.iter().map(|&place| &jobs[place]).collect::<Vec<_>>()))
            .collect();
        let summed = quads.iter().map(|places| short_sum(&jobs[places[0]]).is_some());
        self.divide_last(
            powers.iter_mut().zip(summed).filter(|(_, summed)| *summed).map(|(powers, _)| powers),
        );
        let mut results = vec![Vec::new(); jobs.len()];
        for (places, powers) in quads.iter().zip(powers) {
            let own: Vec<&Job<FieldGroup<F>>> = places.iter().map(|&place| &jobs[place]).collect();
            for (&place, result) in places.iter().zip(self.with_fixed_bases(powers, &own)) {
                results[place] = result;
            }
        }
        results
    }

    /// Powers of the variable bases of four jobs of one kind, term by term; where the exponents have a short sum, the
    /// power to it stands in the last one's place.
    fn variable_powers(&self, jobs: &[&Job<FieldGroup<F>>]) -> Vec<Lanes> {
        let points: Vec<Residue<F::Modulus>> = jobs.iter().map(|job| job.variable).collect();
        let terms = jobs[0].terms.len();
        let exponent = |job: &&Job<FieldGroup<F>>, term: usize| match short_sum(job) {
            Some(sum) if term + 1 == terms => sum,
            _ => job.terms[term].variable,
        };
        let exponents: Vec<[U2048; LANES]> = (0..terms)
            .map(|term| {
                std::array::from_fn(|lane| {
                    jobs.get(lane).map_or(U2048::ZERO, |job| exponent(job, term).to_number())
                })
            })
            .collect();
        self.powers(&points, &exponents)
    }

    /// v^c for the last exponent c, from v^(sum of all) and the powers to the others: v^sum / ∏ v^others. The
    /// inverses of all are computed with one inversion.
    fn divide_last<'a>(&self, quads: impl Iterator<Item = &'a mut Vec<Lanes>>) {
        let mut before = self.field.one;
        let mut divided = Vec::new();
        for powers in quads {
            let Some((last, others)) = powers.split_last_mut() else { continue };
            let divisor =
                others.iter().skip(1).fold(others[0], |product, power| self.field.multiply(&product, power));
            let next = self.field.multiply(&before, &divisor);
            divided.push((last, divisor, before));
            before = next;
        }
        if divided.is_empty() {
            return;
        }
        let mut inverse = self.field.load(&invert_all(self.field.store::<F::Modulus>(&before)));
        for (last, divisor, before) in divided.into_iter().rev() {
            *last = self.field.multiply(last, &self.field.multiply(&inverse, &before));
            inverse = self.field.multiply(&inverse, &divisor);
        }
    }

    /// The powers times those of g and y.
    fn with_fixed_bases(
        &self,
        mut powers: Vec<Lanes>,
        jobs: &[&Job<FieldGroup<F>>],
    ) -> Vec<Vec<Residue<F::Modulus>>> {
        for (base, part) in [(&self.g, (|term| term.g) as Part<F>), (&self.y, |term| term.y)] {
            for (place, power) in powers.iter_mut().enumerate() {
                let exponents = std::array::from_fn(|lane| {
                    let own = jobs.get(lane).and_then(|job| part(&job.terms[place]));
                    own.map_or(U2048::ZERO, |exponent| exponent.to_number())
                });
                *power = base.multiply_power(&self.field, power, &exponents);
            }
        }
        let stored: Vec<_> = powers.iter().map(|power| self.field.store::<F::Modulus>(power)).collect();
        (0..jobs.len()).map(|lane| stored.iter().map(|power| power[lane]).collect()).collect()
    }

    /// point^exponent for each exponent, sharing the squarings (Yao's method: point^(2^i) is computed once; where a
    /// window of an exponent begins, it is multiplied into one bucket for each value of the window). Bucket 0 is never
    /// read.
    fn powers(&self, points: &[Residue<F::Modulus>], exponents: &[[U2048; LANES]]) -> Vec<Lanes> {
        let mut powers: Vec<YaoPower> =
            exponents.iter().map(|exponents| YaoPower::new(exponents, self.field.one)).collect();
        let bits = exponents.iter().flatten().map(U2048::bit_width_vartime).max().unwrap_or(0);
        let mut square = self.field.load(points);
        for position in 0..bits {
            if position > 0 {
                self.field.square(&mut square);
            }
            for power in &mut powers {
                power.take(&self.field, position, &square);
            }
        }
        powers.iter().map(|power| self.weigh(&power.buckets[1..])).collect()
    }

    /// ∏ bucket[i]^(i + 1)
    fn weigh(&self, buckets: &[Lanes]) -> Lanes {
        let (mut running, mut total) = (self.field.one, self.field.one);
        for bucket in buckets.iter().rev() {
            self.field.multiply_by(&mut running, bucket);
            self.field.multiply_by(&mut total, &running);
        }
        total
    }
}

/// Four exponents of one base, and the buckets of their windows' values.
struct YaoPower<'a> {
    exponents: &'a [U2048; LANES],
    window_bits: u32,
    buckets: Vec<Lanes>,
}

impl<'a> YaoPower<'a> {
    fn new(exponents: &'a [U2048; LANES], one: Lanes) -> Self {
        let window_bits = window_bits(exponents.iter().map(U2048::bit_width_vartime).max().unwrap_or(0));
        Self { exponents, window_bits, buckets: vec![one; 1 << window_bits] }
    }

    /// Takes base^(2^position) where a window begins there.
    fn take(&mut self, field: &LaneField, position: u32, square: &Lanes) {
        if !position.is_multiple_of(self.window_bits) {
            return;
        }
        let digits = digits(self.exponents, position, self.window_bits);
        if digits != [0; LANES] {
            let mut bucket = Lanes::gather(&self.buckets, digits);
            field.multiply_by(&mut bucket, square);
            bucket.scatter(&mut self.buckets, digits);
        }
    }
}

/// The exponent of a fixed base in a term.
type Part<F> = fn(&Term<FieldScalar<F>>) -> Option<FieldScalar<F>>;

/// The sum of a job's exponents, where it is worth a division: a hash is no shorter than a q of 256 bits.
fn short_sum<F: Field>(job: &Job<FieldGroup<F>>) -> Option<FieldScalar<F>> {
    job.sum.filter(|_| F::ORDER_BITS > 1024)
}

/// The inverses of four numbers. None of them is 0: points are not, and p is prime.
fn invert_all<M: ConstMontyParams<LIMBS>>(numbers: [Residue<M>; LANES]) -> [Residue<M>; LANES] {
    let all = numbers.iter().fold(Residue::<M>::ONE, |product, number| product * number);
    let inverse: Option<Residue<M>> = all.invert_vartime().into();
    let inverse = inverse.unwrap_or(Residue::ZERO);
    std::array::from_fn(|lane| {
        let others = (0..LANES).filter(|other| *other != lane);
        others.fold(inverse, |product, other| product * numbers[other])
    })
}

/// base^(d · 2^(w·i)) for every window i of w bits and every digit d of it, 0 included.
struct FixedBase {
    window_bits: u32,
    rows: Vec<Vec<Narrow>>,
}

impl FixedBase {
    /// Tables of two bases, which are made together, the upper halves beside the lower ones.
    fn pair<F: Field>(field: &LaneField, bases: [Residue<F::Modulus>; 2], uses: usize) -> [Self; 2] {
        // A row costs 2^bits products of four numbers to make; a use then costs one for each row.
        let window_bits = match uses {
            0..=32 => 4,
            33..=128 => 5,
            129..=256 => 6,
            257..=512 => 7,
            _ => 8,
        };
        let half = F::ORDER_BITS.div_ceil(window_bits).div_ceil(2);
        let mut upper = field.load(&bases);
        for _ in 0..half * window_bits {
            field.square(&mut upper);
        }
        let [g, y, ..] = field.store::<F::Modulus>(&upper);
        let mut first = field.load(&[bases[0], bases[1], g, y]);
        let mut rows = [const { Vec::new() }; LANES];
        for _ in 0..half {
            let mut power = field.one;
            let mut row = [const { Vec::new() }; LANES];
            for _ in 0..1 << window_bits {
                for (lane, row) in row.iter_mut().enumerate() {
                    row.push(power.narrow(lane));
                }
                field.multiply_by(&mut power, &first);
            }
            first = power;
            for (rows, row) in rows.iter_mut().zip(row) {
                rows.push(row);
            }
        }
        let [g, y, g_upper, y_upper] = rows;
        [[g, g_upper], [y, y_upper]].map(|halves| Self { window_bits, rows: halves.concat() })
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
                field.multiply_by(&mut product, &Lanes::widen(digits.map(|digit| &row[digit])));
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
