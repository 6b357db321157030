//! Secret verifiable ballots: the Belenios protocol.
