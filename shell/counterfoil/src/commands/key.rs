//! `counterfoil key`

use super::DataDir;
use crate::failure::{Done, Failure};
use crate::text::table;
use calendar::Instant;
use clap::{Args, Subcommand};
use engine::{DocumentCursor, IssuedToken, NewToken, Permission, Platform, Role, Token, Which};
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use std::process::ExitCode;
use std::str::FromStr;
use stdx::{Key as Name, ToProblem};

/// Make, list and end API keys, on the machine on which the data is. A running server sees it within five seconds.
#[derive(Debug, Args)]
pub(crate) struct Key {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make a key; its secret is shown this once.
    #[command(
        after_help = "Examples:\n  counterfoil key create gateway --permission events:write\n  counterfoil key create ann --role owner"
    )]
    Create(Create),
    /// List keys, sessions and customers' tokens, without their secrets.
    List(List),
    /// End a key at once.
    Revoke(Revoke),
}

#[derive(Debug, Args)]
struct Create {
    /// What people call it.
    name: String,
    /// A set of permissions: owner, product, finance, engineering, support or auditor.
    #[arg(long = "role", value_name = "ROLE", value_parser = word::<Role>)]
    roles: Vec<Role>,
    /// A single permission, such as `events:write`.
    #[arg(long = "permission", value_name = "PERMISSION", value_parser = permission)]
    permissions: Vec<Permission>,
    /// From when on it is no longer good, such as 2027-01-01T00:00:00Z; never when left out.
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    expires: Option<Instant>,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
struct Revoke {
    /// The key's id, as it is listed.
    id: String,
    #[command(flatten)]
    place: Place,
}

/// Whose keys.
#[derive(Debug, Args)]
struct Place {
    /// The tenant.
    #[arg(long, value_name = "TENANT", default_value = "default")]
    tenant: Name,
    #[command(flatten)]
    dir: DataDir,
}

fn word<T: DeserializeOwned>(word: &str) -> Result<T, String> {
    serde_json::from_value(word.into()).map_err(|error| error.to_string())
}

fn permission(text: &str) -> Result<Permission, String> {
    Permission::try_from(text.to_owned()).map_err(|problem| problem.to_string())
}

fn instant(text: &str) -> Result<Instant, String> {
    Instant::from_str(text).map_err(|error| error.problem().to_string())
}

impl Key {
    pub(crate) fn run(self) -> Done {
        match self.what {
            What::Create(create) => create.run(),
            What::List(list) => list.run(),
            What::Revoke(revoke) => revoke.run(),
        }
    }
}

impl Place {
    fn engine(&self) -> Result<engine::Engine, Failure> {
        Ok(Platform::facts_of(self.dir.place()?)?.engine(&self.tenant)?)
    }
}

impl Create {
    fn run(self) -> Done {
        let Self { name, roles, permissions, expires, place } = self;
        let new = NewToken {
            name,
            roles: roles.into_iter().collect(),
            permissions: permissions.into_iter().collect(),
            expires_at: expires,
        };
        let IssuedToken { secret, token } = place.engine()?.create_key(new)?;
        println!("{secret}");
        eprintln!("key {} of {}; the secret is shown this once", token.id, place.tenant);
        Ok(ExitCode::SUCCESS)
    }
}

impl List {
    fn run(self) -> Done {
        let engine = self.place.engine()?;
        let (mut rows, mut after) = (Vec::new(), DocumentCursor::start());
        loop {
            let page = engine.tokens(Which::All, &after, 500)?;
            let Some(last) = page.last() else { break };
            after = DocumentCursor { sort_at: last.sort_at, id: last.id.clone() };
            rows.extend(page.into_iter().map(|found| row(&found.body)));
        }
        println!("{}", table(&["id", "kind", "name", "may", "ends", "last used"], &[], rows.into_iter()));
        Ok(ExitCode::SUCCESS)
    }
}

fn row(token: &Token) -> Vec<String> {
    let words = |set: &BTreeSet<Role>| set.iter().map(|role| format!("{role:?}").to_lowercase()).collect::<Vec<_>>();
    let mut may = words(&token.roles);
    may.extend(token.permissions.iter().map(Permission::to_string));
    may.extend(token.customer.iter().map(|customer| format!("customer {customer}")));
    let ends = match (token.revoked_at, token.expires_at) {
        (Some(at), _) => format!("revoked {at}"),
        (None, Some(at)) => at.to_string(),
        (None, None) => "never".into(),
    };
    let kind = format!("{:?}", token.kind).to_lowercase();
    let used = token.used_at.map_or_else(|| "never".into(), |at| at.to_string());
    vec![token.id.clone(), kind, token.name.clone(), may.join(" "), ends, used]
}

impl Revoke {
    fn run(self) -> Done {
        let token = self.place.engine()?.revoke_token(&self.id)?;
        println!("{} ({}) is no longer good", token.id, token.name);
        Ok(ExitCode::SUCCESS)
    }
}
