//! One at a time for a tenant, over many transactions: among threads, and on PostgreSQL among processes.

use crate::{StoreError, pg::Server, store::lock};
use std::{
    collections::BTreeMap,
    marker::PhantomData,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, ThreadId},
};
use stdx::Key;

/// Whose turn it is, by tenant, in this process.
#[derive(Debug, Default)]
pub(crate) struct Busy {
    holders: Mutex<BTreeMap<Key, ThreadId>>,
    released: Condvar,
}

/// Proof that nobody else has the tenant; see [`Store::exclusive`](crate::Store::exclusive). It stays on its thread.
pub struct Exclusive<'s> {
    busy: &'s Busy,
    server: Option<&'s Server>,
    tenant: Key,
    stays: PhantomData<*const ()>,
}

impl<'s> Exclusive<'s> {
    pub(crate) fn take(busy: &'s Busy, server: Option<&'s Server>, tenant: &Key) -> Result<Self, StoreError> {
        let me = thread::current().id();
        let mut holders = lock(&busy.holders);
        if holders.values().any(|holder| *holder == me) {
            return Err(StoreError::Other("this thread waits for itself: it has a tenant for itself already".into()));
        }
        while holders.contains_key(tenant) {
            holders = wait(busy, holders);
        }
        holders.insert(tenant.clone(), me);
        drop(holders);
        // from here on the drop gives it back, also when the server cannot be reached
        let mut taken = Self { busy, server: None, tenant: tenant.clone(), stays: PhantomData };
        if let Some(server) = server {
            server.hold(tenant)?;
            taken.server = Some(server);
        }
        Ok(taken)
    }
}

fn wait<'a, T>(busy: &Busy, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
    busy.released.wait(guard).unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Exclusive<'_> {
    fn drop(&mut self) {
        if let Some(server) = self.server {
            server.release(&self.tenant);
        }
        lock(&self.busy.holders).remove(&self.tenant);
        self.busy.released.notify_all();
    }
}
