//! Values on their way to PostgreSQL and back. The server says of which type a parameter is.

use crate::value::Val;
use bytes::BytesMut;
use std::error::Error;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

type Failed = Box<dyn Error + Sync + Send>;

impl ToSql for Val {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Failed> {
        match (self, ty) {
            (Self::Null, _) => Ok(IsNull::Yes),
            (Self::I64(number), &Type::INT8) => number.to_sql(ty, out),
            (Self::I64(number), &Type::INT4) => i32::try_from(*number)?.to_sql(ty, out),
            (Self::Text(text), &(Type::TEXT | Type::VARCHAR | Type::NAME | Type::JSON)) => {
                out.extend_from_slice(text.as_bytes());
                Ok(IsNull::No)
            }
            (Self::Bytes(bytes), &Type::BYTEA) => {
                out.extend_from_slice(bytes);
                Ok(IsNull::No)
            }
            (Self::I64(_) | Self::Text(_) | Self::Bytes(_), _) => Err(format!("{self:?} is no {ty}").into()),
        }
    }
    fn accepts(_: &Type) -> bool {
        // each kind says so itself
        true
    }
    to_sql_checked!();
}

impl<'a> FromSql<'a> for Val {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Failed> {
        Ok(match *ty {
            Type::INT8 => Self::I64(i64::from_sql(ty, raw)?),
            Type::INT4 => Self::I64(i32::from_sql(ty, raw)?.into()),
            Type::BYTEA => Self::Bytes(raw.into()),
            _ => Self::Text(std::str::from_utf8(raw)?.into()),
        })
    }
    fn from_sql_null(_: &Type) -> Result<Self, Failed> {
        Ok(Self::Null)
    }
    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::INT8 | Type::INT4 | Type::BYTEA | Type::TEXT | Type::VARCHAR | Type::NAME | Type::JSON)
    }
}
