//! What a meter means for the rows of one block: which are counted, in which group, with which values.

use super::{
    Segment, Untils,
    block::{Role, Values},
    column::WholeView,
    fold::{FoldQuery, Trouble},
    list::owned,
    reader::Block,
};
use crate::UsageError;
use metering::{Columns, Condition, Dimensions, Partial, Reads, Value, Wanted};
use money::Dec;
use std::{
    collections::{BTreeSet, HashMap},
    ops::Range,
    rc::Rc,
};

/// What is to be done with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Its columns say all.
    Taken,
    /// It is not seen, or not meant.
    LeftOut,
    /// It must be looked at as an event.
    Odd,
}

/// What a query means for a block.
pub(super) struct Plan<'a> {
    pub(super) number: usize,
    pub(super) rows: usize,
    /// When each row happened.
    pub(super) at: WholeView<'a>,
    /// For each row; none when all are taken.
    pub(super) class: Option<Vec<Class>>,
    pub(super) has_odd: bool,
    has_taken: bool,
    /// The columns whose sum is the value of a row.
    pub(super) values: Vec<WholeView<'a>>,
    /// Their codes, where rows are taken one by one.
    pub(super) codes: Vec<Vec<u64>>,
    /// For each row the number of its text, and the texts.
    pub(super) texts: Option<(Vec<u16>, Vec<String>)>,
    pub(super) groups: Groups,
}

impl<'a> Plan<'a> {
    pub(super) fn new(
        segment: &'a Segment,
        number: usize,
        query: &FoldQuery<'_>,
        columns: &Columns<'_>,
        untils: &Untils,
        before: Option<&Groups>,
    ) -> Result<Self, UsageError> {
        let block = segment.block(number)?;
        let entry = &segment.footer.blocks[number];
        let mut marks = Marks { rows: block.header.rows, class: None };
        marks.hide(query, &block, entry.first..entry.first + entry.rows, entry.max_seq, untils)?;
        for (name, condition) in columns.conditions() {
            marks.test(condition, &block.property(name)?);
        }
        let (mut values, mut texts) = (Vec::new(), None);
        for name in columns.values() {
            let found = block.property(name)?;
            if columns.wanted() == Wanted::Texts {
                texts = Some(texts_of(&found, marks.rows, &mut marks));
            } else {
                values.extend(marks.number(&found));
            }
        }
        let groups = Groups::new(&block, query.by, before)?;
        let has = |wanted: Class| marks.class.as_ref().map_or(wanted == Class::Taken, |class| class.contains(&wanted));
        let (has_taken, has_odd) = (has(Class::Taken), has(Class::Odd));
        let (rows, at, codes) = (marks.rows, block.whole(Role::At)?, Vec::new());
        let mut plan = Self { number, rows, at, class: marks.class, has_odd, has_taken, values, codes, texts, groups };
        if plan.class.is_some() || plan.groups.of.is_some() {
            plan.decode();
        }
        Ok(plan)
    }

