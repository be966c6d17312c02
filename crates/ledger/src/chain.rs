//! The chain of hashes over the entries of a legal entity.

use crate::{Balances, Booked, Entry, Side};
use alloc::{collections::BTreeMap, format, string::String, vec::Vec};
use core::fmt;
use sha2::{Digest, Sha256};
use stdx::Key;

/// Version of the canonical form that new entries are hashed in. A change of the form is a new version; an old entry keeps its own.
pub const HASH_VERSION: u8 = 1;

/// A SHA-256 hash with the version of the canonical form that it was made over. Written `1:` and 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hash {
    /// Version of the canonical form.
    pub version: u8,
    /// The hash.
    pub bytes: [u8; 32],
}

impl Hash {
    /// Before the first entry.
    pub const NONE: Self = Self { version: HASH_VERSION, bytes: [0; 32] };
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.version)?;
        self.bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The first entry at which a chain is broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the entry at place {seq} is not what was posted: its hash is {found}, and its content gives {expected}")]
pub struct BrokenChain {
    /// Its place.
    pub seq: u64,
    /// The hash, or link, that its content and place give.
    pub expected: Hash,
    /// What stands there.
    pub found: Hash,
}

impl stdx::ToProblem for BrokenChain {
    fn problem(&self) -> stdx::Problem {
        stdx::Problem::new("chain_broken", "The journal was changed after it was posted")
            .detail(format!("{self}"))
            .mend("restore the journal from a backup that verifies; what follows that entry cannot be trusted")
    }
}

/// Checks that every entry is what was posted, where it was posted. The entries are in the order of the journal, all from the first.
pub fn verify(booked: &[Booked]) -> Result<(), BrokenChain> {
    let mut heads: BTreeMap<Option<&Key>, Hash> = BTreeMap::new();
    for (at, entry) in (1u64..).zip(booked) {
        let broken = |expected, found| BrokenChain { seq: entry.seq.min(at), expected, found };
        let head = heads.get(&entry.entry.entity()).copied().unwrap_or(Hash::NONE);
        if entry.previous != head || entry.seq != at {
            return Err(broken(head, entry.previous));
        }
        let hash = link(entry);
        if entry.hash != hash {
            return Err(broken(hash, entry.hash));
        }
        heads.insert(entry.entry.entity(), hash);
    }
    Ok(())
}

/// The proof of a trial balance, to be kept when its month is locked: the same balances give the same hash at any later time. An account that
/// stands at zero counts no more than one that was never posted to.
pub fn proof(balances: &Balances) -> Hash {
    let mut form = Form(Vec::new());
    form.field("counterfoil trial balance 1");
    for (account, balance) in balances.iter().filter(|(_, balance)| !balance.is_zero()) {
        form.field(account.name());
        form.field(&format!("{balance}"));
    }
    Hash { version: HASH_VERSION, bytes: Sha256::digest(form.0).into() }
}

/// The hash of an entry in its place.
pub(crate) fn link(booked: &Booked) -> Hash {
    Hash { version: HASH_VERSION, bytes: Sha256::digest(canonical(booked)).into() }
}

/// Version 1: each field as its length in decimal digits, a colon and its bytes, so that no two entries have one form. What is absent is
/// an empty field; numbers are decimal, times microseconds since 1970.
fn canonical(booked: &Booked) -> Vec<u8> {
    let mut form = Form(Vec::new());
    let entry: &Entry = &booked.entry;
    form.field("counterfoil journal entry 1");
    form.field(&format!("{}", booked.previous));
    form.field(&format!("{}", booked.seq));
    form.field(&format!("{}", booked.recorded_at.micros()));
    form.field(&format!("{}", booked.period));
    form.field(&format!("{}", booked.origin));
    form.field(entry.entity().map_or("", Key::as_str));
    form.field(entry.book().name());
    form.field(entry.event());
    form.field(&format!("{}", entry.rule()));
    form.field(&format!("{}", entry.effective_at().micros()));
    form.field(&entry.origin().map(String::from).unwrap_or_default());
    form.field(entry.reverses().unwrap_or_default());
    form.field(entry.correlation().unwrap_or_default());
    for posting in entry.postings() {
        form.field(posting.account.name());
        form.field(match posting.side {
            Side::Debit => "D",
            Side::Credit => "C",
        });
        form.field(&format!("{}", posting.amount));
        form.field(&posting.functional.map(|worth| format!("{worth}")).unwrap_or_default());
        form.field(&format!("{}", posting.dimensions.len()));
        for (name, value) in &posting.dimensions {
            form.field(name);
            form.field(value);
        }
    }
    form.0
}

