//! `counterfoil serve` as a service manager sees it: told to stop, told to reload, configured, asked whether it is well.
#![cfg(unix)]

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

const LONG: Duration = Duration::from_mins(1);

/// The program in a directory of its own, without settings from the environment of whoever tests.
fn program(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_counterfoil"));
    command.args(arguments).current_dir(dir).env_clear();
    command
}

/// A server that is stopped at the end of a test, also when the test fails.
struct Served {
    child: Child,
    /// `127.0.0.1:1234`
    address: String,
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Served {
    fn start(dir: &Path, more: &[&str]) -> Self {
        let arguments = [&["serve", "--listen", "127.0.0.1:0", "--data", "data", "--open"], more].concat();
        let mut child = program(dir, &arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("runs");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
        let address = line.split("://").nth(1).and_then(|rest| rest.split('/').next()).expect("an address");
        Self { address: address.to_owned(), child }
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.child.id().to_string()]).status().expect("kill runs");
        assert!(sent.success());
    }

    /// Waits until it ends by itself, and well.
    fn ended(&mut self) {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                assert!(status.success(), "{status}");
                return;
            }
            assert!(began.elapsed() < LONG, "it does not stop");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn get(&self, path: &str) -> Value {
        let agent: ureq::Agent = ureq::config::Config::builder().http_status_as_error(false).build().into();
        let mut answer = agent.get(format!("http://{}{path}", self.address)).call().expect("answered");
        serde_json::from_str(&answer.body_mut().read_to_string().expect("a body")).expect("json")
    }
}

fn event(id: &str) -> Value {
    json!({ "source": "t", "id": id, "type": "call", "subject": "acme", "time": "2026-04-02T00:00:00Z" })
}

fn send(address: &str, events: &[Value]) -> Option<Value> {
    let agent: ureq::Agent = ureq::config::Config::builder().timeout_global(Some(LONG)).build().into();
    let sent = agent.post(format!("http://{address}/v1/events")).header("content-type", "application/json");
    let mut answer = sent.send(Value::from(events).to_string()).ok()?;
    serde_json::from_str(&answer.body_mut().read_to_string().ok()?).ok()
}

#[test]
fn a_request_that_has_begun_is_answered_after_the_server_was_told_to_stop() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut served = Served::start(dir.path(), &[]);
    let body = Value::from(vec![event("begun")]).to_string();
    let (first, rest) = body.split_at(body.len() / 2);
    let mut stream = TcpStream::connect(&served.address).expect("it listens");
    stream.set_read_timeout(Some(LONG)).expect("a timeout");
    let head = format!(
        "POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).expect("sent");
    let mut go_on = [0; 25];
    // that it wants the body is how one knows that the request has begun
    stream.read_exact(&mut go_on).expect("asked to go on");
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(first.as_bytes()).expect("sent");
    served.signal("-TERM");
    let began = Instant::now();
    while TcpStream::connect(&served.address).is_ok() {
        assert!(began.elapsed() < LONG, "it still listens");
        std::thread::sleep(Duration::from_millis(20));
    }
    stream.write_all(rest.as_bytes()).expect("it still reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answered");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("accepted"), "{answer}");
    served.ended();
}

#[test]
fn a_server_that_is_told_to_stop_as_soon_as_its_address_is_known_ends_well() {
    let dir = tempfile::tempdir().expect("a directory");
    for _ in 0..5 {
        let mut served = Served::start(dir.path(), &[]);
        served.signal("-TERM");
        served.ended();
    }
}

