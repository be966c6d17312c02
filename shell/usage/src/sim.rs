//! A disk that is not there: it forgets what was not made durable, has no room, and changes its mind, all by a seed.

use crate::{
    disk::{Disk, DiskFile},
    segment::Bytes,
};
use std::{
    collections::BTreeMap,
    io,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard},
};

/// A sequence of numbers that look random and are always the same.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }
}

#[derive(Clone, Default)]
pub(crate) struct SimDisk(Arc<Mutex<Inner>>);

#[derive(Default, Clone)]
struct Inner {
    files: BTreeMap<u64, SimFile>,
    names: BTreeMap<String, u64>,
    /// What the directory was after each change since it was made durable, that first.
    past: Vec<BTreeMap<String, u64>>,
    next: u64,
    /// Changes until the power fails.
    left: Option<u64>,
    off: bool,
    /// Bytes that all files together may have.
    room: Option<usize>,
    /// Flushes until one fails.
    syncs: Option<u64>,
}

#[derive(Default, Clone)]
struct SimFile {
    bytes: Vec<u8>,
    durable: Vec<u8>,
}

const SECTOR: usize = 512;

impl SimDisk {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }

    /// Lets the power fail after so many changes.
    pub(crate) fn fail_after(&self, changes: u64) {
        self.lock().left = Some(changes);
    }

    pub(crate) fn limit(&self, room: Option<usize>) {
        self.lock().room = room;
    }

    pub(crate) fn fail_sync_after(&self, syncs: u64) {
        self.lock().syncs = Some(syncs);
    }

    pub(crate) fn used(&self) -> usize {
        self.lock().files.values().map(|file| file.bytes.len()).sum()
    }

    /// What is found after the power failed: of what was not durable, any sector may be there or not, and any first part of the
    /// changes of the directory.
    pub(crate) fn after_power_failure(&self, dice: &mut Dice) -> Self {
        let inner = self.lock();
        let mut past = inner.past.clone();
        past.push(inner.names.clone());
        let names = past.swap_remove(dice.below(past.len()));
        let mut files = BTreeMap::new();
        for number in names.values() {
            let SimFile { bytes, durable } = &inner.files[number];
            let length = if dice.below(2) == 0 { bytes.len() } else { durable.len() };
            let mut found = durable.clone();
            found.resize(length, 0);
            for (sector, part) in found.chunks_mut(SECTOR).enumerate() {
                let start = sector * SECTOR;
                if start + part.len() <= bytes.len() && dice.below(2) == 0 {
                    part.copy_from_slice(&bytes[start..start + part.len()]);
                }
            }
            files.insert(*number, SimFile { bytes: found.clone(), durable: found });
        }
        let past = vec![names.clone()];
        Self(Arc::new(Mutex::new(Inner { files, names, past, next: inner.next, ..Inner::default() })))
    }

    /// The same disk with one bit changed; which file it is in.
    pub(crate) fn with_a_changed_bit(&self, dice: &mut Dice) -> (Self, String) {
        let mut inner = self.lock().clone();
        let names: Vec<String> = inner.names.keys().cloned().collect();
        let name = names[dice.below(names.len())].clone();
        let file = inner.files.get_mut(&inner.names[&name]).unwrap();
        if !file.bytes.is_empty() {
            let place = dice.below(file.bytes.len());
            file.bytes[place] ^= 1 << dice.below(8);
        }
        (Self(Arc::new(Mutex::new(inner))), name)
    }
}

impl Inner {
    /// Counts a change; an error when the power fails at it.
    fn change(&mut self) -> io::Result<()> {
        if let Some(left) = &mut self.left {
            if *left == 0 {
                self.off = true;
            }
            *left = left.saturating_sub(1);
        }
        self.on()
    }
    fn on(&self) -> io::Result<()> {
        if self.off { Err(io::Error::other("the power failed")) } else { Ok(()) }
    }
    fn number(&self, name: &str) -> io::Result<u64> {
        self.on()?;
        self.names.get(name).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
    fn renamed(&mut self, before: BTreeMap<String, u64>) {
        self.past.push(before);
    }
}

impl Disk for SimDisk {
    fn path(&self, name: &str) -> PathBuf {
        name.into()
    }
    fn list(&self) -> io::Result<Vec<String>> {
        let inner = self.lock();
        inner.on()?;
        Ok(inner.names.keys().cloned().collect())
    }
    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        let inner = self.lock();
        Ok(inner.files[&inner.number(name)?].bytes.clone())
    }
    fn front(&self, name: &str, bytes: usize) -> io::Result<Vec<u8>> {
        let mut front = self.read(name)?;
        front.truncate(bytes);
        Ok(front)
    }
    fn map(&self, name: &str) -> io::Result<Bytes> {
        self.read(name).map(Bytes::Held)
    }
    fn create(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        let mut inner = self.lock();
        inner.change()?;
        let (number, before) = (inner.next, inner.names.clone());
        inner.next += 1;
        inner.files.insert(number, SimFile::default());
        inner.names.insert(name.into(), number);
        inner.renamed(before);
        Ok(Box::new(Handle { disk: self.clone(), number }))
    }
    fn open(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        let number = self.lock().number(name)?;
        Ok(Box::new(Handle { disk: self.clone(), number }))
    }
    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut inner = self.lock();
        inner.change()?;
        let (number, before) = (inner.number(from)?, inner.names.clone());
        inner.names.remove(from);
        inner.names.insert(to.into(), number);
        inner.renamed(before);
        Ok(())
    }
    fn remove(&self, name: &str) -> io::Result<()> {
        let mut inner = self.lock();
        inner.change()?;
        let (number, before) = (inner.number(name)?, inner.names.clone());
        inner.names.remove(name);
        if let Some(file) = inner.files.get_mut(&number) {
            // its room is free; what is durable may still come back
            file.bytes = file.durable.clone();
        }
        inner.renamed(before);
        Ok(())
    }
    fn sync(&self) -> io::Result<()> {
        let mut inner = self.lock();
        inner.change()?;
        inner.past = Vec::new();
        let alive: Vec<u64> = inner.names.values().copied().collect();
        inner.files.retain(|number, _| alive.contains(number));
        Ok(())
    }
}

struct Handle {
    disk: SimDisk,
    number: u64,
}

impl DiskFile for Handle {
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut inner = self.disk.lock();
        let failed = inner.change();
        let (offset, used) =
            (usize::try_from(offset).unwrap(), inner.files.values().map(|file| file.bytes.len()).sum::<usize>());
        let room = inner.room;
        let Some(file) = inner.files.get_mut(&self.number) else { return Ok(()) };
        let longer = (offset + bytes.len()).saturating_sub(file.bytes.len());
        if longer > 0 && room.is_some_and(|room| used + longer > room) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        let length = file.bytes.len().max(offset + bytes.len());
        file.bytes.resize(length, 0);
        file.bytes[offset..offset + bytes.len()].copy_from_slice(bytes);
        failed
    }
    fn sync(&mut self) -> io::Result<()> {
        let mut inner = self.disk.lock();
        inner.change()?;
        if let Some(syncs) = &mut inner.syncs {
            if *syncs == 0 {
                return Err(io::Error::other("no disk"));
            }
            *syncs -= 1;
        }
        if let Some(file) = inner.files.get_mut(&self.number) {
            file.durable = file.bytes.clone();
        }
        Ok(())
    }
}
