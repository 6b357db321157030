//! A trustee: the key, the shuffle, the decryption. The private key stays in its file.

use super::files::{self, Secrecy};
use super::{GroupArgs, refused_one};
use crate::failure::Failure;
use mandate_ballot::{OwnedMessage, PrivateKey, Seed, SystemRandomness};
use std::path::PathBuf;

/// Trustee: a new key. The private half stays with you, the public half goes to the election officer.
#[derive(clap::Args)]
pub struct KeyArgs {
    #[command(flatten)]
    group: GroupArgs,
    /// Where to write ID.privkey and ID.pubkey.
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
}

/// Trustee: shuffle the ranked and graded ballots of a closed box.
#[derive(clap::Args)]
pub struct ShuffleArgs {
    /// The archive.
    archive: PathBuf,
    /// Your number among the trustees, from 1.
    #[arg(long, value_name = "N")]
    trustee: usize,
    /// Where to write the shuffle, for the keeper of the box; standard output if not given.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Trustee: your share of the decryption of a closed box.
#[derive(clap::Args)]
pub struct DecryptArgs {
    /// The archive.
    archive: PathBuf,
    /// Your number among the trustees, from 1.
    #[arg(long, value_name = "N")]
    trustee: usize,
    /// Your private key (ID.privkey), or in a threshold group your seed (ID.key).
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// In a threshold group, your sealed decryption key (ID.dkey).
    #[arg(long, value_name = "FILE")]
    sealed_key: Option<PathBuf>,
    /// Where to write the partial decryption, for the keeper of the box; standard output if not given.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub fn key(args: &KeyArgs) -> Result<(), Failure> {
    let made = args.group.group.trustee_key(&mut SystemRandomness).map_err(refused_one)?;
    files::make_folder(&args.dir)?;
    let path = |suffix: &str| args.dir.join(format!("{}.{suffix}", made.id));
    files::write_new(&path("privkey"), made.private_key.as_bytes(), Secrecy::Secret)?;
    files::write_new(&path("pubkey"), format!("{}\n", made.public_key).as_bytes(), Secrecy::Public)?;
    println!("{}", made.id);
    Ok(())
}

pub fn shuffle(args: &ShuffleArgs) -> Result<(), Failure> {
    let audit = files::read_archive(&args.archive)?;
    let shuffle = audit.shuffle(args.trustee, &mut SystemRandomness).map_err(refused_one)?;
    write(args.out.as_ref(), &shuffle)
}

pub fn decrypt(args: &DecryptArgs) -> Result<(), Failure> {
    let audit = files::read_archive(&args.archive)?;
    let key = files::read_secret(&args.key)?;
    let sealed = args.sealed_key.as_ref().map(|path| files::read(path)).transpose()?;
    let seed = sealed.as_ref().map(|_| Seed::parse(&key)).transpose().map_err(refused_one)?;
    let private = match (&seed, &sealed) {
        (Some(seed), Some(sealed)) => PrivateKey::Threshold(seed, sealed),
        _ => PrivateKey::Single(&key),
    };
    let decryption = audit.decrypt(args.trustee, &private, &mut SystemRandomness).map_err(refused_one)?;
    write(args.out.as_ref(), &decryption)
}

/// Two lines: the message, and whose it is.
fn write(out: Option<&PathBuf>, message: &OwnedMessage) -> Result<(), Failure> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    files::write_message(out, &format!("{}\n{}", text(&message.message), text(&message.owned)))
}