    /// Makes the codes of the values ready to be taken one by one.
    pub(super) fn decode(&mut self) {
        if self.has_taken && self.codes.is_empty() {
            let decoded = |view: &WholeView<'_>| {
                let mut codes = Vec::with_capacity(self.rows);
                view.decode(0..self.rows, &mut codes);
                codes
            };
            self.codes = self.values.iter().map(decoded).collect();
        }
    }

    /// Whether no row of the block matters.
    pub(super) fn is_empty(&self) -> bool {
        !self.has_taken && !self.has_odd
    }

    /// What is known of some rows that are all taken and in one group.
    pub(super) fn plain(&self, rows: Range<usize>, wanted: Wanted) -> Result<Partial, Trouble> {
        let count = rows.len() as u64;
        match wanted {
            Wanted::Count | Wanted::Texts => self.partial(count, &[], (0, 0)),
            Wanted::Sum => {
                let mut partial = self.partial(count, &[], (0, 0))?;
                for (column, view) in self.values.iter().enumerate() {
                    let sum = self.sum(column, rows.clone(), count)?;
                    partial.sum = partial.sum.plus(Dec::new(sum, view.whole.scale)?)?;
                }
                Ok(partial)
            }
            Wanted::Bounds => {
                let mut partial = self.partial(count, &[], (0, 0))?;
                if let Some(view) = self.values.first() {
                    let mut codes = Vec::new();
                    view.decode(rows, &mut codes);
                    let least_and_most = codes.iter().copied().min().zip(codes.iter().copied().max());
                    partial.bounds = least_and_most.map(|bounds| bounds_of(view, bounds)).transpose()?;
                }
                Ok(partial)
            }
        }
    }

    /// What is known of so many rows with these sums and bounds of codes.
    pub(super) fn partial(&self, count: u64, sums: &[u128], bounds: (u64, u64)) -> Result<Partial, Trouble> {
        let mut partial = Partial { count, sum: Dec::ZERO, bounds: None, texts: BTreeSet::new() };
        for (view, codes) in self.values.iter().zip(sums) {
            partial.sum = partial.sum.plus(Dec::new(total(view, *codes, count)?, view.whole.scale)?)?;
        }
        if let (Some(view), [_]) = (self.values.first(), sums)
            && bounds.0 <= bounds.1
        {
            partial.bounds = Some(bounds_of(view, bounds)?);
        }
        Ok(partial)
    }
}

/// The sum of numbers whose codes have this sum.
pub(super) fn total(view: &WholeView<'_>, codes: u128, count: u64) -> Result<i128, Trouble> {
    let low = i128::from(view.whole.base) - i128::from(view.whole.specials);
    let low = low.checked_mul(count.into()).ok_or(Trouble::TooLarge)?;
    i128::try_from(codes).ok().and_then(|codes| codes.checked_add(low)).ok_or(Trouble::TooLarge)
}

fn bounds_of(view: &WholeView<'_>, (least, most): (u64, u64)) -> Result<(Dec, Dec), Trouble> {
    let number = |code| view.number_of(code).ok_or(Trouble::TooLarge);
    let scale = view.whole.scale;
    Ok((Dec::new(number(least)?.into(), scale)?, Dec::new(number(most)?.into(), scale)?))
}

/// What is to be done with each row, while that is being found out. What is left out stays so; what is odd is never taken.
struct Marks {
    rows: usize,
    class: Option<Vec<Class>>,
}

impl Marks {
    fn mark(&mut self, row: usize, class: Class) {
        let list = self.class.get_or_insert_with(|| vec![Class::Taken; self.rows]);
        if list[row] != Class::LeftOut {
            list[row] = class;
        }
    }

    fn mark_all(&mut self, class: Class) {
        (0..self.rows).for_each(|row| self.mark(row, class));
    }

    /// Leaves out what is not seen.
    fn hide(
        &mut self,
        query: &FoldQuery<'_>,
        block: &Block<'_>,
        numbers: Range<u32>,
        max_seq: u64,
        untils: &Untils,
    ) -> Result<(), UsageError> {
        if max_seq > query.as_of.0 {
            let view = block.whole(Role::Seq)?;
            for row in 0..self.rows {
                let seq = view.number(row).ok_or_else(|| block.unreadable())?;
                if seq.cast_unsigned() > query.as_of.0 {
                    self.mark(row, Class::LeftOut);
                }
            }
        }
        if let Some(view) = block.untils()? {
            for row in 0..self.rows {
                if view.number(row).is_some_and(|until| !query.sees(0, until.cast_unsigned())) {
                    self.mark(row, Class::LeftOut);
                }
            }
        }
        for (row, until) in untils.range(numbers.clone()) {
            if !query.sees(0, *until) {
                self.mark((row - numbers.start) as usize, Class::LeftOut);
            }
        }
        Ok(())
    }

