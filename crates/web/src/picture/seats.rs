//! A roll call as a seat plan: rows of seats in the order of the answers; a ring says whether a mandate was kept.

use super::{escaped, head};
use crate::words::Words;
use mandate_assembly::vote::Answer;
use std::f64::consts::PI;
use std::fmt::Write;

/// One delegate's seat.
pub struct Seat {
    /// The answer.
    pub voted: Voted,
    /// Whether it was as the mandate said, where there was one.
    pub kept: Option<bool>,
    /// Who, and what they answered.
    pub label: String,
}

/// An answer as it is drawn.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Voted {
    /// For, or the first choice.
    For,
    /// Against, or another choice.
    Against,
    /// Neither.
    Abstained,
}

impl Voted {
    /// How an answer is drawn.
    pub fn of(answer: &Answer) -> Self {
        match answer {
            Answer::For | Answer::Choice(1) => Self::For,
            Answer::Ranking(places) if places.first() == Some(&1) => Self::For,
            Answer::Abstain => Self::Abstained,
            _ => Self::Against,
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::For => "for",
            Self::Against => "against",
            Self::Abstained => "abstained",
        }
    }
}

/// The picture. Seats stand in half rings, filled from the left in the order given.
pub fn seats(plan: &[Seat], words: &Words) -> String {
    let count = |voted| plan.iter().filter(|seat| seat.voted == voted).count();
    let broken = plan.iter().filter(|seat| seat.kept == Some(false)).count();
    let description = words.say_with(
        "seats-about",
        &[
            ("for", count(Voted::For).into()),
            ("against", count(Voted::Against).into()),
            ("abstained", count(Voted::Abstained).into()),
            ("broken", broken.into()),
        ],
    );
    let places = places(plan.len());
    let mut svg = head("seats", 200.0, 108.0, &words.say("roll-call"), &description);
    let radius = places.1;
    for (seat, (x, y)) in plan.iter().zip(&places.0) {
        let mandate = match seat.kept {
            None => String::new(),
            Some(kept) => format!(
                "<circle class=\"{}\" cx=\"{x:.2}\" cy=\"{y:.2}\" r=\"{:.2}\"/>",
                if kept { "kept" } else { "broken" },
                radius * 1.35
            ),
        };
        let _ = write!(
            svg,
            "<g><title>{}</title><circle class=\"{}\" cx=\"{x:.2}\" cy=\"{y:.2}\" r=\"{radius:.2}\"/>{mandate}</g>",
            escaped(&seat.label),
            seat.voted.class()
        );
    }
    let _ = write!(svg, "</svg><figcaption>{}</figcaption>", escaped(&description));
    svg
}

/// Where so many seats stand, and how large each is: half rings one seat apart, the seats spread by their length.
fn places(seats: usize) -> (Vec<(f64, f64)>, f64) {
    let rows = (1..).find(|rows| capacity(*rows) >= seats).unwrap_or(1);
    let gap = 60.0 / (rows as f64).max(1.0);
    let lengths: Vec<f64> = (0..rows).map(|row| PI * (95.0 - gap * row as f64)).collect();
    let all: f64 = lengths.iter().sum();
    let mut spots: Vec<(f64, f64, f64)> = Vec::new();
    let mut left = seats;
    for (row, length) in lengths.iter().enumerate() {
        let share = (seats as f64 * length / all).round() as usize;
        let here = if row + 1 == rows { left } else { share.min(left) };
        left -= here;
        let radius = 95.0 - gap * row as f64;
        for place in 0..here {
            let angle = PI - PI * (place as f64 + 0.5) / here as f64;
            spots.push((angle, 100.0 + radius * angle.cos(), 102.0 - radius * angle.sin()));
        }
    }
    // From the left edge to the right across all rings, so that answers lie together in sectors.
    spots.sort_by(|a, b| b.0.total_cmp(&a.0));
    (spots.into_iter().map(|(_, x, y)| (x, y)).collect(), (gap * 0.36).min(5.0))
}

fn capacity(rows: usize) -> usize {
    let gap = 60.0 / rows as f64;
    (0..rows).map(|row| (PI * (95.0 - gap * row as f64) / gap) as usize).sum()
}
