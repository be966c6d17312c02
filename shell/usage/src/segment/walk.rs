//! The rows that a question looks at, block after block: of each block what is one run's and in one window.

use super::{Segment, bytes::length, column::WholeView, list::Rows, plan::Plan};
use std::ops::Range;

/// Rows of one run that follow each other in a block, and are in one window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// Number of the run.
    pub(super) run: usize,
    /// Number of the window.
    pub(super) window: u32,
    /// Counted from the block's first.
    pub(super) rows: Range<usize>,
}

/// What was made ready of a block.
pub(super) trait Opened {
    /// Which block it is.
    fn number(&self) -> usize;
    /// When its rows happened.
    fn times(&self) -> &WholeView<'_>;
}

impl Opened for Plan<'_> {
    fn number(&self) -> usize {
        self.number
    }
    fn times(&self) -> &WholeView<'_> {
        &self.at
    }
}

impl Opened for Rows<'_> {
    fn number(&self) -> usize {
        self.block.number
    }
    fn times(&self) -> &WholeView<'_> {
        &self.at
    }
}

/// Calls `take` with each piece of some runs that lies within the edges, in the order of rows. `open` makes a block ready, and gets
/// the one before it.
pub(super) fn walk<T: Opened, E>(
    segment: &Segment,
    edges: &[i64],
    runs: &[Range<usize>],
    mut open: impl FnMut(usize, Option<T>) -> Result<T, E>,
    mut take: impl FnMut(&T, Piece) -> Result<(), E>,
) -> Result<(), E> {
    let footer = &segment.footer;
    let (from, to) = (edges[0], edges[edges.len() - 1]);
    let (mut known, mut codes) = (None::<T>, Vec::new());
    for runs in runs.iter().filter(|runs| !runs.is_empty()) {
        let mut run = runs.start;
        let mut number = footer.block_of(footer.runs[run].first);
        while run < runs.end {
            let block = &footer.blocks[number];
            let is_opened = block.max_at >= from && block.min_at < to;
            let is_one = edges.len() == 2 && block.min_at >= from && block.max_at < to;
            if is_opened {
                known = Some(match known.take() {
                    Some(opened) if opened.number() == number => opened,
                    before => open(number, before)?,
                });
            }
            while run < runs.end {
                let rows = footer.rows_of(run);
                if rows.start >= block.first + block.rows {
                    break;
                }
                if let Some(opened) = known.as_ref().filter(|_| is_opened) {
                    let start = rows.start.max(block.first) - block.first;
                    let end = rows.end.min(block.first + block.rows) - block.first;
                    let rows = start as usize..end as usize;
                    if is_one {
                        take(opened, Piece { run, window: 0, rows })?;
                    } else {
                        cut(opened, edges, run, &rows, &mut codes, &mut take)?;
                    }
                }
                if rows.end > block.first + block.rows {
                    break;
                }
                run += 1;
            }
            number += 1;
        }
    }
    Ok(())
}

/// Cuts rows of a run, which are in the order of time, by windows.
fn cut<T: Opened, E>(
    opened: &T,
    edges: &[i64],
    run: usize,
    rows: &Range<usize>,
    codes: &mut Vec<u64>,
    take: &mut impl FnMut(&T, Piece) -> Result<(), E>,
) -> Result<(), E> {
    let view = opened.times();
    view.decode(rows.clone(), codes);
    // a time of a row is never absent
    let at = |place: usize| view.number_of(codes[place]).unwrap_or(i64::MIN);
    let count = codes.len();
    let end = first(0, count, |place| at(place) >= edges[edges.len() - 1]);
    let mut start = first(0, end, |place| at(place) >= edges[0]);
    let mut window = 0;
    while start < end {
        if at(start) >= edges[window + 1] {
            window += 1;
            if at(start) >= edges[window + 1] {
                window += edges[window + 1..].partition_point(|edge| *edge <= at(start));
            }
        }
        let next = first(start + 1, end, |place| at(place) >= edges[window + 1]);
        take(opened, Piece { run, window: length(window), rows: rows.start + start..rows.start + next })?;
        start = next;
    }
    Ok(())
}

/// The first place from which on something holds; the end when it never does. What is near is found fast.
pub(super) fn first(start: usize, end: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut step) = (start, 1);
    let mut high = loop {
        let probe = low + step - 1;
        if probe >= end {
            break end;
        }
        if holds(probe) {
            break probe;
        }
        low = probe + 1;
        step *= 2;
    };
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) { high = middle } else { low = middle + 1 }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::first;

    #[test]
    fn the_first_place_is_found_wherever_it_is() {
        for (start, end) in [(0, 0), (0, 1), (3, 20), (5, 5)] {
            for wanted in start..=end {
                assert_eq!(first(start, end, |place| place >= wanted), wanted, "{start}..{end}");
            }
        }
    }
}
