//! No key, credential or vote stands in what the program says or writes for others: every command of a secret
//! election is run, right and with files mixed up, and all outputs and public files are searched.

use std::fs;
use std::path::Path;
use std::process::Command;

struct Session {
    folder: tempfile::TempDir,
    /// Everything said so far, each with the command that said it.
    said: Vec<(String, String)>,
}

impl Session {
    /// Runs a command line in the session's folder and returns its standard output and exit code.
    fn run(&mut self, line: &str) -> (String, i32) {
        let script = format!("{} {line}", env!("CARGO_BIN_EXE_mandate"));
        let output =
            Command::new("bash").args(["-c", &script]).current_dir(self.folder.path()).output().unwrap();
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        let all = format!("{out}{}", String::from_utf8_lossy(&output.stderr));
        self.said.push((line.to_owned(), all));
        (out, output.status.code().unwrap_or(-1))
    }

    fn right(&mut self, line: &str) -> String {
        let (out, code) = self.run(line);
        assert_eq!(code, 0, "{line}: {:?}", self.said.last());
        out.trim().to_owned()
    }

    /// A command that must fail, by the input or by the check.
    fn wrong(&mut self, line: &str) {
        let (_, code) = self.run(line);
        assert!(code == 1 || code == 2, "{line}: {code} {:?}", self.said.last());
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.folder.path().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.folder.path().join(path), text).unwrap();
    }
}

fn only_the_owner_reads(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{} has mode {mode:o}", path.display());
    }
}