    /// Asks a condition of each row.
    fn test(&mut self, condition: &Condition, values: &Values<'_>) {
        let ask = |value: Option<Value>| match Columns::reads(condition, value.as_ref()) {
            Reads::Holds => None,
            Reads::Fails => Some(Class::LeftOut),
            Reads::Incomparable => Some(Class::Odd),
        };
        match values {
            Values::Absent => {
                if let Some(class) = ask(None) {
                    self.mark_all(class);
                }
            }
            Values::Listed(view) => {
                let answers: Vec<Option<Class>> = view.entries.iter().map(|value| ask(value.map(owned))).collect();
                if answers.iter().any(Option::is_some) {
                    for row in 0..self.rows {
                        if let Some(class) = answers[view.code(row)] {
                            self.mark(row, class);
                        }
                    }
                }
            }
            Values::Whole(view) => {
                let mut known: HashMap<u64, Option<Class>> = HashMap::new();
                for row in 0..self.rows {
                    let code = view.code(row);
                    let answer = *known.entry(code).or_insert_with(|| ask(view.value_of(code).map(owned)));
                    if let Some(class) = answer {
                        self.mark(row, class);
                    }
                }
            }
        }
    }

    /// A column whose numbers are values; rows without a number are odd.
    fn number<'a>(&mut self, values: &Values<'a>) -> Option<WholeView<'a>> {
        let Values::Whole(view) = values else {
            self.mark_all(Class::Odd);
            return None;
        };
        if view.whole.specials > 0 {
            for row in 0..self.rows {
                if view.number(row).is_none() {
                    self.mark(row, Class::Odd);
                }
            }
        }
        Some(*view)
    }
}

/// For each row the number of the text of its value; rows without a value are odd.
fn texts_of(values: &Values<'_>, rows: usize, marks: &mut Marks) -> (Vec<u16>, Vec<String>) {
    let (numbers, found) = numbered(values, rows);
    let missing = |value: &Option<Value>| value.as_ref().is_none_or(|value| *value == Value::Null);
    if found.iter().any(missing) {
        for row in 0..rows {
            if missing(&found[usize::from(numbers[row])]) {
                marks.mark(row, Class::Odd);
            }
        }
    }
    (numbers, found.into_iter().map(|value| value.map_or_else(String::new, |value| value.to_text())).collect())
}

/// For each row the number of its value, and the values.
fn numbered(values: &Values<'_>, rows: usize) -> (Vec<u16>, Vec<Option<Value>>) {
    let small = |number: usize| u16::try_from(number).expect("a block has at most 4,096 rows");
    match values {
        Values::Absent => (vec![0; rows], vec![None]),
        Values::Listed(view) => (view.codes(rows), view.entries.iter().map(|value| value.map(owned)).collect()),
        Values::Whole(view) => {
            let mut known: HashMap<u64, u16> = HashMap::new();
            let mut found = Vec::new();
            let numbers = (0..rows).map(|row| {
                let code = view.code(row);
                *known.entry(code).or_insert_with(|| {
                    found.push(view.value_of(code).map(owned));
                    small(found.len() - 1)
                })
            });
            (numbers.collect(), found)
        }
    }
}

/// The groups of the rows of a block.
pub(super) struct Groups {
    /// The values of each property that splits; blocks with the same values share the same groups.
    values: Vec<Vec<Option<Value>>>,
    /// At least one.
    pub(super) list: Rc<Vec<Dimensions>>,
    /// For each row its group; none when there is one group.
    pub(super) of: Option<Vec<u16>>,
}

/// Up to so many combinations of values are groups before it is known which of them there are.
const COMBINATIONS: usize = 256;

