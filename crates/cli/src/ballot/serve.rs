//! The keeper of the box, over HTTP: the booth in the browser, ballots into the box, the public board.

use super::files;
use crate::failure::Failure;
use mandate_booth::{BoxFolder, FolderFault};
use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// Keeper of the box: the booth for voters' browsers and the boxes of a folder, over HTTP. A ballot that was
/// acknowledged is on the disk. For an address that others reach, put a proxy with TLS in front.
#[derive(clap::Args)]
#[command(after_help = "Example, for every archive (*.bel) of the folder boxes:\n  \
    mandate ballot serve boxes --listen 127.0.0.1:8080")]
pub struct Args {
    /// The folder that holds the archives.
    folder: PathBuf,
    /// The address to listen on. Port 0 lets the system choose one.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let Some(hash) = mandate_booth::script_hash() else {
        return Err(Failure::machine(
            "this program was built without the booth's pages: run script/booth, then build it again",
        ));
    };
    let folder = BoxFolder::open(&args.folder).map_err(refused)?;
    for (uuid, name, cut_bytes) in folder.elections() {
        if cut_bytes > 0 {
            eprintln!(
                "warning: {uuid}: {cut_bytes} bytes of a ballot that was never acknowledged were cut off"
            );
        }
        eprintln!("{uuid}  {name}");
    }
    eprintln!("the booth's program: {hash}");
    let folder = folder.reporting(|fault| eprintln!("{fault}"));
    let runtime = tokio::runtime::Runtime::new().map_err(Failure::machine)?;
    runtime.block_on(serve(args.listen, folder))
}

async fn serve(address: SocketAddr, folder: BoxFolder) -> Result<(), Failure> {
    let failed = |error| Failure::machine(format!("{address}: {error}"));
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    // Whoever waits for the server reads this line.
    println!("http://{}/", listener.local_addr().map_err(failed)?);
    let mut terminated = signal(SignalKind::terminate()).map_err(failed)?;
    let stop = async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminated.recv() => {}
        }
    };
    axum::serve(listener, mandate_booth::routes(folder)).with_graceful_shutdown(stop).await.map_err(failed)
}

fn refused(fault: FolderFault) -> Failure {
    use std::io::ErrorKind::{NotADirectory, NotFound};
    match fault {
        FolderFault::Box(fault) => files::box_failure(fault),
        FolderFault::Unreadable { ref error, .. } => match error.kind() {
            NotADirectory | NotFound => Failure::input(fault),
            _ => Failure::machine(fault),
        },
        FolderFault::Empty(_) | FolderFault::Twice { .. } => Failure::input(fault),
    }
}