struct Form(Vec<u8>);

impl Form {
    fn field(&mut self, text: &str) {
        self.0.extend_from_slice(format!("{}:", text.len()).as_bytes());
        self.0.extend_from_slice(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Account, Calendars, EntryDraft, Journal, Month, Poster};
    use calendar::Zone;
    use money::{Currency, Money};

    fn three() -> Vec<Booked> {
        let mut journal = Journal::default();
        for day in 1..4 {
            let at = format!("2026-01-0{day}T00:00:00Z").parse().expect("instant");
            let amount = Money::new(100 * day, Currency::parse("EUR").expect("euro"));
            let entry = EntryDraft::new(format!("sale:{day}"), at)
                .debit(Account::Cash, amount)
                .credit(Account::Revenue, amount)
                .balanced()
                .expect("entry");
            journal.post(entry, &Zone::utc(), &Calendars::new(), Poster::Engine, at).expect("posted");
        }
        journal.booked().to_vec()
    }

    #[test]
    fn a_journal_that_nobody_touched_verifies() {
        assert_eq!(verify(&three()), Ok(()));
    }

    #[test]
    fn whatever_is_changed_is_found_at_its_place() {
        let changes: [fn(&mut Booked); 5] = [
            |booked| booked.hash.bytes[31] ^= 1,
            |booked| booked.period = booked.period.plus(1).unwrap_or(booked.period),
            |booked| booked.origin = "2025-12".parse::<Month>().unwrap_or(booked.origin),
            |booked| booked.recorded_at = booked.recorded_at.plus_micros(1).unwrap_or(booked.recorded_at),
            |booked| booked.entry = booked.entry.reversed(booked.entry.event(), booked.entry.effective_at()),
        ];
        for change in changes {
            let mut booked = three();
            change(&mut booked[1]);
            assert_eq!(verify(&booked).map_err(|broken| broken.seq), Err(2));
        }
        let mut cut = three();
        cut.remove(1);
        assert_eq!(verify(&cut).map_err(|broken| broken.seq), Err(2));
    }

    #[test]
    fn a_trial_balance_has_one_proof_and_another_one_has_another() {
        let entries: Vec<Entry> = three().into_iter().map(|booked| booked.entry).collect();
        let proof_of = |entries: &[Entry]| proof(&crate::balances(entries).expect("sums"));
        let backwards: Vec<Entry> = entries.iter().rev().cloned().collect();
        assert_eq!(proof_of(&entries), proof_of(&backwards));
        assert_ne!(proof_of(&entries), proof_of(&entries[1..]));
        let undone = entries[0].reversed("undone", entries[0].effective_at());
        assert_eq!(proof_of(&[entries[0].clone(), undone]), proof_of(&[]));
    }

    #[test]
    fn the_first_version_of_the_canonical_form_stays_as_it_is() {
        let text = String::from_utf8(canonical(&three()[0])).expect("text");
        assert!(text.starts_with("27:counterfoil journal entry 166:1:0000"), "{text}");
        assert!(text.ends_with("4:cash1:D8:1.00 EUR0:1:07:revenue1:C8:1.00 EUR0:1:0"), "{text}");
    }
}
