//! Facts in PostgreSQL, as a shell sees it: `--database`, `migrate` and `copy`.

use std::path::Path;
use std::process::{Command, Output};
use test_postgres::Schema;

fn counterfoil(dir: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_counterfoil")).args(arguments).current_dir(dir).output().expect("runs")
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

const PRICING: &str = "plans: { basic: { currency: EUR, every: month, prices: { fee: { flat: \"30.00\" } } } }";

#[test]
fn facts_move_to_postgresql_and_back_and_stay_the_same() {
    let Some(schema) = Schema::new() else { return };
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::write(dir.path().join("pricing.yaml"), PRICING).expect("written");
    let run = |arguments: &[&str]| counterfoil(dir.path(), arguments);
    let url = schema.url();

    let check = run(&["migrate", "--check", "--database", &url]);
    assert_eq!(check.status.code(), Some(2), "{}", told(&check));
    assert!(told(&check).contains("0001 books\n"), "{}", told(&check));
    assert!(run(&["apply", "pricing.yaml"]).status.success());

    let copy = run(&["copy", "--from", "counterfoil-data", "--to", &url]);
    assert!(copy.status.success(), "{}", told(&copy));
    assert!(told(&copy).contains("is the same there"), "{}", told(&copy));
    assert!(told(&run(&["migrate", "--check", "--database", &url])).contains("has the newest schema"));

    // what was applied in the directory is in force in the database
    let plan = run(&["plan", "pricing.yaml", "--data", "elsewhere", "--database", &url]);
    assert!(told(&plan).contains("nothing differs"), "{}", told(&plan));
    let again = run(&["copy", "--from", "counterfoil-data", "--to", &url]);
    assert_eq!(again.status.code(), Some(1));
    assert!(told(&again).contains("target_not_empty") || told(&again).contains("not empty"), "{}", told(&again));

    let back = run(&["copy", "--from", &url, "--to", "back.db"]);
    assert!(back.status.success(), "{}", told(&back));
    let checksums = |output: &Output| {
        told(output)
            .lines()
            .filter(|line| line.contains("fact") && !line.contains("copied"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(checksums(&copy), checksums(&back));
}

#[test]
fn an_address_that_is_none_is_refused_and_nothing_is_made() {
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::write(dir.path().join("pricing.yaml"), PRICING).expect("written");
    for (arguments, part) in [
        (["plan", "pricing.yaml", "--database", "mysql://db"], "mysql:// is no kind"),
        (["plan", "pricing.yaml", "--database", "facts.db"], "is no address"),
        (["copy", "--from", "none.db", "--to=other.db"], "there is no none.db"),
        (["backup", "copy", "--database", "postgres://127.0.0.1:1/bills"], "[no_data]"),
    ] {
        let refused = counterfoil(dir.path(), &arguments);
        assert_eq!(refused.status.code(), Some(1), "{arguments:?}");
        assert!(told(&refused).replace('`', "").contains(part), "{}", told(&refused));
    }
    let left = std::fs::read_dir(dir.path()).expect("a directory").count();
    assert_eq!(left, 1, "only the pricing file is there");
}

#[test]
fn facts_in_postgresql_are_looked_at_verified_exported_and_backed_up() {
    let Some(schema) = Schema::new() else { return };
    let dir = tempfile::tempdir().expect("a directory");
    let event = r#"{"source":"s","id":"1","type":"call","subject":"acme","time":"2026-04-09T10:15:00Z"}"#;
    std::fs::write(dir.path().join("pricing.yaml"), PRICING).expect("written");
    std::fs::write(dir.path().join("usage.ndjson"), event).expect("written");
    let url = schema.url();
    let run = |status: i32, arguments: &[&str]| {
        let output = counterfoil(dir.path(), arguments);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {}", told(&output));
        told(&output)
    };
    run(0, &["apply", "pricing.yaml", "--database", &url]);
    run(0, &["import", "events", "usage.ndjson", "--database", &url]);
    assert!(run(0, &["bill", "--database", &url]).contains("0 documents issued"));

    assert!(run(0, &["doctor", "--database", &url]).contains("0 broken"));
    assert!(run(0, &["export", "events", "-", "--database", &url]).contains(r#""subject":"acme""#));
    assert!(run(0, &["verify", "counterfoil-data", "--database", &url]).contains("all is well"));
    // without the address, the directory has usage alone
    assert!(run(1, &["verify", "counterfoil-data"]).contains("facts"));

    assert!(run(0, &["backup", "saved", "--database", &url]).contains("complete"));
    assert!(run(0, &["verify", "saved", "--database", &url]).contains("all is well"));
    assert!(run(1, &["restore", "saved", "--data", "again", "--database", &url]).contains("counterfoil copy"));
    run(0, &["restore", "saved", "--data", "again"]);
    assert!(run(0, &["plan", "pricing.yaml", "--data", "again"]).contains("nothing differs"));
}
