//! A statement: written once, in PostgreSQL's words, with `$n` for its parameters; `$1` is always the tenant.

/// A declared statement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stmt<'t> {
    /// Module and name, for messages.
    pub(crate) name: &'static str,
    /// PostgreSQL text that also prepares on SQLite once `sqlite::dialect` has looked at it.
    pub(crate) text: &'t str,
}

/// Declares the statements of a module: each becomes a constant, all together `STATEMENTS`, which `catalogue.rs` lists so
/// that a test prepares every statement of the program.
macro_rules! sql {
    ($($name:ident = $text:expr;)+) => {
        $(const $name: $crate::stmt::Stmt<'static> = $crate::stmt::Stmt {
            name: concat!(module_path!(), "::", stringify!($name)),
            text: $text,
        };)+
        pub(crate) const STATEMENTS: &[$crate::stmt::Stmt<'static>] = &[$($name),+];
    };
}
pub(crate) use sql;

/// The places of a hundred names after the first two parameters, for `IN`: as many as are looked up by one statement.
macro_rules! hundred {
    () => {
        "$3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51, $52, $53, $54, $55, $56, $57, $58, $59, $60, $61, $62, $63, $64, $65, $66, $67, $68, $69, $70, $71, $72, $73, $74, $75, $76, $77, $78, $79, $80, $81, $82, $83, $84, $85, $86, $87, $88, $89, $90, $91, $92, $93, $94, $95, $96, $97, $98, $99, $100, $101, $102"
    };
}
pub(crate) use hundred;

/// How many names [`hundred`] has places for.
pub(crate) const HUNDRED: usize = 100;

/// Names in groups of a hundred; the last one fills up the last group.
pub(crate) fn in_hundreds<'a>(names: &'a [&'a str]) -> impl Iterator<Item = impl Iterator<Item = &'a str>> {
    names.chunks(HUNDRED).map(|group| {
        let last = group.last().copied();
        group.iter().copied().chain(last.into_iter().cycle()).take(HUNDRED)
    })
}