#[test]
fn every_event_that_was_answered_for_is_there_after_a_stop_in_the_middle() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut served = Served::start(dir.path(), &[]);
    let (address, sent) = (served.address.clone(), AtomicUsize::new(0));
    let acknowledged: Vec<String> = std::thread::scope(|scope| {
        let senders: Vec<_> = (0..4)
            .map(|sender| {
                let (address, sent) = (&address, &sent);
                scope.spawn(move || {
                    let mut known = Vec::new();
                    for at in 0.. {
                        let ids: Vec<String> = (0..20).map(|one| format!("{sender}-{at}-{one}")).collect();
                        let events: Vec<Value> = ids.iter().map(|id| event(id)).collect();
                        // the one that is not answered may or may not be there
                        if send(address, &events).is_none() {
                            return known;
                        }
                        known.extend(ids);
                        sent.fetch_add(1, Ordering::Relaxed);
                    }
                    known
                })
            })
            .collect();
        let began = Instant::now();
        while sent.load(Ordering::Relaxed) < 40 {
            assert!(began.elapsed() < LONG, "nothing is taken");
            std::thread::sleep(Duration::from_millis(5));
        }
        served.signal("-TERM");
        senders.into_iter().flat_map(|sender| sender.join().expect("a sender")).collect()
    });
    served.ended();
    assert!(acknowledged.len() >= 800);
    let again = Served::start(dir.path(), &[]);
    for ids in acknowledged.chunks(500) {
        let events: Vec<Value> = ids.iter().map(|id| event(id)).collect();
        let answer = send(&again.address, &events).expect("answered");
        assert_eq!(answer["duplicates"], ids.len());
    }
}

#[test]
fn it_is_told_apart_whether_the_process_answers_and_whether_it_can_work() {
    let dir = tempfile::tempdir().expect("a directory");
    let served = Served::start(dir.path(), &[]);
    assert_eq!(served.get("/healthz")["status"], "ok");
    assert_eq!(served.get("/readyz")["status"], "ready");
    // the disk goes away, and comes back
    let (data, gone) = (dir.path().join("data"), dir.path().join("gone"));
    std::fs::rename(&data, &gone).expect("moved");
    let hindered = served.get("/readyz");
    assert_eq!((&hindered["status"], &hindered["code"]), (&json!(503), &json!("data_directory")), "{hindered}");
    assert_eq!(hindered["problems"].as_array().map(Vec::len), Some(1));
    assert_eq!(served.get("/healthz")["status"], "ok");
    std::fs::rename(&gone, &data).expect("moved back");
    assert_eq!(served.get("/readyz")["status"], "ready");
}

/// Writes a new certificate with its key.
fn certify(dir: &Path) -> Certificate<'static> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("made");
    std::fs::write(dir.join("cert.pem"), made.cert.pem()).expect("written");
    std::fs::write(dir.join("key.pem"), made.signing_key.serialize_pem()).expect("written");
    Certificate::from_der(made.cert.der()).to_owned()
}

#[test]
fn tls_is_spoken_and_a_new_certificate_is_taken_on_hangup() {
    let dir = tempfile::tempdir().expect("a directory");
    let first = certify(dir.path());
    let mut served = Served::start(dir.path(), &["--tls-cert", "cert.pem", "--tls-key", "key.pem"]);
    let port = served.address.rsplit(':').next().expect("a port");
    let url = format!("https://localhost:{port}/healthz");
    let trusts = |certificate: &Certificate<'static>| {
        let roots = RootCerts::new_with_certs(std::slice::from_ref(certificate));
        let tls = TlsConfig::builder().root_certs(roots).build();
        let agent: ureq::Agent = ureq::config::Config::builder().tls_config(tls).build().into();
        agent.get(&url).call().is_ok()
    };
    assert!(trusts(&first));
    let second = certify(dir.path());
    assert!(!trusts(&second));
    served.signal("-HUP");
    let began = Instant::now();
    while !trusts(&second) {
        assert!(began.elapsed() < LONG, "the new certificate is not shown");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(!trusts(&first));
    served.signal("-TERM");
    served.ended();
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn a_flag_counts_before_the_environment_and_that_before_the_file() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = "listen: 127.0.0.1:1001\nlog: warn\nlog_form: json\nopen: true\nconnections: 10\nbackups:\n";
    std::fs::write(dir.path().join("c.yaml"), file).expect("written");
    std::fs::write(dir.path().join("key"), "top secret\n").expect("written");
    let output = program(
        dir.path(),
        &["serve", "--config", "c.yaml", "--print-config", "--listen", "127.0.0.1:1003", "--open=false"],
    )
    .envs([
        ("COUNTERFOIL_LISTEN", "127.0.0.1:1002"),
        ("COUNTERFOIL_LOG", "error"),
        ("COUNTERFOIL_SECRET_KEY_FILE", "key"),
    ])
    .output()
    .expect("runs");
    let text = told(&output);
    for line in [
        "listen: \"127.0.0.1:1003\"  # flag",
        "open: \"false\"  # flag",
        "log: \"error\"  # COUNTERFOIL_LOG",
        "log_form: \"json\"  # c.yaml:3",
        "connections: \"10\"  # c.yaml:5",
        "idle_timeout: \"75\"  # default",
        "secret_key: \"***\"  # COUNTERFOIL_SECRET_KEY_FILE",
        "# backups:  # not set",
    ] {
        assert!(text.lines().any(|found| found == line), "`{line}` is not in\n{text}");
    }
    assert!(!text.contains("top secret"));
    assert!(!dir.path().join("counterfoil-data").exists(), "nothing is served");
    // what is printed is a file of settings
    std::fs::write(dir.path().join("c2.yaml"), output.stdout).expect("written");
    let again = program(dir.path(), &["serve", "--config", "c2.yaml", "--print-config"]).output().expect("runs");
    assert!(told(&again).contains("listen: \"127.0.0.1:1003\"  # c2.yaml:"), "{}", told(&again));
}

