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
