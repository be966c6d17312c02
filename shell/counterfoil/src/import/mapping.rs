//! Which column is what.

use calendar::Zone;
use std::collections::BTreeMap;
use stdx::Problem;

/// What a column is to an event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// Who sent it.
    Source,
    /// The sender's id.
    Id,
    /// The name of the event.
    Name,
    /// Who used.
    Subject,
    /// When it happened.
    Time,
    /// A property.
    Property(String),
    /// All properties, as a JSON object.
    Properties,
}

/// What is said of columns by `--map`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mapping {
    roles: BTreeMap<String, Role>,
}

/// What holds where no column says something.
#[derive(Debug, Clone)]
pub(crate) struct Defaults {
    pub name: Option<String>,
    pub subject: Option<String>,
    pub source: String,
    /// Of times without an offset.
    pub zone: Zone,
}

impl Mapping {
    /// Reads `FIELD=COLUMN` of each.
    pub(crate) fn parse(pairs: &[String]) -> Result<Self, Problem> {
        let mut mapping = Self::default();
        for pair in pairs {
            let Some((field, column)) =
                pair.split_once('=').filter(|(field, column)| !field.is_empty() && !column.is_empty())
            else {
                return Err(Problem::new("invalid_mapping", "This is not a mapping of a column")
                    .detail(format!("`{pair}` has no field before and no column after an equals sign"))
                    .at("--map")
                    .mend("write FIELD=COLUMN, such as --map subject=account"));
            };
            mapping.add(field, column)?;
        }
        Ok(mapping)
    }

    /// Says that a column is a field.
    pub(crate) fn add(&mut self, field: &str, column: &str) -> Result<(), Problem> {
        let role = field_role(field).unwrap_or_else(|| {
            let name = field.strip_prefix("properties.").or_else(|| field.strip_prefix("data.")).unwrap_or(field);
            Role::Property(name.to_owned())
        });
        let taken = self.roles.iter().find(|(known, known_role)| **known_role == role || *known == column);
        if let Some((known, _)) = taken {
            return Err(Problem::new("mapped_twice", "A column or field is mapped twice")
                .detail(format!("`{field}={column}` contradicts what is said of the column `{known}`"))
                .at("--map")
                .mend("name each field and each column once"));
        }
        self.roles.insert(column.to_owned(), role);
        Ok(())
    }

    /// The columns that are named.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &str> {
        self.roles.keys().map(String::as_str)
    }

    /// What a column is: as it is mapped, or by its own name unless another column has that role.
    pub(crate) fn role(&self, column: &str) -> Option<Role> {
        if let Some(role) = self.roles.get(column) {
            return Some(role.clone());
        }
        let own = field_role(&column.to_lowercase())?;
        (!self.roles.values().any(|role| *role == own)).then_some(own)
    }
}

/// The field of an event that goes by this name.
fn field_role(name: &str) -> Option<Role> {
    match name {
        "source" => Some(Role::Source),
        "id" => Some(Role::Id),
        "type" | "name" | "event" => Some(Role::Name),
        "subject" | "customer" => Some(Role::Subject),
        "time" | "at" | "timestamp" => Some(Role::Time),
        "properties" | "data" => Some(Role::Properties),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(pairs: &[&str]) -> Result<Mapping, Problem> {
        Mapping::parse(&pairs.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn a_column_has_the_role_of_its_name_until_it_is_given_away() {
        let plain = Mapping::default();
        assert_eq!(plain.role("TIMESTAMP"), Some(Role::Time));
        assert_eq!(plain.role("Customer"), Some(Role::Subject));
        assert_eq!(plain.role("ContextTokens"), None);
        let mapped = mapping(&["time=created", "tokens=ContextTokens", "properties.model=m"]).expect("a mapping");
        assert_eq!(mapped.role("created"), Some(Role::Time));
        assert_eq!(mapped.role("TIMESTAMP"), None, "there is another column for the time");
        assert_eq!(mapped.role("ContextTokens"), Some(Role::Property("tokens".into())));
        assert_eq!(mapped.role("m"), Some(Role::Property("model".into())));
    }

    #[test]
    fn a_mapping_that_contradicts_itself_is_refused() {
        for wrong in [&["subject"][..], &["=a"], &["id=a", "id=b"], &["id=a", "time=a"]] {
            assert!(mapping(wrong).is_err(), "{wrong:?}");
        }
    }
}
