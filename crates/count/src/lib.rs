//! Counting rules, apportionment and ballot file formats, exact and by the letter of each rule.
