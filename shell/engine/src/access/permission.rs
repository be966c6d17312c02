//! Permissions: an action on a kind of thing. Roles are sets of them.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use stdx::Problem;

/// The kinds of things that can be read or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Resource {
    /// What is sold.
    Pricing,
    /// Customers.
    Customers,
    /// Subscriptions.
    Subscriptions,
    /// Events, their versions and the quarantine.
    Events,
    /// What meters say.
    Usage,
    /// Corrections of events.
    Changesets,
    /// Invoices, previews, billing runs.
    Invoices,
    /// Journal and balances.
    Books,
    /// API keys, portal tokens, users, what needs a second person.
    Access,
    /// Requests that wait for a second person.
    Approvals,
    /// The audit log.
    Audit,
    /// Tenants of the installation.
    Tenants,
    /// The installation itself: metrics, copies.
    Operations,
}

impl Resource {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::Pricing,
        Self::Customers,
        Self::Subscriptions,
        Self::Events,
        Self::Usage,
        Self::Changesets,
        Self::Invoices,
        Self::Books,
        Self::Access,
        Self::Approvals,
        Self::Audit,
        Self::Tenants,
        Self::Operations,
    ];

    const fn word(self) -> &'static str {
        match self {
            Self::Pricing => "pricing",
            Self::Customers => "customers",
            Self::Subscriptions => "subscriptions",
            Self::Events => "events",
            Self::Usage => "usage",
            Self::Changesets => "changesets",
            Self::Invoices => "invoices",
            Self::Books => "books",
            Self::Access => "access",
            Self::Approvals => "approvals",
            Self::Audit => "audit",
            Self::Tenants => "tenants",
            Self::Operations => "operations",
        }
    }
}

/// What is done to a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It is looked at.
    Read,
    /// It is made or changed.
    Write,
    /// What was prepared takes effect: a draft is issued, a changeset is applied, pricing is put in force.
    Approve,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Approve];

    const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Approve => "approve",
        }
    }
}

/// An action on a kind of thing, written `invoices:read`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Permission {
    /// What it is about.
    pub resource: Resource,
    /// What may be done.
    pub action: Action,
}

impl Permission {
    /// Every permission.
    pub fn all() -> impl Iterator<Item = Self> {
        let of = |resource| Action::ALL.into_iter().map(move |action| Self { resource, action });
        Resource::ALL.into_iter().flat_map(of)
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.resource.word(), self.action.word())
    }
}

impl From<Permission> for String {
    fn from(permission: Permission) -> Self {
        permission.to_string()
    }
}

impl TryFrom<String> for Permission {
    type Error = Problem;
    fn try_from(text: String) -> Result<Self, Problem> {
        let found = text.split_once(':').and_then(|(resource, action)| {
            let resource = Resource::ALL.into_iter().find(|known| known.word() == resource)?;
            Some(Self { resource, action: Action::ALL.into_iter().find(|known| known.word() == action)? })
        });
        found.ok_or_else(|| {
            let resources: Vec<&str> = Resource::ALL.into_iter().map(Resource::word).collect();
            Problem::new("unknown_permission", "There is no such permission")
                .detail(format!("`{text}` is not a thing, a colon and what may be done to it"))
                .mend(format!("write `events:write`, for example: read, write or approve, of {}", resources.join(", ")))
        })
    }
}

impl JsonSchema for Permission {
    fn schema_name() -> Cow<'static, str> {
        "Permission".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let all: Vec<String> = Self::all().map(String::from).collect();
        json_schema!({ "type": "string", "enum": all, "description": "An action on a kind of thing." })
    }
}

/// What a person or a program usually does, as a set of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything.
    Owner,
    /// Says what is sold, and sees how it is used and billed.
    Product,
    /// Bills, corrects and closes.
    Finance,
    /// Sends events and mends them.
    Engineering,
    /// Helps customers: sees what they see, and changes their subscriptions.
    Support,
    /// Sees everything and changes nothing.
    Auditor,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] =
        [Self::Owner, Self::Product, Self::Finance, Self::Engineering, Self::Support, Self::Auditor];

    /// Whether the role includes a permission.
    pub fn permits(self, permission: Permission) -> bool {
        use Resource::{
            Approvals, Audit, Books, Changesets, Customers, Events, Invoices, Operations, Pricing, Subscriptions,
            Tenants, Usage,
        };
        let Permission { resource, action } = permission;
        let reads = |some: &[Resource]| action == Action::Read && some.contains(&resource);
        let writes = |some: &[Resource]| action == Action::Write && some.contains(&resource);
        let approves = |some: &[Resource]| action == Action::Approve && some.contains(&resource);
        match self {
            Self::Owner => true,
            Self::Auditor => action == Action::Read && resource != Tenants,
            Self::Product => {
                reads(&[Pricing, Customers, Subscriptions, Events, Usage, Changesets, Invoices, Approvals])
                    || writes(&[Pricing, Customers, Subscriptions, Approvals])
                    || approves(&[Pricing, Approvals])
            }
            Self::Finance => {
                reads(&[
                    Pricing,
                    Customers,
                    Subscriptions,
                    Events,
                    Usage,
                    Changesets,
                    Invoices,
                    Books,
                    Approvals,
                    Audit,
                ]) || writes(&[Customers, Subscriptions, Changesets, Invoices, Books, Approvals])
                    || approves(&[Changesets, Invoices, Books, Approvals])
            }
            Self::Engineering => {
                reads(&[Pricing, Customers, Subscriptions, Events, Usage, Changesets, Approvals, Operations])
                    || writes(&[Customers, Events, Changesets, Approvals, Operations])
            }
            Self::Support => {
                reads(&[Pricing, Customers, Subscriptions, Events, Usage, Changesets, Invoices, Approvals])
                    || writes(&[Subscriptions, Changesets, Approvals])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permission_is_read_as_it_is_written() {
        for permission in Permission::all() {
            assert_eq!(Permission::try_from(permission.to_string()), Ok(permission));
        }
        for wrong in ["", "invoices", "invoices:", "invoices:pay", "Invoices:read", "invoices:read:x"] {
            assert_eq!(Permission::try_from(wrong.to_owned()).expect_err(wrong).code, "unknown_permission");
        }
    }

    #[test]
    fn who_prepares_does_not_approve_and_who_audits_changes_nothing() {
        let may = |role: Role, text: &str| role.permits(Permission::try_from(text.to_owned()).expect(text));
        assert!(Permission::all().all(|permission| Role::Owner.permits(permission)));
        assert!(
            Permission::all().all(|permission| !Role::Auditor.permits(permission) || permission.action == Action::Read)
        );
        assert!(may(Role::Engineering, "changesets:write") && !may(Role::Engineering, "changesets:approve"));
        assert!(may(Role::Support, "subscriptions:write") && !may(Role::Support, "invoices:write"));
        assert!(may(Role::Product, "pricing:approve") && !may(Role::Finance, "pricing:write"));
        for role in Role::ALL.into_iter().filter(|role| *role != Role::Owner) {
            assert!(!may(role, "access:write") && !may(role, "tenants:read"), "{role:?}");
        }
    }
}
