//! Addresses that would start a program, and remotes that answer what no Git would.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;

use super::*;

/// Addresses that name programs, options or files instead of a remote.
fn hostile_addresses(mark: &Path) -> Vec<String> {
    let mark = mark.display();
    vec![
        format!("ext::sh -c touch% {mark}"),
        format!("ext::touch {mark}"),
        "fd::17".to_owned(),
        "fd::0,1".to_owned(),
        format!("-u{mark}"),
        format!("--upload-pack=touch {mark}"),
        format!("-oProxyCommand=touch {mark}"),
        format!("ssh://-oProxyCommand=touch%20{mark}/x"),
        format!("ssh://-oProxyCommand=touch{mark}@host/x"),
        "ssh://host/-x".to_owned(),
        "git@-oProxyCommand=x:y".to_owned(),
        "-x@host:y".to_owned(),
        "host:-x".to_owned(),
        "transport::https://host/x".to_owned(),
        "testgit::/etc".to_owned(),
        "git://host/x".to_owned(),
        "ftp://host/x".to_owned(),
        "rsync://host/x".to_owned(),
        "file://host/etc".to_owned(),
        "javascript://host/x".to_owned(),
        "https://host/x\nhost: evil".to_owned(),
        "https://host/x%0ahost=evil?y".to_owned(),
        "https://host/x?token=1#y".to_owned(),
        "../fabric.git".to_owned(),
        String::new(),
    ]
}

#[test]
fn an_address_that_names_a_program_is_refused_wherever_it_is_entered() {
    let story = Story::new();
    let lab = &story.lab;
    let mark = lab.machine.path().join("ran");
    for address in hostile_addresses(&mark) {
        let asked =
            lab.fgd_with(["accounts", "test", "--json", "--", address.as_str()].map(std::ffi::OsStr::new));
        assert_told(&asked, &address);
        assert_eq!(asked.json["error"]["code"], "UrlInvalid", "{address}: {asked:?}");
        let trusted = lab.fgd_with(
            ["accounts", "trust", "--json", "--", address.as_str(), "SHA256:x"].map(std::ffi::OsStr::new),
        );
        assert_told(&trusted, &address);
        let added = lab.fgd_with(
            ["accounts", "add", "--json", "--method", "helper", "--", address.as_str()]
                .map(std::ffi::OsStr::new),
        );
        assert!(added.code == 3 || added.code == 2, "{address}: {added:?}");
        // The clone's own configuration says so.
        lab.clone.git(&["config", "remote.origin.url", &address]);
        if !address.is_empty() {
            let synced = lab.fgd("sync");
            assert_told(&synced, &address);
            assert_eq!(synced.json["error"]["code"], "UrlInvalid", "{address}: {synced:?}");
        }
        assert!(!mark.exists(), "{address} was run");
    }
}

/// A Git server that answers every question about its refs with this.
struct Liar {
    address: String,
}

impl Liar {
    /// `lines` are what it advertises; without an end where there is none.
    fn start(lines: Vec<Vec<u8>>, endless: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("its address").to_string();
        // It ends with the tests' process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let lines = lines.clone();
                std::thread::spawn(move || drop(answer(stream, &lines, endless)));
            }
        });
        Self { address }
    }

    fn url(&self) -> String {
        format!("http://{}/fabric.git", self.address)
    }
}

fn answer(mut stream: std::net::TcpStream, lines: &[Vec<u8>], endless: bool) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        line.clear();
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-git-upload-pack-advertisement\r\nConnection: close\r\n\r\n")?;
    packet(&mut stream, b"# service=git-upload-pack\n")?;
    stream.write_all(b"0000")?;
    for line in lines {
        packet(&mut stream, line)?;
    }
    let began = Instant::now();
    let mut n = 0_u64;
    while endless && began.elapsed() < Duration::from_secs(90) {
        packet(&mut stream, format!("{n:040x} refs/heads/endless-{n}\n").as_bytes())?;
        n += 1;
        std::thread::sleep(Duration::from_micros(50));
    }
    stream.write_all(b"0000")?;
    drop(stream.shutdown(std::net::Shutdown::Write));
    let mut rest = Vec::new();
    reader.take(1 << 16).read_to_end(&mut rest)?;
    Ok(())
}

