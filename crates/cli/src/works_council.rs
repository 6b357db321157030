//! `mandate works-council`: councils of a country's law from lists of candidates.

mod france;
mod germany;
mod italy;
mod lists;
mod persons;
mod spain;

use crate::failure::Failure;

/// Form a works council from lists, by the law of a country.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    country: Country,
}

#[derive(clap::Subcommand)]
enum Country {
    /// Germany: seats to lists by highest averages, seats of the sex in the minority (BetrVG section 15(2); First
    /// Electoral Ordinance, sections 5, 15 and 22).
    Germany(germany::Germany),
    /// France: a college of the social and economic committee by quotient and highest average (Code du travail,
    /// L2314-29, L2314-30, R2314-19 to R2314-21).
    France(france::France),
    /// Spain: a college of the works committee by quotient and largest remainder (Estatuto de los Trabajadores,
    /// article 71).
    Spain(spain::Spain),
    /// Italy: the unitary workplace representation by quorum and largest remainder (Testo Unico of 10 January 2014).
    Italy(italy::Italy),
}

/// Runs the command.
pub fn run(args: Args) -> Result<(), Failure> {
    match args.country {
        Country::Germany(args) => germany::run(args),
        Country::France(args) => france::run(args),
        Country::Spain(args) => spain::run(args),
        Country::Italy(args) => italy::run(args),
    }
}
