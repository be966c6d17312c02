//! From rows in order to quantities.

use calendar::Period;
use metering::{CompiledMeter, Dimensions, Event, State, dimensions};
use std::collections::BTreeMap;
use stdx::ToProblem;
use usage::{Cursor, Group, Query, Transactions, Unmeasured, UsageError};

/// Folds events that come by subject, then by time.
pub(crate) struct Folding<'a> {
    query: &'a Query<'a>,
    windows: Vec<Period>,
    subject: Option<String>,
    /// The window that is being filled.
    window: usize,
    parts: BTreeMap<Dimensions, Part>,
    /// The groups of the subject, window by window.
    done: Vec<Group>,
    groups: Vec<Group>,
}

#[derive(Clone)]
struct Part {
    state: State,
    unmeasured: Option<Unmeasured>,
}

impl Part {
    fn new(query: &Query<'_>) -> Self {
        let state = match query.transactions {
            Transactions::Leave => query.meter.state(),
            Transactions::Collect => query.meter.state_with_transactions(),
        };
        Self { state, unmeasured: None }
    }

    fn add(&mut self, meter: &CompiledMeter, event: &Event) {
        if let Err(error) = meter.add(&mut self.state, event) {
            let first = || Unmeasured { count: 0, first: Cursor::from(event), problem: error.problem() };
            self.unmeasured.get_or_insert_with(first).count += 1;
        }
    }
}

impl<'a> Folding<'a> {
    /// # Errors
    /// [`UsageError::TooManyWindows`]
    pub(crate) fn new(query: &'a Query<'a>) -> Result<Self, UsageError> {
        let windows = query.window.cut(query.period)?;
        let (parts, done, groups) = (BTreeMap::new(), Vec::new(), Vec::new());
        Ok(Self { query, windows, subject: None, window: 0, parts, done, groups })
    }

    /// The next event.
    pub(crate) fn add(&mut self, event: &Event) -> Result<(), UsageError> {
        if self.subject.as_ref() != Some(&event.subject) {
            self.end_subject()?;
            self.subject = Some(event.subject.clone());
        }
        while self.windows.get(self.window).is_some_and(|window| event.at >= window.to()) {
            self.end_window()?;
        }
        if self.query.meter.accepts(event) {
            let by = dimensions(event, self.query.by);
            self.parts.entry(by).or_insert_with(|| Part::new(self.query)).add(self.query.meter, event);
        }
        Ok(())
    }

    /// All groups: by subject, dimensions and window.
    pub(crate) fn finish(mut self) -> Result<Vec<Group>, UsageError> {
        self.end_subject()?;
        Ok(self.groups)
    }

    fn end_subject(&mut self) -> Result<(), UsageError> {
        if self.subject.is_some() {
            while self.window < self.windows.len() {
                self.end_window()?;
            }
        }
        self.window = 0;
        self.parts.clear();
        // windows come in order, and a stable sort leaves them so
        self.done.sort_by(|a, b| a.dimensions.cmp(&b.dimensions));
        self.groups.append(&mut self.done);
        Ok(())
    }

    fn end_window(&mut self) -> Result<(), UsageError> {
        let Some(period) = self.windows.get(self.window).copied() else { return Ok(()) };
        self.window += 1;
        let more_to_come = self.window < self.windows.len();
        // levels are carried on; everything else begins anew
        let parts = if self.query.meter.needs_history() && more_to_come {
            self.parts.clone()
        } else {
            std::mem::take(&mut self.parts)
        };
        let subject = self.subject.clone().unwrap_or_default();
        for (dimensions, Part { state, unmeasured }) in parts {
            let measured = self
                .query
                .meter
                .finish(state, period)
                .map_err(|error| UsageError::Quantity { subject: subject.clone(), problem: error.problem() })?;
            let (subject, from) = (subject.clone(), period.from());
            self.done.push(Group { subject, dimensions, from, measured, unmeasured });
        }
        Ok(())
    }
}