#[test]
fn what_is_wrong_in_a_file_of_settings_is_told_with_its_place() {
    let dir = tempfile::tempdir().expect("a directory");
    let refused = |text: &str, parts: &[&str]| {
        std::fs::write(dir.path().join("c.yaml"), text).expect("written");
        let output = program(dir.path(), &["serve", "--config", "c.yaml", "--print-config"]).output().expect("runs");
        assert_eq!(output.status.code(), Some(1));
        for part in parts {
            assert!(told(&output).contains(part), "`{part}` is not in\n{}", told(&output));
        }
    };
    refused("log: info\nlisten_at: x\n", &["c.yaml:2:1", "did you mean `listen`", "[unknown_field]"]);
    refused("connections: many\n", &["c.yaml:1:14", "invalid value 'many'", "[wrong_setting]"]);
    refused("connections: 0\nlog_form: txt\n", &["c.yaml:1:14", "c.yaml:2:11", "text, json"]);
    refused("listen: [1]\n", &["c.yaml:1:9", "one value"]);
    refused("- listen\n", &["c.yaml:1:1"]);
    refused("listen 5\n", &["c.yaml:1:1"]);
    refused("print_config: true\n", &["c.yaml:1:1", "[unknown_field]"]);
    refused("tls_cert: a\n tls_key: b\n", &["c.yaml:2"]);
    let half = program(dir.path(), &["serve", "--tls-cert", "a.pem"]).output().expect("runs");
    assert!(told(&half).contains("[tls_incomplete]"));
    let both = [("COUNTERFOIL_SECRET_KEY_FILE", "c.yaml"), ("COUNTERFOIL_SECRET_KEY", "x")];
    let twice = program(dir.path(), &["serve", "--print-config"]).envs(both).output().expect("runs");
    assert!(told(&twice).contains("[told_twice]"), "{}", told(&twice));
}

#[test]
fn the_files_of_packaging_name_settings_that_exist() {
    let packaging = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging");
    let dir = tempfile::tempdir().expect("a directory");
    let schema = program(dir.path(), &["schema", "config"]).output().expect("runs");
    let schema: Value = serde_json::from_slice(&schema.stdout).expect("json");
    let known = schema["properties"].as_object().expect("settings");
    let mut seen = 0;
    for file in ["counterfoil.service", "Dockerfile", "compose.yaml"] {
        let text = std::fs::read_to_string(packaging.join(file)).expect("a file");
        for word in text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
            let Some(variable) = word.strip_prefix("COUNTERFOIL_") else { continue };
            let name = variable.strip_suffix("_FILE").unwrap_or(variable).to_lowercase();
            assert!(known.contains_key(&name) || name == "config", "{file}: {word}");
            seen += 1;
        }
    }
    assert!(seen > 5);
    let sample = packaging.join("counterfoil.yaml").display().to_string();
    let output = program(dir.path(), &["serve", "--print-config", "--config", &sample]).output().expect("runs");
    assert!(output.status.success(), "{}", told(&output));
}