impl Groups {
    fn new(block: &Block<'_>, by: &[String], before: Option<&Self>) -> Result<Self, UsageError> {
        let rows = block.header.rows;
        let names: Vec<&str> = by.iter().map(|name| name.strip_prefix("properties.").unwrap_or(name)).collect();
        let (mut numbers, mut values) = (Vec::new(), Vec::new());
        for name in &names {
            let (own, found) = numbered(&block.property(name)?, rows);
            numbers.push(own);
            values.push(found);
        }
        let count = values.iter().try_fold(1_usize, |count, values| count.checked_mul(values.len()));
        if count.is_none_or(|count| count > COMBINATIONS) {
            let (list, of) = pair_up(&names, &numbers, &values, rows);
            return Ok(Self { values: Vec::new(), list: Rc::new(list), of });
        }
        let list = match before.filter(|before| before.values == values && !values.is_empty()) {
            Some(before) => Rc::clone(&before.list),
            None => Rc::new(combinations(&names, &values)),
        };
        let mut of: Option<Vec<u16>> = None;
        for (own, values) in numbers.into_iter().zip(&values).filter(|(_, values)| values.len() > 1) {
            of = Some(match of {
                None => own,
                Some(mut groups) => {
                    let width = u16::try_from(values.len()).expect("there are at most 256 combinations");
                    groups.iter_mut().zip(own).for_each(|(group, number)| *group = *group * width + number);
                    groups
                }
            });
        }
        Ok(Self { values, list, of })
    }
}

fn entry(name: &str, value: Option<&Value>) -> Option<(String, String)> {
    value.filter(|value| **value != Value::Null).map(|value| (name.to_owned(), value.to_text()))
}

/// All combinations of values, the last property changing fastest.
fn combinations(names: &[&str], values: &[Vec<Option<Value>>]) -> Vec<Dimensions> {
    let mut groups = vec![Dimensions::new()];
    for (name, values) in names.iter().zip(values) {
        let with = |group: &Dimensions, value: &Option<Value>| {
            let mut group = group.clone();
            group.extend(entry(name, value.as_ref()));
            group
        };
        groups = groups.iter().flat_map(|group| values.iter().map(|value| with(group, value))).collect();
    }
    groups
}

/// The combinations of values that there are.
fn pair_up(
    names: &[&str],
    numbers: &[Vec<u16>],
    values: &[Vec<Option<Value>>],
    rows: usize,
) -> (Vec<Dimensions>, Option<Vec<u16>>) {
    let (mut groups, mut group_of) = (vec![Dimensions::new()], vec![0_u16; rows]);
    for ((name, numbers), values) in names.iter().zip(numbers).zip(values) {
        let mut pairs = Pairs::new(groups.len(), values.len());
        let mut next = Vec::new();
        for (group, number) in group_of.iter_mut().zip(numbers) {
            *group = pairs.number(*group, *number, || {
                let mut dimensions = groups[usize::from(*group)].clone();
                dimensions.extend(entry(name, values[usize::from(*number)].as_ref()));
                next.push(dimensions);
            });
        }
        groups = next;
    }
    (groups, Some(group_of))
}

/// Numbers for pairs, in the order in which they come.
struct Pairs {
    width: usize,
    table: Vec<u16>,
    map: HashMap<usize, u16>,
    count: u16,
}

/// Up to so many pairs have a place in a table.
const TABLE: usize = 1 << 16;

impl Pairs {
    fn new(left: usize, right: usize) -> Self {
        let size = left * right;
        Self {
            width: right,
            table: vec![u16::MAX; if size <= TABLE { size } else { 0 }],
            map: HashMap::new(),
            count: 0,
        }
    }

    fn number(&mut self, left: u16, right: u16, begin: impl FnOnce()) -> u16 {
        let place = usize::from(left) * self.width + usize::from(right);
        let number = match self.table.get(place) {
            Some(number) => *number,
            None => self.map.get(&place).copied().unwrap_or(u16::MAX),
        };
        if number != u16::MAX {
            return number;
        }
        let number = self.count;
        self.count += 1;
        begin();
        match self.table.get_mut(place) {
            Some(slot) => *slot = number,
            None => {
                self.map.insert(place, number);
            }
        }
        number
    }
}
