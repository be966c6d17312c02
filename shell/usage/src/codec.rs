//! Events as bytes, and texts as numbers: the payload of the log's records and the rows in memory.
//!
//! ```text
//! payload := (batch | 0 changes)*
//! changes := tenant text · recorded_at int · first sequence number uint · new texts (uint, text*)
//!            · changes (uint, (0 row | 1 row | 2 source uint · id text)*)     an event added, amended, retracted
//! batch   := tenant text · received_at int · first sequence number uint · new texts (uint, text*)
//!            · accepted (uint, row*) · quarantined (uint, (sent · problem as JSON text)*)
//! sent    := 0 row | 1 text
//! row     := source uint · id text · name uint · subject uint · at int · body
//! body    := properties (uint, (name uint · value)*)              in the order of the property names
//! value   := 0 null | 1 false | 2 true | 3 number (scale byte · mantissa int) | 4 text
//! text    := length uint · UTF-8 bytes
//! uint    := LEB128 (7 bits a byte, the lowest first); int := zigzag, then uint
//! ```
//!
//! `source`, `name`, `subject` and property names are numbers of texts in the order in which the log first mentions them.
//! Equal events have equal bytes: names are sorted and numbers are without trailing zeros.

use metering::{Properties, Value};
use money::Dec;
use std::{collections::HashMap, sync::Arc};

/// Texts that occur again and again, by number.
#[derive(Debug, Default)]
pub(crate) struct Dictionary {
    numbers: HashMap<Arc<str>, u32>,
    texts: Vec<Arc<str>>,
}

impl Dictionary {
    /// How many texts there are; those from here on are new later.
    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }
    /// The texts added since there were `from`.
    pub(crate) fn since(&self, from: usize) -> &[Arc<str>] {
        &self.texts[from..]
    }
    /// The number of a text that is known.
    pub(crate) fn number(&self, text: &str) -> Option<u32> {
        self.numbers.get(text).copied()
    }
    /// The text of a number that this dictionary gave.
    pub(crate) fn text(&self, number: u32) -> &Arc<str> {
        &self.texts[number as usize]
    }
    /// The text of a number that was read from somewhere.
    fn known(&self, number: u32) -> Result<&Arc<str>, String> {
        self.texts.get(number as usize).ok_or_else(|| format!("text {number} is not in the dictionary"))
    }
    /// The number of a text, which is new if it has to be.
    pub(crate) fn intern(&mut self, text: &str) -> u32 {
        if let Some(number) = self.number(text) {
            return number;
        }
        let number =
            u32::try_from(self.texts.len()).expect("fewer than 2^32 distinct names and subjects fit in memory");
        let text: Arc<str> = text.into();
        self.texts.push(Arc::clone(&text));
        self.numbers.insert(text, number);
        number
    }
}

/// The properties of an event as bytes.
pub(crate) fn encode_body(properties: &Properties, dictionary: &mut Dictionary) -> Box<[u8]> {
    let mut out = Vec::with_capacity(8 + properties.len() * 12);
    put_uint(&mut out, properties.len() as u128);
    for (name, value) in properties {
        put_uint(&mut out, dictionary.intern(name).into());
        match value {
            Value::Null => out.push(0),
            Value::Bool(false) => out.push(1),
            Value::Bool(true) => out.push(2),
            Value::Num(number) => {
                out.extend([3, number.scale()]);
                put_int(&mut out, number.mantissa());
            }
            Value::Text(text) => {
                out.push(4);
                put_text(&mut out, text);
            }
        }
    }
    out.into()
}

/// Puts the properties that [`encode_body`] wrote into `properties`. What was there is replaced, and its memory is used again
/// where the same properties were there before: the reader of a million like events makes no new texts.
pub(crate) fn decode_body(body: &[u8], dictionary: &Dictionary, properties: &mut Properties) -> Result<(), String> {
    let mut reader = Reader(body);
    let count = reader.uint()?;
    let same = properties.len() as u128 == count && {
        let mut reader = Reader(reader.0);
        properties.iter_mut().all(|(name, value)| {
            let found = reader.number().ok().and_then(|number| dictionary.texts.get(number as usize));
            found.is_some_and(|found| **found == **name) && reader.value_into(value).is_ok()
        })
    };
    if same {
        return Ok(());
    }
    properties.clear();
    for _ in 0..count {
        let name = dictionary.known(reader.number()?)?.to_string();
        let mut value = Value::Null;
        reader.value_into(&mut value)?;
        properties.insert(name, value);
    }
    Ok(())
}

