//! The rankings of an election as a tree.

use crate::Election;

/// Ballots that begin alike pay alike: the rankings as a tree, so that each beginning is computed once.
pub(super) struct Tree {
    /// In the order of a walk from the root, parents before children.
    pub nodes: Vec<Node>,
    pub deepest: usize,
    /// Weight of all ballots that rank anybody who stands.
    pub valid: u64,
}

pub(super) struct Node {
    pub candidate: u16,
    pub depth: u16,
    /// Weight of the ballots that come through here.
    pub weight: u64,
    /// Where the walk goes on when nothing is left to pay below this node.
    pub next: u32,
}

impl Tree {
    pub fn of(election: &Election, stands: &[bool]) -> Self {
        let mut rankings: Vec<(Vec<u16>, u64)> = Vec::with_capacity(election.ballots.len());
        let mut valid = 0;
        for ballot in election.ballots.iter() {
            // A rank that is skipped or shared says nothing more about the order.
            let strict =
                ballot.marks.iter().take_while(|mark| mark.candidate().is_some() && !mark.tied_with_next());
            let ranking: Vec<u16> =
                strict.map(|mark| mark.0).filter(|mark| stands[usize::from(*mark)]).collect();
            if !ranking.is_empty() {
                valid += ballot.weight;
                rankings.push((ranking, ballot.weight));
            }
        }
        rankings.sort_unstable();
        let mut tree = Self { nodes: Vec::new(), deepest: 0, valid };
        // The nodes from the root to the end of the ranking before.
        let mut path: Vec<usize> = Vec::new();
        for (ranking, weight) in rankings {
            let common =
                path.iter().zip(&ranking).take_while(|(node, c)| tree.nodes[**node].candidate == **c).count();
            tree.close(&mut path, common);
            for (depth, candidate) in ranking.iter().enumerate().skip(common) {
                path.push(tree.nodes.len());
                tree.nodes.push(Node { candidate: *candidate, depth: depth as u16, weight: 0, next: 0 });
            }
            path.iter().for_each(|node| tree.nodes[*node].weight += weight);
            tree.deepest = tree.deepest.max(path.len());
        }
        tree.close(&mut path, 0);
        tree
    }

    fn close(&mut self, path: &mut Vec<usize>, length: usize) {
        for node in path.drain(length..) {
            self.nodes[node].next = self.nodes.len() as u32;
        }
    }
}
