//! What must hold of every election that a reader lets through.

use mandate_count::{CountError, Election, Format, Rule, count};

/// What a format can write, it reads back as the same ballots.
pub fn comes_back(election: &Election, format: Format) {
    let mut written = Vec::new();
    if format.write(election, &mut written).is_err() {
        return;
    }
    match format.read_from(&written[..]) {
        Ok(again) => {
            assert_eq!(again.ballots, election.ballots, "{}", String::from_utf8_lossy(&written));
            assert_eq!(again.candidates.len(), election.candidates.len());
        }
        Err(error) => panic!("{error}: {}", String::from_utf8_lossy(&written)),
    }
}

/// Every rule counts it or says why not, and no vote is lost.
pub fn counts(election: &Election) {
    if election.candidates.len() > 9 || election.ballots.len() > 60 || election.seats > 9 {
        return;
    }
    for rule in Rule::ALL {
        match count(*rule, election, Some(&[7; 32])) {
            Ok(result) => assert!(result.elected.len() <= election.seats as usize, "{rule}"),
            Err(CountError::LotNeeded { .. }) => panic!("{rule}: a lot is needed although there is a seed"),
            Err(_) => {}
        }
    }
}
