//! Exports that are damaged, or made to do harm: little memory, a clear answer, and nothing lost.
//!
//! The program runs as users run it, with a limit on its memory where the system has one.

use std::{
    fs::File,
    io::{BufWriter, Write as _},
    path::Path,
    process::Command,
};

use flate2::{Compression, write::GzEncoder};
use serde_json::Value;

/// Address space that a look may take, in KiB: less than the bombs inflate to.
const LIMIT: &str = "280000";

/// What a look at the file says, and with which exit code.
struct Told {
    code: i32,
    json: Value,
    error: String,
}

impl Told {
    /// Items, read, rejected.
    fn counts(&self) -> [u64; 3] {
        let count = |key| self.json[key].as_u64().unwrap_or_else(|| panic!("{}", self.error));
        ["items", "lowered", "rejected"].map(count)
    }

    fn reasons(&self) -> String {
        self.json["rejects"].to_string()
    }
}

fn look(file: &Path, format: &str) -> Told {
    let output = Command::new("bash")
        .args(["-c", "ulimit -v \"$1\" 2>/dev/null; shift; exec \"$@\"", "bash", LIMIT])
        .arg(env!("CARGO_BIN_EXE_sodpack"))
        .args(["check", "--json", "--format", format, "--scope", "team:a/b", "--source"])
        .arg(file)
        .env("RAYON_NUM_THREADS", "2")
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    let json = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    let code = output.status.code().unwrap_or_else(|| panic!("killed: {error}"));
    assert!(code < 4, "{error}");
    Told { code, json, error }
}

/// A look at a file of these bytes.
fn told(format: &str, bytes: &[u8]) -> Told {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("export");
    std::fs::write(&file, bytes).unwrap();
    look(&file, format)
}

/// A look at a file that `write` fills.
fn told_of(format: &str, write: impl FnOnce(&mut BufWriter<File>)) -> Told {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("export");
    let mut out = BufWriter::new(File::create(&file).unwrap());
    write(&mut out);
    out.flush().unwrap();
    look(&file, format)
}

const ANN: &str = r#"{"login":"ann","type":"User"}"#;

#[test]
fn a_line_of_a_hundred_megabytes_is_one_reject() {
    let block = vec![b'x'; 1 << 20];
    let told = told_of("github-teams", |out| {
        write!(out, "{ANN}\n{{\"login\":\"").unwrap();
        (0..100).for_each(|_| out.write_all(&block).unwrap());
        write!(out, "\",\"type\":\"User\"}}\n{ANN}\n").unwrap();
    });
    assert_eq!((told.code, told.counts()), (3, [3, 2, 1]), "{}", told.error);
    assert!(told.reasons().contains("the record is larger than 64 MiB"), "{}", told.reasons());
    assert!(told.reasons().contains("line 2"), "{}", told.reasons());

    // A table's row that no quote ends takes in the rest, and is told as such.
    let told = told_of("roles-csv", |out| {
        write!(out, "principal,role\nann,dev\nbob,\"").unwrap();
        (0..100).for_each(|_| out.write_all(&block).unwrap());
    });
    assert_eq!((told.code, told.counts()), (3, [2, 1, 1]), "{}", told.error);
}

#[test]
fn ten_thousand_levels_of_nesting_cost_one_record_at_most() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
        let bob = |deep: &str| format!("[{ANN},{{\"login\":\"bob\",\"type\":{deep}}},{ANN}]");
        let read = told("github-teams", bob(&deep).as_bytes());
        assert_eq!((read.code, read.counts()), (3, [3, 2, 1]), "{} {}", read.error, read.reasons());
        assert!(read.reasons().contains("expected a string"), "{}", read.reasons());
        // What nobody reads may be as deep as it likes.
        let read = told("github-teams", bob(&format!("\"User\",\"x\":{deep}")).as_bytes());
        assert_eq!((read.code, read.counts()), (0, [3, 3, 0]), "{} {}", read.error, read.reasons());
    }
    let told = told("github-teams", "[".repeat(10_000).as_bytes());
    assert_eq!((told.code, told.counts()), (3, [1, 0, 1]), "{}", told.error);
}

