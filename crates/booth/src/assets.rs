//! The booth's files, as `script/booth` built them.

/// One file.
pub(crate) struct Asset {
    pub name: &'static str,
    pub media_type: &'static str,
    /// SHA-256 of the content in Base64, between quotation marks.
    pub etag: &'static str,
    pub content: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// The file of this name; none where the program was built without the booth.
pub(crate) fn find(name: &str) -> Option<&'static Asset> {
    FILES.iter().find(|asset| asset.name == name)
}

/// The hash of the booth's program, as the page shows it: `sha256-` and Base64. None where the program was built
/// without the booth.
pub fn script_hash() -> Option<&'static str> {
    find("booth.js").map(|asset| asset.etag.trim_matches('"'))
}
