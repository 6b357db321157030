//! The flow of votes from stage to stage as an SVG picture.
//!
//! Each stage is a row of bars, as wide as the candidates' votes; bands lead from bar to bar where votes stayed or
//! moved. It reads in black and white: bars are outlined and labelled, the elected carry a tick, and title and
//! description say in words what the picture shows.

use super::text;
use crate::{Count, Election, Votes};
use num_traits::ToPrimitive;
use std::fmt::Write;

const WIDTH: f64 = 960.0;
const BAR_HEIGHT: f64 = 22.0;
const ROW_HEIGHT: f64 = 92.0;
const TOP: f64 = 56.0;
const GAP: f64 = 6.0;

/// The picture of a count whose stages have votes.
pub fn flow(election: &Election, count: &Count) -> String {
    let height = TOP + ROW_HEIGHT * count.stages.len() as f64;
    let title = if election.title.is_empty() { "Count" } else { &election.title };
    let mut picture = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-labelledby=\"title description\" font-family=\"sans-serif\" font-size=\"11\">\n\
         <title id=\"title\">{}: {}</title>\n<desc id=\"description\">{}</desc>\n",
        escaped(title),
        escaped(&text::heading(count)),
        escaped(&description(election, count)),
    );
    let layout = Layout::of(count);
    for (row, stage) in count.stages.iter().enumerate() {
        if row > 0 {
            bands(&mut picture, &layout, count, row);
        }
        let y = TOP + ROW_HEIGHT * row as f64;
        let label = format!("{}. {}", stage.number, text::action(&stage.action));
        let _ = writeln!(
            picture,
            "<text x=\"0\" y=\"{:.1}\" font-weight=\"bold\">{}</text>",
            y - 6.0,
            escaped(&label)
        );
        for candidate in 0..election.candidates.len() {
            bar(&mut picture, &layout, election, count, row, candidate, y);
        }
    }
    picture.push_str("</svg>\n");
    picture
}

/// Where each bar stands: left edge and width, by stage and candidate.
struct Layout {
    bars: Vec<Vec<(f64, f64)>>,
    per_vote: f64,
}

impl Layout {
    fn of(count: &Count) -> Self {
        let sum = |stage: &crate::Stage| stage.totals.iter().map(number).sum::<f64>();
        let most = count.stages.iter().map(sum).fold(0.0, f64::max).max(1e-9);
        let candidates = count.stages.first().map_or(0, |stage| stage.totals.len());
        let per_vote = (WIDTH - GAP * candidates as f64).max(1.0) / most;
        let row = |stage: &crate::Stage| {
            let mut left = 0.0;
            let place = |votes: &Votes| {
                let bar = (left, number(votes) * per_vote);
                left += bar.1 + GAP;
                bar
            };
            stage.totals.iter().map(place).collect()
        };
        Self { bars: count.stages.iter().map(row).collect(), per_vote }
    }
}

/// For drawing only; nothing is decided by it.
fn number(votes: &Votes) -> f64 {
    votes.to_rational().to_f64().unwrap_or(0.0)
}

fn bar(
    picture: &mut String,
    layout: &Layout,
    election: &Election,
    count: &Count,
    row: usize,
    candidate: usize,
    y: f64,
) {
    let (left, width) = layout.bars[row][candidate];
    if width <= 0.0 {
        return;
    }
    let number = candidate as u16 + 1;
    let stage = &count.stages[row];
    let elected = count.elected.iter().any(|it| it.candidate == number && it.stage <= stage.number);
    let tick = if elected { " ✓" } else { "" };
    let votes = stage.totals[candidate].to_decimal(0);
    let _ = writeln!(
        picture,
        "<g><title>{number} {}: {}</title><rect x=\"{left:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" \
         height=\"{BAR_HEIGHT}\" fill=\"{}\" stroke=\"black\"/>{}</g>",
        escaped(election.name(number)),
        stage.totals[candidate],
        if elected { "#bbbbbb" } else { "white" },
        if width > 18.0 {
            format!("<text x=\"{:.1}\" y=\"{:.1}\">{number}{tick} {votes}</text>", left + 3.0, y + 15.0)
        } else {
            String::new()
        },
    );
}

/// Bands from the stage before: what moved by its transfers, and under each bar what stayed.
fn bands(picture: &mut String, layout: &Layout, count: &Count, row: usize) {
    let top = TOP + ROW_HEIGHT * (row - 1) as f64 + BAR_HEIGHT;
    let bottom = TOP + ROW_HEIGHT * row as f64;
    let mut moved_out = vec![0.0; layout.bars[row].len()];
    let mut moved_in = vec![0.0; layout.bars[row].len()];
    let mut band = |from: (f64, f64), to: (f64, f64), shade: &str| {
        if to.1 > 0.0 {
            let _ = writeln!(
                picture,
                "<path d=\"M{:.1} {top:.1}L{:.1} {top:.1}L{:.1} {bottom:.1}L{:.1} {bottom:.1}Z\" fill=\"{shade}\" \
                 fill-opacity=\"0.6\"/>",
                from.0,
                from.0 + from.1,
                to.0 + to.1,
                to.0
            );
        }
    };
    for transfer in &count.stages[row].transfers {
        let (Some(to), true) = (transfer.to, transfer.from > 0) else { continue };
        let (from, to) = (usize::from(transfer.from) - 1, usize::from(to) - 1);
        let width = number(&transfer.votes) * layout.per_vote;
        let (from_left, from_width) = layout.bars[row - 1][from];
        let (to_left, to_width) = layout.bars[row][to];
        moved_out[from] += width;
        moved_in[to] += width;
        let start = from_left + (from_width - moved_out[from]).max(0.0);
        band((start, width), (to_left + (to_width - moved_in[to]).max(0.0), width), "#888888");
    }
    for (candidate, came) in moved_in.iter().enumerate() {
        let stayed = (layout.bars[row][candidate].1 - came).max(0.0);
        band((layout.bars[row - 1][candidate].0, stayed), (layout.bars[row][candidate].0, stayed), "#dddddd");
    }
}

fn description(election: &Election, count: &Count) -> String {
    let elected = text::elected_line(election, count);
    let stages: Vec<String> = count
        .stages
        .iter()
        .map(|stage| format!("stage {}: {}", stage.number, text::action(&stage.action)))
        .collect();
    format!("Votes stage by stage. {}. Elected: {elected}.", stages.join("; "))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
