//! Lists that are narrowed, sorted and read in parts. A part begins behind the last row of the one before, so that what is added meanwhile
//! neither repeats nor hides a row.
//!
//! A statement is put together from the fixed words of a table alone; whatever is asked for is an argument of it.

use crate::{
    StoreError, Tx,
    stmt::Stmt,
    value::{Row, Val},
};
use serde::{Deserialize, Serialize};
use stdx::Key;

/// By what a list can be narrowed or sorted; each table knows some of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// An account of the books on which a leg of the entry stands.
    Account,
    /// Whose it is.
    Customer,
    /// When it is true.
    EffectiveAt,
    /// The endpoint that is told.
    Endpoint,
    /// The business event of an entry.
    Event,
    /// Its name within the list: what is sorted alike is sorted by it.
    Id,
    /// The kind of thing.
    Kind,
    /// When it comes up next.
    NextAt,
    /// What it is about.
    Object,
    /// Where it stands.
    State,
    /// The time by which the list is sorted: when it was made, or is due.
    Time,
}

/// Which way a list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The least first.
    Up,
    /// The greatest first.
    Down,
}

/// What a row must be like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// The field is this.
    Is(Field, String),
    /// The field is this text or a greater one.
    NotBelow(Field, String),
    /// The field is a lesser text than this.
    Below(Field, String),
    /// The field is this time or a later one, in microseconds since 1970 in UTC.
    From(Field, i64),
    /// The field is an earlier time than this.
    Before(Field, i64),
}

/// What a list is sorted by, of one row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Mark {
    /// A number or time.
    Number(i64),
    /// A text.
    Text(String),
}

/// The place of a row in a list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct At(pub Mark, pub Mark);

/// A row and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed<T> {
    /// Its place.
    pub at: At,
    /// The row.
    pub item: T,
}

/// Which part of a list is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Select {
    /// What each row must be like.
    pub conditions: Vec<Condition>,
    /// By what it is sorted.
    pub sort: Field,
    /// Which way.
    pub direction: Direction,
    /// The last row of the part before.
    pub after: Option<At>,
    /// How many rows at most.
    pub limit: u32,
}

impl Select {
    /// The newest rows.
    pub const fn newest(limit: u32) -> Self {
        Self { conditions: Vec::new(), sort: Field::Time, direction: Direction::Down, after: None, limit }
    }

    /// The same, of those rows alone whose field is this, where something is asked for.
    #[must_use]
    pub fn is(mut self, field: Field, wanted: Option<&str>) -> Self {
        self.conditions.extend(wanted.map(|wanted| Condition::Is(field, wanted.to_owned())));
        self
    }

    /// The same, of those rows alone whose field is a time from one on and before another; `None` is any time.
    #[must_use]
    pub fn within(mut self, field: Field, span: Option<(i64, i64)>) -> Self {
        let conditions = span.map(|(from, to)| [Condition::From(field, from), Condition::Before(field, to)]);
        self.conditions.extend(conditions.into_iter().flatten());
        self
    }
}

/// A table, or a part of one, that is listed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct List {
    pub name: &'static str,
    pub table: &'static str,
    /// What is read of a row.
    pub columns: &'static [&'static str],
    /// What holds for every row of the part besides.
    pub only: &'static str,
    /// The fields that it knows: a column, an expression, or a condition with `{}` for what is asked for.
    pub fields: &'static [(Field, &'static str)],
    /// Those of them that are numbers or times.
    pub numbers: &'static [Field],
}

