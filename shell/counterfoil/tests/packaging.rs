//! The files of `packaging/` fit together, as far as that can be seen without building an image.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|why| panic!("{path}: {why}"))
}

/// The instructions of a Dockerfile: a word and the rest, with continued lines joined and comments left out.
fn instructions(file: &str) -> Vec<(String, String)> {
    let lines: Vec<&str> = file.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
    let joined = lines.join("\n").replace("\\\n", " ");
    joined
        .lines()
        .filter_map(|line| line.trim().split_once(' '))
        .map(|(word, rest)| (word.to_owned(), rest.split_whitespace().collect::<Vec<_>>().join(" ")))
        .collect()
}

fn all<'a>(instructions: &'a [(String, String)], word: &str) -> Vec<&'a str> {
    instructions.iter().filter(|(known, _)| known == word).map(|(_, rest)| rest.as_str()).collect()
}

#[test]
fn the_image_holds_what_it_is_built_from_and_says_where_it_is_reached() {
    let file = instructions(&text("packaging/Dockerfile"));
    let known: BTreeSet<&str> =
        "FROM WORKDIR COPY RUN USER ENV VOLUME EXPOSE HEALTHCHECK STOPSIGNAL ENTRYPOINT CMD".split(' ').collect();
    assert!(file.iter().all(|(word, _)| known.contains(word.as_str())), "{file:?}");
    let stages: Vec<&str> =
        all(&file, "FROM").iter().filter_map(|from| from.split_once(" AS ")).map(|(_, name)| name).collect();
    assert_eq!(stages, ["build"]);
    let oldest = text("Cargo.toml");
    let oldest =
        oldest.lines().find_map(|line| line.strip_prefix("rust-version = ")).expect("a version").replace('"', "");
    assert!(all(&file, "FROM")[0].starts_with(&format!("rust:{oldest}-")), "the compiler is the one that is asked for");
    let builds = all(&file, "RUN").into_iter().find(|run| run.starts_with("cargo build")).expect("a build");
    assert_eq!(builds, "cargo build --release --locked -p counterfoil");
    let work = all(&file, "WORKDIR")[0];
    for copied in all(&file, "COPY") {
        let words: Vec<&str> = copied.split(' ').collect();
        match words[0].strip_prefix("--from=") {
            Some(stage) => {
                assert!(stages.contains(&stage), "{copied}");
                assert_eq!(words[1], format!("{work}/target/release/counterfoil"), "where cargo puts the program");
                assert!(words[2].ends_with("/counterfoil"), "{copied}");
            }
            None => assert!(root().join(words[0]).exists(), "{copied}"),
        }
    }
    assert_eq!(all(&file, "ENTRYPOINT"), [r#"["counterfoil"]"#]);
    let environment: BTreeMap<&str, &str> = all(&file, "ENV")
        .into_iter()
        .flat_map(|line| line.split(' '))
        .filter_map(|pair| pair.split_once('='))
        .collect();
    let port = environment["COUNTERFOIL_LISTEN"].rsplit(':').next().expect("a port");
    assert_eq!(all(&file, "EXPOSE"), [port]);
    assert!(all(&file, "HEALTHCHECK")[0].contains(&format!("http://127.0.0.1:{port}/healthz")));
    let volumes: Vec<String> = serde_json::from_str(all(&file, "VOLUME")[0]).expect("a list");
    assert_eq!(volumes, [environment["COUNTERFOIL_DATA"], environment["COUNTERFOIL_BACKUPS"]]);
    let made = all(&file, "RUN").into_iter().any(|run| volumes.iter().all(|volume| run.contains(volume.as_str())));
    assert!(made, "whoever it runs as owns its directories");
}

fn names(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Array(items) => items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
        Value::Object(fields) => fields.keys().cloned().collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => BTreeSet::new(),
    }
}

#[test]
fn the_services_of_compose_have_what_they_name() {
    let file = text("packaging/compose.yaml");
    let file: Value = yaml::Document::parse(&file, "compose.yaml").and_then(|document| document.read()).expect("YAML");
    let services = file["services"].as_object().expect("services");
    let (secrets, volumes) = (names(&file["secrets"]), names(&file["volumes"]));
    let (mut used_secrets, mut used_volumes) = (BTreeSet::new(), BTreeSet::new());
    for (name, service) in services {
        assert!(names(&service["depends_on"]).iter().all(|other| services.contains_key(other)), "{name}");
        for (other, how) in service["depends_on"].as_object().into_iter().flatten() {
            assert!(how["condition"] != "service_healthy" || services[other]["healthcheck"].is_object(), "{other}");
        }
        used_secrets.extend(names(&service["secrets"]));
        let mounted =
            names(&service["volumes"]).into_iter().filter_map(|mount| Some(mount.split_once(':')?.0.to_owned()));
        used_volumes.extend(mounted);
        for (variable, value) in service["environment"].as_object().into_iter().flatten() {
            if variable.ends_with("_FILE") {
                let secret =
                    value.as_str().and_then(|path| path.strip_prefix("/run/secrets/")).expect("a secret's path");
                assert!(names(&service["secrets"]).contains(secret), "{name}: {variable}");
            }
        }
    }
    assert_eq!(
        (used_secrets, used_volumes),
        (secrets, volumes),
        "all that is declared is used, and the other way round"
    );
    let build = &services["counterfoil"]["build"];
    let context = root().join("packaging").join(build["context"].as_str().expect("a folder"));
    assert!(context.join(build["dockerfile"].as_str().expect("a file")).is_file());
    // what is mounted is what the image keeps things in
    let image = text("packaging/Dockerfile");
    for mount in names(&services["counterfoil"]["volumes"]) {
        let place = mount.split(':').nth(1).expect("a place").to_owned();
        assert!(image.contains(&format!("\"{place}\"")), "{place} is a volume of the image");
    }
    assert_eq!(services["counterfoil"]["ports"][0], "127.0.0.1:8080:8080");
}