#[test]
fn a_gzip_bomb_costs_no_memory() {
    let told = told_of("github-teams", |out| {
        let mut gzip = GzEncoder::new(out, Compression::best());
        writeln!(gzip, "{ANN}").unwrap();
        let blanks = vec![b' '; 1 << 20];
        (0..300).for_each(|_| gzip.write_all(&blanks).unwrap());
        gzip.finish().unwrap();
    });
    assert_eq!((told.code, told.counts()[1]), (0, 1), "{}", told.error);

    let told = told_of("github-teams", |out| {
        let mut gzip = GzEncoder::new(out, Compression::best());
        write!(gzip, "{ANN}\n{{\"login\":\"").unwrap();
        let letters = vec![b'a'; 1 << 20];
        (0..300).for_each(|_| gzip.write_all(&letters).unwrap());
        gzip.finish().unwrap();
    });
    assert_eq!((told.code, told.counts()), (3, [2, 1, 1]), "{}", told.error);
}

#[test]
fn gzip_that_is_cut_off_is_an_error_with_its_cure() {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    writeln!(gzip, "{ANN}").unwrap();
    let whole = gzip.finish().unwrap();
    let told = told("github-teams", &whole[..whole.len() - 4]);
    assert_eq!(told.code, 2);
    assert!(told.error.contains("cut off or damaged"), "{}", told.error);
    assert!(told.error.contains("fetch the file again"), "{}", told.error);
}

#[test]
fn bytes_that_are_no_text_are_rejected_alone() {
    let text = [ANN.as_bytes(), b"\n{\"login\":\"b\xff\",\"type\":\"User\"}\n", ANN.as_bytes()];
    let told = told("github-teams", &text.concat());
    assert_eq!((told.code, told.counts()), (3, [3, 2, 1]));
    assert!(told.reasons().contains("UTF-8"), "{}", told.reasons());
}

#[test]
fn a_member_that_stands_there_twice_is_rejected() {
    let text = format!(r#"[{ANN},{{"login":"bob","login":"eve","type":"User"}}]"#);
    let told = told("github-teams", text.as_bytes());
    assert_eq!((told.code, told.counts()), (3, [2, 1, 1]));
    assert!(told.reasons().contains("login"), "{}", told.reasons());
}

#[test]
fn numbers_beyond_what_a_double_holds_do_not_run_together() {
    let pull = |number: &str| {
        format!(
            r#"{{"number":{number},"url":"https://github.com/a/b/pull/{number}","title":"t","state":"MERGED","author":{{"login":"x"}},"mergedAt":"2026-10-01T00:00:00Z","reviews":[],"commits":[]}}"#
        )
    };
    let text = format!("[{},{}]", pull("9007199254740993"), pull("9007199254740992"));
    let told = told("github-pulls", text.as_bytes());
    assert_eq!(told.counts(), [2, 2, 0], "{} {}", told.error, told.reasons());
    assert_eq!(told.json["records"]["subjects"], 2, "{}", told.json);
    let text = format!("[{},{}]", pull("1"), pull("1e400"));
    assert_eq!(self::told("github-pulls", text.as_bytes()).counts(), [2, 1, 1]);
}

#[test]
fn times_outside_the_calendar_are_rejected() {
    for time in ["0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "2026-02-30T00:00:00Z"] {
        let text = format!("principal,role,from\nann,dev,{time}\nbob,dev,2026-10-01T00:00:00Z\n");
        let told = told("roles-csv", text.as_bytes());
        assert_eq!((told.code, told.counts()), (3, [2, 1, 1]), "{time}");
        assert!(told.reasons().contains("line 2"), "{}", told.reasons());
    }
    let trail = |time: &str| {
        format!(
            r#"{{"Records":[{{"eventVersion":"1.08","eventSource":"s3.amazonaws.com","eventName":"PutObject","eventTime":{time},"errorCode":"AccessDenied","userIdentity":{{"arn":"arn:aws:iam::1:user/a"}}}}]}}"#
        )
    };
    for time in ["\"0000-12-31T23:59:59Z\"", "\"10000-01-01T00:00:00Z\"", "1e30", "-1e30"] {
        let told = told("cloudtrail", trail(time).as_bytes());
        assert_eq!(told.counts()[2], 1, "{time} {} {}", told.error, told.json);
    }
}