#[test]
fn no_command_says_a_secret() {
    let mut session = Session { folder: tempfile::tempdir().unwrap(), said: Vec::new() };
    let uuid = session.right("ballot id");
    let single = session.right("ballot trustee-key --dir trustee");
    let other_group = session.right("ballot trustee-key --group RFC-3526-2048 --dir other");
    for index in 1..=3 {
        session
            .right(&format!("ballot ceremony certify --size 3 --threshold 2 --index {index} --dir t{index}"));
    }
    session.right("ballot trustees --key trustee/*.pubkey --out trustees.json");
    session.write("voters.txt", "ada,45\nbela,1\n");
    session.right(&format!(
        "ballot credentials --uuid {uuid} --voters voters.txt --parts doubling --dir authority"
    ));
    session.write(
        "template.json",
        r#"{"description":"","name":"Secrets","questions":[{"answers":["A","B"],"min":0,"max":1,"question":"?"}]}"#,
    );
    session.right(&format!(
        "ballot election --uuid {uuid} --template template.json --trustees trustees.json --out election.json"
    ));
    session.right(
        "ballot open box.bel --election election.json --trustees trustees.json --credentials authority/public.json",
    );
    session.right("ballot paper box.bel --box 'Gate 2' --count 3 --out paper.pdf");

    let private: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&session.read("authority/private.json")).unwrap();
    let of = |name: &str| -> Vec<String> {
        let own = private.iter().filter(|(key, _)| key.starts_with(name));
        own.map(|(_, credential)| credential.as_str().unwrap().to_owned()).collect()
    };
    let (ada, bela) = (of("ada/"), of("bela/"));
    assert_eq!((ada.len(), bela.len()), (6, 1));
    session.write("ada", &ada.join("\n"));
    session.write("bela", &bela.join("\n"));
    session.write("vote", "[[0,1]]");
    session.right(
        "ballot encrypt box.bel --credential ada --vote '30:[[1,0]]' --vote '15:[[0,1]]' --out ada.ballots",
    );
    session.right("ballot encrypt box.bel --credential bela --vote-file vote --out bela.ballot");
    session.right("ballot cast box.bel ada.ballots bela.ballot");
    session.right("ballot list box.bel");
    session.right("ballot close box.bel");
    session.right(&format!(
        "ballot decrypt box.bel --trustee 1 --key trustee/{single}.privkey --out 1.decryption"
    ));
    session.right("ballot add-decryption box.bel 1.decryption");
    let result = session.right("ballot result box.bel");
    assert_eq!(result, r#"{"result":[[30,16]]}"#);
    session.right("ballot verify box.bel");
    session.right("ballot verify box.bel --json");

    // Every secret file where another belongs.
    let secret_files: Vec<String> = [
        format!("trustee/{single}.privkey"),
        format!("other/{other_group}.privkey"),
        "authority/private.json".to_owned(),
        "authority/holders.csv".to_owned(),
        "ada".to_owned(),
        "vote".to_owned(),
    ]
    .into_iter()
    .chain((1..=3).map(|index| first_with(&session, &format!("t{index}"), "key")))
    .collect();
    for (number, file) in secret_files.iter().enumerate() {
        session.wrong(&format!("ballot trustees --key {file} --out x{number}"));
        session.wrong(&format!("ballot trustees --threshold {file} --out x{number}"));
        session.wrong(&format!("ballot ceremony check --certs {file}"));
        session.wrong(&format!(
            "ballot election --uuid {uuid} --template {file} --trustees trustees.json --out x{number}"
        ));
        session.wrong(&format!(
            "ballot election --uuid {uuid} --template template.json --trustees {file} --out x{number}"
        ));
        for (name, files) in [
            (
                "election",
                format!("--election {file} --trustees trustees.json --credentials authority/public.json"),
            ),
            (
                "trustees",
                format!("--election election.json --trustees {file} --credentials authority/public.json"),
            ),
            (
                "credentials",
                format!("--election election.json --trustees trustees.json --credentials {file}"),
            ),
        ] {
            session.wrong(&format!("ballot open {name}{number}.bel {files}"));
        }
        session.wrong(&format!("ballot encrypt box.bel --credential {file} --vote '[[1,0],[1]]'"));
        session.wrong(&format!("ballot decrypt box.bel --trustee 1 --key {file}"));
        session.wrong(&format!("ballot cast box.bel {file}"));
        session.wrong(&format!("ballot verify {file}"));
        session.wrong(&format!("ballot add-decryption box.bel {file}"));
    }

    let mut secrets: Vec<String> = Vec::new();
    for file in &secret_files {
        let path = session.folder.path().join(file);
        if file.contains('/') {
            only_the_owner_reads(&path);
        }
        // Names are no secrets; keys, credentials and seeds are, and any part of them that would help to guess one.
        let text = session.read(file);
        secrets.extend(
            text.split(|character: char| !character.is_ascii_alphanumeric() && character != '-')
                .filter(|word| word.len() >= 16)
                .map(str::to_owned),
        );
    }
    assert!(secrets.len() >= 12, "{}", secrets.len());
    // The list of holders pairs names with public credentials, which everybody may see; the pairs nobody.
    let public = session.read("authority/public.json");
    secrets.retain(|secret| !public.contains(secret.as_str()));
    let parts = |secret: &str| -> Vec<String> {
        let bytes = secret.as_bytes();
        bytes.windows(16.min(bytes.len())).map(|part| String::from_utf8_lossy(part).into_owned()).collect()
    };
    let public_files = [
        "box.bel",
        "trustees.json",
        "election.json",
        "ada.ballots",
        "bela.ballot",
        "1.decryption",
        "paper.pdf",
    ];
    let written = public_files.map(|file| {
        let bytes = fs::read(session.folder.path().join(file)).unwrap();
        (file.to_owned(), String::from_utf8_lossy(&bytes).into_owned())
    });
    for (place, text) in session.said.iter().chain(&written) {
        for secret in &secrets {
            let shown = parts(secret).into_iter().find(|part| text.contains(part.as_str()));
            assert_eq!(shown, None, "{place} shows part of a secret");
        }
        assert!(!text.contains("[[1,0]]") && !text.contains("[[0,1]]"), "{place} shows a vote: {text}");
    }
}

fn first_with(session: &Session, folder: &str, extension: &str) -> String {
    let mut entries = fs::read_dir(session.folder.path().join(folder)).unwrap();
    let found = entries.find_map(|entry| {
        let name = entry.unwrap().file_name().into_string().unwrap();
        name.ends_with(&format!(".{extension}")).then_some(name)
    });
    format!("{folder}/{}", found.expect("a key"))
}
