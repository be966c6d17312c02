//! Reports of the books, read from the whole journal page by page.

use crate::billing_run::Watch;
use crate::exports::FileFormat;
use crate::{Engine, EngineError};
use calendar::{Period, Zone};
use ledger::Account;
use reports::plain_text::{Dialect, TextJournal};
use reports::{Dimensions, GeneralLedger, Ledgering, Recorded, RollForward, Rolling, Span, Trial, TrialBalance};
use std::io::Write;
use stdx::ToProblem;
use usage::ExportError;

const PAGE: u32 = 1_000;

impl Engine {
    /// What stood on each account when a span began, what was posted in it, and what stands there at its end, by some dimensions of the legs.
    pub fn trial_balance(&self, span: Span, by: Vec<String>) -> Result<TrialBalance, EngineError> {
        let mut trial = Trial::begin(span, by);
        self.each_recorded(|recorded, _| Ok(trial.add(&recorded)?))?;
        Ok(trial.end()?)
    }

    /// What was posted to an account in a span, line by line; with dimensions, only legs that have them.
    pub fn general_ledger(&self, span: Span, account: Account, only: Dimensions) -> Result<GeneralLedger, EngineError> {
        let mut ledgering = Ledgering::begin(span, account, only);
        self.each_recorded(|recorded, _| Ok(ledgering.add(&recorded)?))?;
        Ok(ledgering.end()?)
    }

    /// How an account came from its opening to its closing balance, by kinds of events.
    pub fn roll_forward(&self, span: Span, account: Account) -> Result<RollForward, EngineError> {
        let mut rolling = Rolling::begin(span, account);
        self.each_recorded(|recorded, _| Ok(rolling.add(&recorded)?))?;
        Ok(rolling.end())
    }

    /// The journal as text for hledger or beancount: entries that are effective in a period, with days in UTC. How many there are. `told` hears how far it is, and of how
    /// much.
    pub fn write_journal(
        &self,
        dialect: Dialect,
        period: Period,
        out: &mut dyn Write,
        mut told: impl FnMut(u64, u64),
    ) -> Result<u64, EngineError> {
        self.journal_text(dialect, period, out, &mut told)
    }

    pub(crate) fn journal_text(
        &self,
        dialect: Dialect,
        period: Period,
        out: &mut dyn Write,
        watch: &mut dyn Watch,
    ) -> Result<u64, EngineError> {
        let zone = Zone::utc();
        let mut journal = TextJournal::new(dialect, None, &zone);
        let (mut rows, mut text) = (0, String::new());
        self.each_recorded(|recorded, last| {
            let seq = recorded.seq.unsigned_abs();
            if period.contains(recorded.entry.effective_at()) {
                text.clear();
                journal.put(&mut text, recorded).map_err(|error| EngineError::Failed(error.problem()))?;
                out.write_all(text.as_bytes()).map_err(|why| EngineError::Failed(ExportError::Write(why).problem()))?;
                rows += 1;
            }
            watch.step(seq, last.unsigned_abs().max(seq))
        })?;
        out.flush().map_err(|why| EngineError::Failed(ExportError::Write(why).problem()))?;
        Ok(rows)
    }

    /// Every entry of the journal in its order, and the place of the last one when it began.
    fn each_recorded(
        &self,
        mut take: impl FnMut(Recorded<'_>, i64) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        let last = self.store.read(|tx| store::entries::last(tx, &self.tenant))?;
        let mut after = 0;
        loop {
            let page = self.journal(after, PAGE)?;
            let Some(end) = page.last() else { return Ok(()) };
            after = end.seq;
            for booked in &page {
                let recorded = Recorded { seq: booked.seq, recorded_at: booked.recorded_at, entry: &booked.entry };
                take(recorded, last)?;
            }
        }
    }
}

impl FileFormat {
    /// As which program's text a journal is written; none where it is rows.
    pub(crate) const fn dialect(self) -> Option<Dialect> {
        match self {
            Self::Hledger => Some(Dialect::Hledger),
            Self::Beancount => Some(Dialect::Beancount),
            Self::Ndjson | Self::Csv | Self::Parquet => None,
        }
    }
}
