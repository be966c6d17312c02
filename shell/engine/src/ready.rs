//! Whether an installation can do its work now.

use crate::Platform;
use std::path::Path;
use stdx::{Problem, ToProblem};

/// Bytes that must be free where usage is kept: one more memtable with its log.
pub const NO_ROOM: u64 = 256 << 20;

impl Platform {
    /// Everything that keeps it from doing its work now; nothing where it is ready. Facts and usage are asked, which waits for the disk.
    pub fn hindrances(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        match self.store().waiting() {
            Ok(steps) if steps.is_empty() => {}
            Ok(steps) => found.push(
                Problem::new("migration_needed", "The schema of the facts is not the newest")
                    .detail(format!("{} steps have not been taken", steps.len()))
                    .mend("stop the server, make a backup, and run `counterfoil migrate`"),
            ),
            Err(error) => found.push(error.problem()),
        }
        found.extend(self.usage().ready(&Self::default_tenant()).err().map(|error| error.problem()));
        if let Some(dir) = &self.dir {
            found.extend(room(dir, fs4::available_space(dir)));
        }
        found
    }
}

fn room(dir: &Path, free: std::io::Result<u64>) -> Option<Problem> {
    let problem = match free {
        Ok(free) if free >= NO_ROOM => return None,
        Ok(free) => Problem::new("disk_full", "The disk is full")
            .detail(format!("{free} bytes are free at {}, and {NO_ROOM} are needed", dir.display())),
        Err(why) => Problem::new("data_directory", "The data directory cannot be used")
            .detail(format!("{}: {why}", dir.display())),
    };
    Some(
        problem.mend(
            "make room, or move the directory to a larger disk: events are refused until then, and nothing is lost",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SetClock, Settings};
    use std::io;
    use std::sync::Arc;

    fn codes(platform: &Platform) -> Vec<String> {
        platform.hindrances().into_iter().map(|problem| problem.code).collect()
    }

    #[test]
    fn an_installation_is_ready_until_its_schema_is_another_program_s() {
        let dir = tempfile::tempdir().expect("a directory");
        let clock = Arc::new(SetClock::at("2026-04-01T00:00:00Z".parse().expect("an instant")));
        let platform = Platform::open_with_clock(dir.path(), clock, Settings::default()).expect("a platform");
        assert_eq!(codes(&platform), [""; 0]);
        let other = rusqlite::Connection::open(dir.path().join("facts.db")).expect("opened");
        let table: String = other
            .query_row("select name from sqlite_schema where type = 'table' and name like '%migration%'", [], |row| {
                row.get(0)
            })
            .expect("a table of migrations");
        let newest = format!("delete from {table} where version = (select max(version) from {table})");
        assert_eq!(other.execute(&newest, []).expect("deleted"), 1);
        assert_eq!(codes(&platform), ["migration_needed"]);
    }

    #[test]
    fn a_disk_without_room_is_told_before_it_is_full() {
        let told = |free| room(Path::new("data"), free).map(|problem| problem.code);
        assert_eq!(told(Ok(NO_ROOM)), None);
        assert_eq!(told(Ok(NO_ROOM - 1)).as_deref(), Some("disk_full"));
        assert_eq!(told(Err(io::Error::other("gone"))).as_deref(), Some("data_directory"));
    }
}
