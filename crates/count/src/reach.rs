//! Who reaches whom by links that are added one after the other.

/// Who reaches whom, as rows of bits, in both directions.
#[derive(Clone)]
pub(crate) struct Reach {
    words: usize,
    to: Vec<u64>,
    from: Vec<u64>,
}

impl Reach {
    pub fn new(candidates: usize) -> Self {
        let words = candidates.div_ceil(64);
        let mut reach = Self { words, to: vec![0; candidates * words], from: vec![0; candidates * words] };
        for candidate in 0..candidates {
            // Everybody reaches themselves, which makes paths of one link no special case.
            reach.to[candidate * words + candidate / 64] |= 1 << (candidate % 64);
            reach.from[candidate * words + candidate / 64] |= 1 << (candidate % 64);
        }
        reach
    }

    /// Whether `a` reaches `b`; everybody reaches themselves.
    pub fn reaches(&self, a: usize, b: usize) -> bool {
        self.to[a * self.words + b / 64] >> (b % 64) & 1 == 1
    }

    /// Adds a link and tells of each pair that it newly connects.
    pub fn link(&mut self, a: usize, b: usize, mut connected: impl FnMut(usize, usize)) {
        let words = self.words;
        if self.reaches(a, b) {
            return;
        }
        let sources: Vec<u64> =
            (0..words).map(|word| self.from[a * words + word] & !self.from[b * words + word]).collect();
        let targets: Vec<u64> = self.to[b * words..(b + 1) * words].to_vec();
        for source in bits(&sources) {
            for (word, target) in targets.iter().enumerate() {
                let new = target & !self.to[source * words + word];
                self.to[source * words + word] |= new;
                for bit in bits(&[new]) {
                    let target = word * 64 + bit;
                    self.from[target * words + source / 64] |= 1 << (source % 64);
                    connected(source, target);
                }
            }
        }
    }
}

/// The places of the bits that are set.
fn bits(words: &[u64]) -> impl Iterator<Item = usize> {
    words.iter().enumerate().flat_map(|(place, word)| {
        let mut left = *word;
        std::iter::from_fn(move || {
            let bit = left.trailing_zeros() as usize;
            (left != 0).then(|| {
                left &= left - 1;
                place * 64 + bit
            })
        })
    })
}