impl List {
    fn expression(&self, field: Field) -> Result<&'static str, StoreError> {
        let known = self.fields.iter().find(|(known, _)| *known == field);
        known.map(|(_, text)| *text).ok_or_else(|| StoreError::Other(format!("{} have no {field:?}", self.name)))
    }

    fn mark(&self, field: Field, row: &mut Row<'_>, column: usize) -> Result<Mark, StoreError> {
        Ok(if self.numbers.contains(&field) { Mark::Number(row.int(column)?) } else { Mark::Text(row.text(column)?) })
    }

    /// The statement and its arguments after the tenant.
    fn statement(&self, select: &Select) -> Result<(String, Vec<Val>), StoreError> {
        let mut args = Vec::new();
        let mut conditions = vec!["tenant = $1".to_owned()];
        conditions.extend((!self.only.is_empty()).then(|| self.only.to_owned()));
        let mut place = |value: Val| {
            args.push(value);
            format!("${}", args.len() + 1)
        };
        for condition in &select.conditions {
            let (field, sign, value) = match condition {
                Condition::Is(field, text) => (*field, "=", Val::from(text)),
                Condition::NotBelow(field, text) => (*field, ">=", Val::from(text)),
                Condition::Below(field, text) => (*field, "<", Val::from(text)),
                Condition::From(field, time) => (*field, ">=", Val::from(*time)),
                Condition::Before(field, time) => (*field, "<", Val::from(*time)),
            };
            let (expression, place) = (self.expression(field)?, place(value));
            conditions.push(if expression.contains("{}") {
                expression.replace("{}", &place)
            } else {
                format!("{expression} {sign} {place}")
            });
        }
        let (sort, id) = (self.expression(select.sort)?, self.expression(Field::Id)?);
        let (way, sign) = match select.direction {
            Direction::Up => ("", ">"),
            Direction::Down => (" DESC", "<"),
        };
        if let Some(At(after, tie)) = &select.after {
            let (after, tie) = (place(self.value(select.sort, after)?), place(self.value(Field::Id, tie)?));
            conditions.push(if sort == id {
                // both say the same, and every argument is used
                format!("{id} {sign} {after} AND {id} {sign} {tie}")
            } else {
                format!("({sort}, {id}) {sign} ({after}, {tie})")
            });
        }
        let limit = place(Val::from(i64::from(select.limit)));
        let order = if sort == id { format!("{id}{way}") } else { format!("{sort}{way}, {id}{way}") };
        let (columns, conditions) = (self.columns.join(", "), conditions.join(" AND "));
        let table = self.table;
        let text =
            format!("SELECT {columns}, {sort}, {id} FROM {table} WHERE {conditions} ORDER BY {order} LIMIT {limit}");
        Ok((text, args))
    }

    fn value(&self, field: Field, mark: &Mark) -> Result<Val, StoreError> {
        match (mark, self.numbers.contains(&field)) {
            (Mark::Number(number), true) => Ok(Val::from(*number)),
            (Mark::Text(text), false) => Ok(Val::from(text)),
            (Mark::Number(_) | Mark::Text(_), _) => {
                Err(StoreError::Place(serde_json::to_string(mark).unwrap_or_default()))
            }
        }
    }
}

