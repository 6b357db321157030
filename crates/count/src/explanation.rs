//! Each rule in plain words, for those who have to explain it to a meeting.

use crate::Rule;

impl Rule {
    /// The rule in plain words: what a ballot is, who is elected, what happens to ties and odd ballots.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::ScottishStv => {
                "A ballot ranks candidates. The quota is the votes divided by the seats and one, whole votes only, plus \
                 one. Whoever has the quota is elected. The largest surplus goes on first: every paper of that candidate \
                 moves to its next preference at a part of its value, cut off after five decimal places. When there is \
                 no surplus, the candidate with fewest votes is excluded and their papers move on at the value they \
                 have. When as many candidates are left as seats, they are elected. Ties go by the votes at the most \
                 recent earlier stage at which the tied were unequal, then by lot. A paper without a first preference \
                 for one candidate alone is invalid; beyond a skipped or repeated rank it says nothing more."
            }
            Self::Ers97 => {
                "A ballot ranks candidates. The quota is the votes divided by the seats and one, to two decimal places, \
                 rounded up; as long as nobody is elected it falls when papers run out of preferences. A surplus goes \
                 on from the batch of papers that was received last. Surpluses too small to change who is lowest wait. \
                 As many of the lowest as cannot catch up are excluded together, their papers in batches of falling \
                 value; after each batch, whoever has the quota, or so many votes that they cannot be overtaken, is \
                 elected. Ties go by the earliest point at which the tied were unequal, then by lot."
            }
            Self::NorthernIreland => {
                "A ballot ranks candidates. The quota is the votes divided by the seats and one, whole votes only, plus \
                 one. A surplus goes on from the papers received last, at a value cut off after two decimal places. \
                 Surpluses too small to change who is lowest wait. The lowest is excluded, or several who together are \
                 below the next: first-preference papers first, then the others in order of value. With one seat left, \
                 whoever has as many votes as all others together is elected. Ties go by the earliest stage at which \
                 the tied were unequal, then by lot."
            }
            Self::Irish => {
                "A ballot ranks candidates. The quota is the votes divided by the seats and one, whole votes only, plus \
                 one. Papers move whole. The largest surplus goes on from the papers received last: each candidate who is \
                 next on them gets so many of them as is their share, the last ones filed. Surpluses too small to change \
                 who is lowest wait, unless they decide who gets their expenses back (a quarter of the quota). The lowest \
                 is excluded, or several who together are below the next. Ties go by the earliest count at which the tied \
                 were unequal, then by lot. The papers are mixed before: their order comes from the seed."
            }
            Self::AustralianSenate => {
                "A ballot ranks candidates. The quota is the votes divided by the seats and one, whole votes only, plus \
                 one. Surpluses go on in the order in which they arose, the larger first: all papers of the candidate \
                 move, each worth the surplus divided by their number, and candidates are credited with whole votes only. \
                 With no surplus left, the candidate with fewest votes is excluded, and their papers go on at the values \
                 that they have, the highest first. Of the last two for the last seat, whoever has more votes is elected. \
                 Ties go by the last count at which the tied were unequal, then by lot (in Australia, as the Electoral \
                 Officer determines). Beyond a skipped or repeated rank a ballot says nothing more."
            }
            Self::Cambridge => {
                "A ballot ranks candidates. The quota is the votes divided by the seats and one, whole votes only, plus \
                 one. Papers move whole. Of a surplus every nth paper goes on, n being papers divided by surplus; whoever \
                 reaches the quota takes no more. Then all with fewer than fifty papers are defeated together, and after \
                 that the lowest, one by one. Skipped and repeated ranks are passed over. Ties go by the votes before the \
                 last transfer, then before that one, then by lot. The order of the papers comes from the seed; in \
                 Cambridge the precincts are drawn."
            }
            Self::BottomsUp => {
                "A ballot ranks candidates. The last is eliminated and their ballots go to the next preference, until as \
                 many candidates are left as seats. There is no quota and no surplus, so that it is only roughly \
                 proportional. Skipped ranks are passed over; two candidates in one rank end a ballot. Ties are broken by \
                 lot."
            }
            Self::Meek => {
                "A ballot ranks candidates. Each elected candidate keeps just the proportion of every vote that leaves \
                 them with the quota, and the rest goes on; excluded candidates keep nothing, as if they had never \
                 stood. The proportions are computed again and again until no surplus is left, and the quota falls as \
                 votes run out of preferences. Nine decimal places are kept, or fractions without rounding if that is \
                 asked for; whoever is lowest by less than the surplus that is left is tied. Ties are broken by lot."
            }
            Self::Warren => {
                "As Meek's method, except that each elected candidate takes the same amount from every vote that still \
                 has so much, instead of the same proportion."
            }
            Self::Minneapolis => {
                "A ballot ranks candidates. The threshold is the votes divided by the seats and one, whole votes only, \
                 plus one. In each round all who cannot win any more are defeated together; else the largest surplus \
                 goes on, its papers at a part of their value with four decimal places; else the lowest is defeated. \
                 Skipped and overvoted ranks are passed over. Ties are broken by lot."
            }
            Self::InstantRunoff => {
                "A ballot ranks candidates, for one seat. Whoever has more than half of the ballots that still count is \
                 elected. Otherwise the last is eliminated, or several who together have fewer votes than the next, \
                 and their ballots go to the next preference. Skipped ranks are passed over; two candidates in one rank \
                 end a ballot. Ties are broken by lot."
            }
            Self::Maine => {
                "A ballot ranks candidates, for one seat. The last is eliminated and their ballots go to the next \
                 preference, until two are left; the one with more votes is elected. One skipped rank is passed over; \
                 two in a row, or two candidates in one rank, end a ballot. Ties are broken by lot."
            }
            Self::RcTab => {
                "A ballot ranks candidates. Whoever reaches the threshold is elected; otherwise the last is eliminated, \
                 and their ballots go to the next candidate who continues. For several seats the threshold is the votes \
                 divided by the seats and one, whole votes only, plus one; one candidate a round is elected, and each of \
                 their papers goes on at a part of its value with four decimal places. Two candidates in one rank, or \
                 two skipped ranks in a row, end a ballot. Ties go by the most recent round in which the tied were \
                 unequal, then by lot. A configuration file of RCTab in place of the ballots chooses other variants: \
                 several elected in a round, seat by seat, bottoms-up to a number or to a threshold, batches, other \
                 readings of overvotes and skipped ranks."
            }
            Self::Plurality => {
                "A ballot is one vote for the candidate it puts first. Those with most votes are elected; for several \
                 seats this is the single non-transferable vote. Ties for the last seat are broken by lot."
            }
            Self::TwoRounds => {
                "A ballot ranks candidates, for one seat. Whoever is first on more than half of the ballots is elected. \
                 Otherwise the first two meet in a second round, in which each ballot counts for the one it ranks \
                 higher. Ties are broken by lot."
            }
            Self::Schulze => {
                "A ballot ranks candidates; several may share a rank, and those not ranked come last. Every two are \
                 compared: how many ballots put one above the other. A path from one candidate to another leads over \
                 such victories and is as strong as its weakest. Whoever has the stronger path to every other \
                 candidate is elected. Ties are broken by lot. For several seats the order goes on, which is not \
                 proportional."
            }
            Self::RankedPairs => {
                "A ballot ranks candidates; several may share a rank, and those not ranked come last. Every two are \
                 compared. The victories are locked in from the largest majority to the smallest, leaving out each that \
                 contradicts those locked in before. Whoever is beaten by nobody in what remains is elected. Where \
                 equal majorities contradict each other, a lot decides their order."
            }
            Self::Copeland => {
                "A ballot ranks candidates. Every two are compared: a point for a victory, half a point for a tie. The \
                 most points win; ties are broken by lot."
            }
            Self::Borda => {
                "A ballot ranks candidates and gives each a point for every candidate below. Candidates that it leaves \
                 level, or does not rank, share the points of their places. The most points win; ties are broken by \
                 lot."
            }
            Self::MajorityJudgement => {
                "A ballot grades candidates: those in its first rank get the best grade, and so on; whoever is not on \
                 it gets the worst. The best median grade wins. Of candidates with the same median, one ballot of that \
                 grade each is taken away until the medians differ. Candidates with the same grades go by lot."
            }
            Self::Star => {
                "A ballot gives stars, for one seat: five to its first rank, one less to each next, none to whoever is \
                 not on it. The two with most stars meet in a runoff, in which each ballot counts for the one to whom \
                 it gave more. Ties go by comparison in pairs, then by ratings of five stars, then by lot."
            }
            Self::Approval => {
                "A ballot names everybody it approves of, in any order. Those with most approvals are elected; ties for \
                 the last seat are broken by lot."
            }
            Self::ProportionalApproval => {
                "A ballot names everybody it approves of. A committee is worth to a ballot 1 for the first of its \
                 members that the ballot names, a half more for the second, a third for the third. The committee that is \
                 worth most to all ballots together is elected, so that a third of the voters who agree get a third of \
                 the seats. Several such committees go by lot."
            }
            Self::SequentialProportionalApproval => {
                "As proportional approval, but seat by seat: each goes to the candidate who adds most. Ties are broken \
                 by lot."
            }
            Self::ChamberlinCourant => {
                "A ballot names everybody it approves of. The committee that leaves the fewest ballots without anybody \
                 they named is elected. Several such committees go by lot."
            }
            Self::SequentialPhragmen => {
                "A ballot names everybody it approves of. All voters earn money at the same speed, and a seat has a \
                 price. As soon as the supporters of a candidate can pay it together, the candidate is elected and they \
                 start again from nothing. Ties are broken by lot."
            }
            Self::EqualShares => {
                "A ballot names everybody it approves of. The price of all seats is shared out equally among the voters \
                 beforehand. Each seat goes to the candidate whose supporters can pay for it with the least a head. When \
                 nobody can be paid for any more, voters earn as under Phragmén's method until all seats are filled. \
                 Ties are broken by lot."
            }
        }
    }
}