/// Reads what the `put_` functions wrote; every answer is an error when the bytes cannot have been written so.
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn byte(&mut self) -> Result<u8, String> {
        let (first, rest) = self.0.split_first().ok_or("it ends too early")?;
        self.0 = rest;
        Ok(*first)
    }
    pub(crate) fn uint(&mut self) -> Result<u128, String> {
        let mut number = 0;
        for shift in (0..128).step_by(7) {
            let byte = self.byte()?;
            if shift == 126 && byte > 3 {
                break;
            }
            number |= u128::from(byte & 127) << shift;
            if byte < 128 {
                return Ok(number);
            }
        }
        Err("a number is too long".into())
    }
    pub(crate) fn int(&mut self) -> Result<i128, String> {
        let number = self.uint()?;
        let magnitude = (number >> 1).cast_signed();
        Ok(if number & 1 == 0 { magnitude } else { !magnitude })
    }
    /// A number of the dictionary.
    pub(crate) fn number(&mut self) -> Result<u32, String> {
        u32::try_from(self.uint()?).map_err(|_| "a text's number is too big".into())
    }
    pub(crate) fn count(&mut self) -> Result<usize, String> {
        usize::try_from(self.uint()?).map_err(|_| "a count is too big".into())
    }
    pub(crate) fn text(&mut self) -> Result<&'a str, String> {
        let length = self.count()?;
        let (text, rest) = self.0.split_at_checked(length).ok_or("a text ends too early")?;
        self.0 = rest;
        std::str::from_utf8(text).map_err(|error| error.to_string())
    }
    fn value_into(&mut self, value: &mut Value) -> Result<(), String> {
        *value = match self.byte()? {
            0 => Value::Null,
            1 => Value::Bool(false),
            2 => Value::Bool(true),
            3 => {
                let scale = self.byte()?;
                Value::Num(Dec::new(self.int()?, scale).map_err(|error| error.to_string())?)
            }
            4 => {
                let text = self.text()?;
                if let Value::Text(old) = value {
                    old.clear();
                    old.push_str(text);
                    return Ok(());
                }
                Value::Text(text.into())
            }
            kind => return Err(format!("there is no kind of value {kind}")),
        };
        Ok(())
    }
    /// The bytes of the body that comes next.
    pub(crate) fn body(&mut self, dictionary: &Dictionary) -> Result<&'a [u8], String> {
        let start = self.0;
        let mut value = Value::Null;
        for _ in 0..self.uint()? {
            dictionary.known(self.number()?)?;
            self.value_into(&mut value)?;
        }
        Ok(&start[..start.len() - self.0.len()])
    }
}

pub(crate) fn put_uint(out: &mut Vec<u8>, mut number: u128) {
    while number >= 128 {
        out.push(number.to_le_bytes()[0] | 128);
        number >>= 7;
    }
    out.push(number.to_le_bytes()[0]);
}

pub(crate) fn put_int(out: &mut Vec<u8>, number: i128) {
    put_uint(out, (number.cast_unsigned() << 1) ^ (number >> 127).cast_unsigned());
}

pub(crate) fn put_text(out: &mut Vec<u8>, text: &str) {
    put_uint(out, text.len() as u128);
    out.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn values() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            (any::<i64>(), 0_u8..=38)
                .prop_map(|(mantissa, scale)| Value::Num(Dec::new(mantissa.into(), scale).unwrap())),
            ".{0,12}".prop_map(Value::Text),
        ]
    }

    proptest! {
        #[test]
        fn integers_come_back(number in any::<i128>()) {
            let mut out = Vec::new();
            put_int(&mut out, number);
            put_uint(&mut out, number.cast_unsigned());
            let mut reader = Reader(&out);
            prop_assert_eq!(reader.int(), Ok(number));
            prop_assert_eq!(reader.uint(), Ok(number.cast_unsigned()));
            prop_assert!(reader.0.is_empty() && reader.uint().is_err());
        }

        #[test]
        fn properties_come_back_whatever_was_there_before(
            events in prop::collection::vec(prop::collection::btree_map("[a-c]", values(), 0..4), 1..6)
        ) {
            let mut dictionary = Dictionary::default();
            let mut scratch = Properties::new();
            for properties in events {
                let body = encode_body(&properties, &mut dictionary);
                decode_body(&body, &dictionary, &mut scratch).unwrap();
                prop_assert_eq!(&scratch, &properties);
                prop_assert_eq!(&encode_body(&scratch, &mut dictionary), &body);
                prop_assert_eq!(Reader(&body).body(&dictionary).unwrap(), &*body);
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let mut dictionary = Dictionary::default();
            dictionary.intern("a");
            let _ = decode_body(&bytes, &dictionary, &mut Properties::new());
            let _ = Reader(&bytes).body(&dictionary);
        }
    }
}
