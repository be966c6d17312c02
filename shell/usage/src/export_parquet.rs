//! A tenant's versions of events as a Parquet file.
//!
//! | column | type |
//! |---|---|
//! | `seq` | INT64: the position |
//! | `recorded_at` | INT64, timestamp in microseconds UTC |
//! | `what`, `source`, `id` | text |
//! | `name`, `subject` | text; null where the event was retracted |
//! | `at` | INT64, timestamp in microseconds UTC; null where it was retracted |
//! | `properties` | JSON, numbers digit by digit; null where it was retracted |

use crate::{ExportError, Seq, UsageStore, Version, What, export::for_each_page};
use metering::Event;
use parquet::{
    basic::Compression,
    data_type::{ByteArray, ByteArrayType, Int64Type},
    file::{
        properties::WriterProperties,
        writer::{SerializedFileWriter, SerializedRowGroupWriter},
    },
    schema::parser::parse_message_type,
};
use std::{
    io::{self, Write},
    sync::Arc,
};
use stdx::Key;

const SCHEMA: &str = "message version {
    required int64 seq;
    required int64 recorded_at (TIMESTAMP(MICROS, true));
    required binary what (UTF8);
    required binary source (UTF8);
    required binary id (UTF8);
    optional binary name (UTF8);
    optional binary subject (UTF8);
    optional int64 at (TIMESTAMP(MICROS, true));
    optional binary properties (JSON);
}";

/// Writes a tenant's versions after one position up to another as a Parquet file, and says how many there were.
pub fn export_parquet(
    store: &dyn UsageStore,
    tenant: &Key,
    after: Seq,
    upto: Seq,
    out: &mut (dyn Write + Send),
) -> Result<u64, ExportError> {
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let schema = Arc::new(parse_message_type(SCHEMA)?);
    let mut file = SerializedFileWriter::new(out, schema, Arc::new(properties))?;
    let mut count = 0;
    for_each_page(store, tenant, after, upto, |page| {
        let mut group = file.next_row_group()?;
        put_page(&mut group, page)?;
        group.close()?;
        count += page.len() as u64;
        Ok(())
    })?;
    file.close()?;
    Ok(count)
}

fn put_page<W: Write + Send>(group: &mut SerializedRowGroupWriter<'_, W>, page: &[Version]) -> Result<(), ExportError> {
    let position =
        |version: &Version| i64::try_from(version.seq.0).map_err(|_| io::Error::other("a position above 2^63"));
    let seqs = page.iter().map(position).collect::<Result<Vec<_>, _>>()?;
    put_numbers(group, seqs.into_iter().map(Some))?;
    put_numbers(group, page.iter().map(|version| Some(version.recorded_at.micros())))?;
    put_texts(group, page.iter().map(|version| Some(word(version.what).to_owned())))?;
    put_texts(group, page.iter().map(|version| Some(version.source.clone())))?;
    put_texts(group, page.iter().map(|version| Some(version.id.clone())))?;
    let of_event =
        |text: fn(&Event) -> &String| page.iter().map(move |version| version.event.as_ref().map(text).cloned());
    put_texts(group, of_event(|event| &event.name))?;
    put_texts(group, of_event(|event| &event.subject))?;
    put_numbers(group, page.iter().map(|version| version.event.as_ref().map(|event| event.at.micros())))?;
    let json =
        |version: &Version| version.event.as_ref().map(|event| serde_json::to_string(&event.properties)).transpose();
    let properties = page.iter().map(json).collect::<Result<Vec<_>, _>>().map_err(io::Error::from)?;
    put_texts(group, properties.into_iter())
}

fn word(what: What) -> &'static str {
    match what {
        What::Accepted => "accepted",
        What::Amended => "amended",
        What::Retracted => "retracted",
    }
}

/// Writes the next column. Its definition levels are given also where it is required, and then not looked at.
fn put_numbers<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    numbers: impl Iterator<Item = Option<i64>>,
) -> Result<(), ExportError> {
    let (levels, values) = split(numbers);
    let mut column = group.next_column()?.ok_or_else(|| io::Error::other("the schema has fewer columns"))?;
    column.typed::<Int64Type>().write_batch(&values, Some(&levels), None)?;
    Ok(column.close()?)
}

fn put_texts<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    texts: impl Iterator<Item = Option<String>>,
) -> Result<(), ExportError> {
    let (levels, values) = split(texts.map(|text| text.map(|text| ByteArray::from(text.into_bytes()))));
    let mut column = group.next_column()?.ok_or_else(|| io::Error::other("the schema has fewer columns"))?;
    column.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None)?;
    Ok(column.close()?)
}

fn split<T>(values: impl Iterator<Item = Option<T>>) -> (Vec<i16>, Vec<T>) {
    let (mut levels, mut there) = (Vec::new(), Vec::new());
    for value in values {
        levels.push(i16::from(value.is_some()));
        there.extend(value);
    }
    (levels, there)
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::{
        file::reader::{FileReader, SerializedFileReader},
        record::RowAccessor,
    };

    #[test]
    fn what_is_exported_is_read_by_others() {
        let (store, tenant) = crate::export::tests::store();
        let mut out = Vec::new();
        assert_eq!(export_parquet(&store, &tenant, Seq::ZERO, Seq::NOW, &mut out).unwrap(), 3);
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&out).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        let rows: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[0].get_long(0).unwrap(), 1);
        assert_eq!(rows[0].get_string(2).unwrap(), "accepted");
        assert_eq!(rows[0].get_string(8).unwrap(), r#"{"n":0.10000000000000000000001}"#);
        assert_eq!(rows[2].get_string(2).unwrap(), "retracted");
        assert_eq!(rows[2].get_string(4).unwrap(), "b");
        assert!(rows[2].get_string(5).is_err() && rows[2].get_timestamp_micros(7).is_err());
    }
}