/// A part of a list.
///
/// # Errors
/// [`StoreError::Place`] where the place is none of this list by what it is sorted by; [`StoreError::Other`] where the list does not know a field.
pub(crate) fn page<T>(
    tx: &mut Tx<'_>,
    tenant: &Key,
    list: &List,
    select: &Select,
    read: impl Fn(&mut Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<Placed<T>>, StoreError> {
    let (text, args) = match list.statement(select) {
        Ok(statement) => statement,
        Err(error) => return tx.fail(error),
    };
    let args: Vec<Val> = [Val::from(tenant)].into_iter().chain(args).collect();
    let own = list.columns.len();
    tx.query(Stmt { name: list.name, text: &text }, &args, |row| {
        let at = At(list.mark(select.sort, row, own)?, list.mark(Field::Id, row, own + 1)?);
        Ok(Placed { at, item: read(row)? })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::every_store;
    use crate::{deliveries, documents, entries, facts, jobs, schedules};

    const LISTS: [List; 7] =
        [documents::LIST, facts::LIST, facts::AUDIT, jobs::LIST, schedules::LIST, deliveries::LIST, entries::LIST];

    /// Each way to narrow a list by one or two fields, to sort it and to go on.
    fn selects(list: &List) -> Vec<Select> {
        let condition = |field: Field| {
            if list.numbers.contains(&field) {
                vec![Condition::From(field, 1), Condition::Before(field, 2)]
            } else {
                vec![Condition::Is(field, "x".into())]
            }
        };
        let mark = |field| if list.numbers.contains(&field) { Mark::Number(1) } else { Mark::Text("x".into()) };
        let fields: Vec<Field> = list.fields.iter().map(|(field, _)| *field).collect();
        let sorts = list.fields.iter().filter(|(_, text)| !text.contains("{}")).map(|(field, _)| *field);
        let mut all = Vec::new();
        for sort in sorts {
            for direction in [Direction::Up, Direction::Down] {
                for after in [None, Some(At(mark(sort), mark(Field::Id)))] {
                    for one in &fields {
                        for other in &fields {
                            let conditions = [condition(*one), condition(*other)].concat();
                            all.push(Select { conditions, sort, direction, after: after.clone(), limit: 3 });
                        }
                    }
                }
            }
        }
        all
    }

    #[test]
    fn every_way_to_read_a_list_prepares_on_every_database_and_names_the_tenant() {
        every_store(|store| {
            store
                .read(|tx| {
                    for list in &LISTS {
                        for select in selects(list) {
                            let (text, args) = list.statement(&select)?;
                            let head = format!(" FROM {} WHERE tenant = $1 AND ", list.table);
                            assert!(text.contains(&head), "{text}");
                            assert!(text.contains(&format!("LIMIT ${}", args.len() + 1)), "{text}");
                            tx.check(&Stmt { name: list.name, text: &text })?;
                        }
                    }
                    Ok::<_, StoreError>(())
                })
                .unwrap();
        });
    }

    fn thing(id: &str, customer: &str, sort_at: i64) -> documents::Document<i64> {
        let status = if sort_at % 2 == 0 { "even" } else { "odd" };
        documents::Document {
            id: id.into(),
            customer: Some(customer.into()),
            status: status.into(),
            sort_at,
            version: 0,
            body: sort_at,
        }
    }

    #[test]
    fn parts_are_the_whole_whatever_is_added_meanwhile() {
        every_store(|store| {
            let us = Key::try_from("us").unwrap();
            let add = |id: &str, at: i64| {
                store.write(|tx| documents::insert(tx, &us, "thing", &thing(id, "acme", at))).unwrap();
            };
            (0..10).for_each(|n| add(&format!("t{n}"), n / 3));
            for (sort, direction) in
                [(Field::Time, Direction::Up), (Field::Time, Direction::Down), (Field::Id, Direction::Down)]
            {
                let select = |after, limit| Select { conditions: Vec::new(), sort, direction, after, limit };
                let part = |after, limit| {
                    let select = select(after, limit).is(Field::Customer, Some("acme"));
                    store.read(|tx| documents::listed::<i64>(tx, &us, "thing", &select)).unwrap()
                };
                let whole: Vec<At> = part(None, 100).into_iter().map(|placed| placed.at).collect();
                let mut ordered = whole.clone();
                ordered.sort();
                if direction == Direction::Down {
                    ordered.reverse();
                }
                assert_eq!(whole, ordered);
                let (mut seen, mut after) = (Vec::new(), None);
                loop {
                    let found = part(after.take(), 2);
                    let Some(last) = found.last() else { break };
                    after = Some(last.at.clone());
                    seen.extend(found.into_iter().map(|placed| placed.at));
                    // one before and one behind every place
                    let more = seen.len();
                    add(&format!("a{sort:?}{direction:?}{more}"), -1);
                    add(&format!("z{sort:?}{direction:?}{more}"), 100);
                    if whole.last().is_some_and(|last| seen.contains(last)) {
                        break;
                    }
                }
                let known: Vec<At> = seen.iter().filter(|at| whole.contains(at)).cloned().collect();
                assert_eq!(known, whole, "{sort:?} {direction:?}");
            }
            let even = Select {
                conditions: vec![Condition::Is(Field::State, "even".into())],
                sort: Field::Time,
                direction: Direction::Up,
                after: None,
                limit: 100,
            };
            let even = even.within(Field::Time, Some((1, 3)));
            let found = store.read(|tx| documents::listed::<i64>(tx, &us, "thing", &even)).unwrap();
            assert_eq!(found.iter().map(|placed| placed.item.body).collect::<Vec<_>>(), [2, 2, 2]);
            let wrong = Select { after: Some(At(Mark::Text("x".into()), Mark::Number(1))), ..even };
            assert!(store.read(|tx| documents::listed::<i64>(tx, &us, "thing", &wrong)).is_err());
        });
    }
}
