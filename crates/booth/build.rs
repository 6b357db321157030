//! Takes the built booth (`web/booth/dist`, made by `script/booth`) into the program. Where it is not built, the
//! program says so when it is asked to serve, and everything else works.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

/// The booth's files and their types.
const FILES: [(&str, &str); 5] = [
    ("index.html", "text/html; charset=utf-8"),
    ("booth.html", "text/html; charset=utf-8"),
    ("box.html", "text/html; charset=utf-8"),
    ("booth.js", "text/javascript; charset=utf-8"),
    ("booth.css", "text/css; charset=utf-8"),
];

fn main() {
    let booth = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../../web/booth");
    println!("cargo:rerun-if-changed={}", booth.display());
    let dist = booth.join("dist");
    let is_built = FILES.iter().all(|(name, _)| dist.join(name).is_file());
    let mut code = "static FILES: &[Asset] = &[\n".to_owned();
    if is_built {
        for (name, media_type) in FILES {
            let path = fs::canonicalize(dist.join(name)).expect("the file was there a moment ago");
            let (path, etag) = (path.display().to_string(), etag(&path));
            writeln!(
                code,
                "Asset {{ name: {name:?}, media_type: {media_type:?}, etag: {etag:?}, content: include_bytes!({path:?}) }},"
            )
            .expect("text is written to");
        }
    } else {
        println!("cargo:warning=the voting booth is not built and will be missing: run script/booth first");
    }
    code.push_str("];\n");
    let out = Path::new(&env::var("OUT_DIR").expect("cargo sets it")).join("files.rs");
    fs::write(out, code).expect("cargo's folder can be written to");
}

/// SHA-256 of the content in Base64, between quotation marks.
fn etag(path: &Path) -> String {
    use base64::{Engine, engine::general_purpose::STANDARD};
    use sha2::{Digest, Sha256};
    let content = fs::read(path).expect("the file was there a moment ago");
    format!("\"sha256-{}\"", STANDARD.encode(Sha256::digest(content)))
}
