//! The words that stand for an article's choices in the file.

use crate::charter::*;

/// A choice that is written as one word.
pub(crate) trait Word: Copy + PartialEq + 'static {
    /// Every choice with its word.
    const WORDS: &'static [(&'static str, Self)];

    /// The choice's word.
    fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, choice)| *choice == self).map_or("", |(word, _)| word)
    }
}

macro_rules! words {
    ($type:ident { $($word:literal => $choice:ident),+ $(,)? }) => {
        impl Word for $type {
            const WORDS: &'static [(&'static str, Self)] = &[$(($word, $type::$choice)),+];
        }

        impl $type {
            /// The word for it in a charter.
            pub fn name(self) -> &'static str {
                self.word()
            }
        }
    };
}

words!(Classification { "ISIC-4" => Isic4, "own" => Own });
words!(Depth { "section" => Section, "division" => Division, "group" => Group, "class" => Class });
words!(Round { "nearest" => Nearest, "up" => Up, "down" => Down });
words!(BallotWay { "open" => Open, "box" => Box, "secret" => Secret });
words!(Substitutes { "countback" => Countback, "runners-up" => RunnersUp, "by-election" => ByElection });
words!(Base { "cast" => Cast, "present" => Present, "entitled" => Entitled });
words!(OnClosing { "sit-out" => SitOut, "go" => Go });
words!(Duty {
    "convene" => Convene, "chair" => Chair, "tell" => Tell, "roll" => Roll, "plan" => Plan, "report" => Report,
});
words!(Effect {
    "resolution" => Resolution,
    "theses" => Theses,
    "charter" => Charter,
    "entrenched" => Entrenched,
    "transition" => Transition,
});
words!(Protection { "struck" => Struck, "banned" => Banned });
words!(VoteWay { "hand" => Hand, "card" => Card, "roll-call" => RollCall });
