//! Tables for people.

use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};

/// A plain table under its headings; columns named in `right` are aligned to the right.
pub(crate) fn table(headings: &[&str], right: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(headings);
    rows.into_iter().for_each(|row| {
        table.add_row(row);
    });
    for (column, heading) in table.column_iter_mut().zip(headings) {
        column.set_padding((0, 2));
        if right.contains(heading) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let lines: Vec<String> = table.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n")
}

/// `file`, `files`
pub(crate) fn counted(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}