fn packet(stream: &mut impl Write, bytes: &[u8]) -> std::io::Result<()> {
    stream.write_all(format!("{:04x}", bytes.len() + 4).as_bytes())?;
    stream.write_all(bytes)
}

#[test]
fn a_remote_that_advertises_hostile_names_is_taken_harmlessly() {
    let story = Story::new();
    let lab = &story.lab;
    let tip = lab.remote.tip();
    let names = [
        "refs/heads/-x",
        "refs/heads/../../../evil",
        "refs/heads/--upload-pack=x",
        "refs/heads/a\u{1b}[2Jb",
        "refs/heads/\u{202e}x",
        "refs/heads/a b",
        "refs/heads/x.lock",
        "../../evil",
        "/etc/passwd",
        "refs/heads/main\\..\\x",
        "refs/remotes/origin/../../hooks/x",
    ];
    let capabilities = format!(
        "{tip} HEAD\0multi_ack symref=HEAD:--upload-pack=x symref=HEAD:refs/heads/../../evil symref=HEAD:/etc/passwd agent=\u{1b}[2J\n"
    );
    let mut lines = vec![capabilities.into_bytes()];
    lines.extend(names.iter().map(|name| format!("{tip} {name}\n").into_bytes()));
    lines.push([tip.as_bytes(), b" refs/heads/caf\xe9\n"].concat());
    lines.push(format!("{tip} refs/heads/{}\n", "n".repeat(5_000)).into_bytes());
    lines.push(format!("{tip} refs/heads/{BRANCH}\n").into_bytes());
    let liar = Liar::start(lines, false);
    let before = story.surroundings();
    lab.clone.git(&["config", "remote.origin.url", &liar.url()]);
    for answer in [
        lab.ask(&["accounts", "test", &liar.url()]),
        lab.fgd("sync"),
        lab.fgd("pull"),
        lab.fgd_with(["accounts", "test", liar.url().as_str()].map(std::ffi::OsStr::new)),
    ] {
        assert!(answer.code <= 3 && !answer.stderr.contains("panicked"), "{answer:?}");
        assert!(!answer.stdout.contains('\u{1b}') && !answer.stderr.contains('\u{1b}'), "{answer:?}");
    }
    assert_eq!(story.surroundings(), before);
    let refs = lab.clone.git(&["for-each-ref", "--format=%(refname)"]);
    for line in refs.lines() {
        assert!(
            ["refs/heads/main", "refs/remotes/origin/main", "refs/remotes/origin/HEAD"].contains(&line),
            "{refs}"
        );
    }
}

/// Lines that are no lines: lengths that lie, bytes that are no text, ends in the middle.
#[test]
fn a_remote_that_answers_nonsense_is_refused() {
    let story = Story::new();
    let lab = &story.lab;
    for nonsense in [
        b"\xff\xfe\0\0".to_vec(),
        b"not-an-id refs/heads/main\n".to_vec(),
        vec![b'0'; 60_000],
        format!("{}\n", "0".repeat(40)).into_bytes(),
        b"ERR \x1b[2Jaccess denied \xe2\x80\xae drowssap\n".to_vec(),
    ] {
        let liar = Liar::start(vec![nonsense.clone()], false);
        lab.clone.git(&["config", "remote.origin.url", &liar.url()]);
        let synced = lab.fgd("sync");
        assert_told(&synced, &format!("{:?}", &nonsense[..nonsense.len().min(40)]));
        assert!(!synced.stderr.contains('\u{1b}'), "{synced:?}");
    }
}

/// Refs without end: whoever waits is let go in time.
#[test]
fn a_remote_that_never_ends_to_advertise_is_left() {
    if !is_long() {
        eprintln!("SKIPPED: it takes as long as the patience with a remote; set FGD_LONG.");
        return;
    }
    let story = Story::new();
    let lab = &story.lab;
    let liar = Liar::start(vec![format!("{} refs/heads/main\0\n", lab.remote.tip()).into_bytes()], true);
    lab.clone.git(&["config", "remote.origin.url", &liar.url()]);
    let pulled = measured(lab, "sync");
    eprintln!("endless refs: {:?}, {} MiB", pulled.took, pulled.mebibytes);
    assert_told(&pulled.answer, "endless refs");
    assert!(pulled.took < Duration::from_secs(80) && pulled.mebibytes < 700, "{:?}", pulled.took);
}
