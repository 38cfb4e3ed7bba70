//! The sandbox as its users hold it: one world, perhaps a directory behind it, and connections for clients.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use super::scenario;
use super::services::lambda::Python;
use super::store::{Opened, Owner, Record, Store, StoreError};
use super::transport::connection::Connection;
use super::wire::Decoded;
use super::wire::http::Response;
use super::world::faults::Fault;
use super::world::{Faults, Moment, World};

/// The simulated AWS. Clones share one world.
#[derive(Debug, Clone)]
pub struct Sandbox {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug)]
pub(super) struct Inner {
    pub(super) world: World,
    pub(super) store: Option<Store>,
    pub(super) calls: u64,
    pub(super) interruption: Option<Interruption>,
    pub(super) between: Option<Between>,
    meanwhile: Option<Meanwhile>,
}

/// Something between the world and its clients that changes answers: a proxy, a cache, a gateway. For tests.
#[derive(Clone)]
pub struct Between(pub(super) Arc<Alter>);

/// Changes the answer to a call that was carried out.
pub type Alter = dyn Fn(&Decoded, Response) -> Response + Send + Sync;

impl fmt::Debug for Between {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Between")
    }
}

/// What somebody else does at a call of the client, once.
struct Meanwhile {
    call: u64,
    work: Box<dyn FnOnce(Sandbox) + Send>,
}

impl fmt::Debug for Meanwhile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meanwhile").field("call", &self.call).finish_non_exhaustive()
    }
}

/// Where the client's process ends, for tests of what a killed command leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interruption {
    /// Before the service sees call number N, counted from 1.
    Before(u64),
    /// After the service has answered call number N, before the client sees the answer.
    After(u64),
    /// Somebody presses Ctrl-C when call number N is answered; the client lives on.
    Signal(u64),
}

/// The seed of a world that nobody gave another one.
pub const DEFAULT_SEED: u64 = 1;

impl Sandbox {
    /// A world that lives in memory only.
    pub fn in_memory(world: World) -> Self {
        Self::of(world, None)
    }

    /// Opens the sandbox in `directory`; a missing or empty one becomes the built-in world.
    ///
    /// The second value holds what the user should be told.
    ///
    /// # Errors
    /// [`StoreError`]: a foreign directory, a damaged file, another process.
    pub fn open(directory: &Path, owner: &Owner) -> Result<(Self, Vec<String>), StoreError> {
        Self::open_or_make(directory, owner, || scenario::built_in(DEFAULT_SEED))
    }

    /// Opens the sandbox in `directory`, making the world that `make` gives where there is none.
    ///
    /// # Errors
    /// As [`Sandbox::open`].
    pub fn open_or_make(
        directory: &Path,
        owner: &Owner,
        make: impl FnOnce() -> World,
    ) -> Result<(Self, Vec<String>), StoreError> {
        let Opened { mut store, world, mut notes } = Store::open(directory, owner)?;
        let world = match world {
            Some(world) => world,
            None => {
                let world = make();
                store.snapshot(&world)?;
                notes.push(format!("made a new sandbox in `{}`", directory.display()));
                world
            }
        };
        Ok((Self::of(world, Some(store)), notes))
    }

    fn of(world: World, store: Option<Store>) -> Self {
        let inner = Inner { world, store, calls: 0, interruption: None, between: None, meanwhile: None };
        Self { inner: Arc::new(Mutex::new(inner)) }
    }

    /// Connects one client. To be called inside the runtime that the client runs in: the world's
    /// clock follows that runtime's clock from here on.
    pub fn connect(&self) -> Connection {
        Connection::open(self.clone())
    }

    /// Says which source of the pipeline's function is the shipped one: a function with exactly this
    /// source runs as its equivalent in Rust.
    pub fn ship(&self, source: &str) {
        super::services::lambda::ship(&mut self.lock().world, source);
    }

    /// Says how functions run whose source is not the shipped one.
    pub fn run_functions(&self, python: Python) {
        self.lock().world.python = python;
    }

    /// What the user should be told, since this was asked last.
    pub fn take_notes(&self) -> Vec<String> {
        std::mem::take(&mut self.lock().world.python.notes)
    }

    /// The virtual instant.
    pub fn now(&self) -> Moment {
        self.lock().world.now
    }

    /// Moves the clock; what is due on the way happens.
    ///
    /// # Errors
    /// The file system's.
    pub fn advance_to(&self, instant: Moment) -> Result<usize, StoreError> {
        self.lock().advance_to(instant)
    }

    /// Looks at the world.
    pub fn look<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.lock().world)
    }

    /// A copy of the world as it is.
    pub fn world(&self) -> World {
        self.lock().world.clone()
    }

    /// Ends the client at a call: its future never resolves again, and [`Connection::ended`] does.
    pub fn interrupt(&self, interruption: Option<Interruption>) {
        let mut inner = self.lock();
        inner.calls = 0;
        inner.interruption = interruption;
    }

    /// Puts something between this world and all its clients.
    pub fn put_between(&self, alter: impl Fn(&Decoded, Response) -> Response + Send + Sync + 'static) {
        self.lock().between = Some(Between(Arc::new(alter)));
    }

    /// Takes it away again.
    pub fn clear_between(&self) {
        self.lock().between = None;
    }

    /// Lets somebody else do `work` on this world, once, just before the service sees call number `call` of the client,
    /// counted from 1 as for [`Sandbox::interrupt`]: another operator's whole command, say. The client's call waits.
    pub fn meanwhile(&self, call: u64, work: impl FnOnce(Sandbox) + Send + 'static) {
        let mut inner = self.lock();
        inner.calls = 0;
        inner.meanwhile = Some(Meanwhile { call, work: Box::new(work) });
    }

    /// Does what was ordered for this call.
    pub(super) fn others_turn(&self, call: u64) {
        let ordered = self.lock().meanwhile.take_if(|ordered| ordered.call == call);
        let Some(ordered) = ordered else { return };
        let sandbox = self.clone();
        // A command brings a runtime of its own, which cannot begin inside the client's.
        let other = std::thread::spawn(move || (ordered.work)(sandbox));
        other.join().expect("it ended");
    }

    /// How many calls clients in this process made since the last [`Sandbox::interrupt`] or the start.
    pub fn calls(&self) -> u64 {
        self.lock().calls
    }

    /// Orders a fault.
    ///
    /// # Errors
    /// The file system's.
    pub fn inject(&self, fault: Fault) -> Result<(), StoreError> {
        self.lock().change_faults(|faults| faults.order(fault))
    }

    /// Clears every fault; how many there were.
    ///
    /// # Errors
    /// The file system's.
    pub fn clear_faults(&self) -> Result<usize, StoreError> {
        self.lock().change_faults(Faults::clear)
    }

    /// Writes the snapshot, if there is a directory.
    ///
    /// # Errors
    /// The file system's; the log still holds every change then.
    pub fn save(&self) -> Result<(), StoreError> {
        let mut inner = self.lock();
        let Inner { world, store, .. } = &mut *inner;
        match store {
            Some(store) => store.snapshot(world),
            None => Ok(()),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Inner> {
        // A poisoned lock means that a service panicked: a bug, which must not be answered over.
        self.inner.lock().expect("a simulated service panicked")
    }
}

impl Inner {
    pub(super) fn advance_to(&mut self, instant: Moment) -> Result<usize, StoreError> {
        let happened = self.world.advance_to(instant);
        // A client may have seen what happened, so the death of the process must not undo it.
        if happened > 0 {
            let now = self.world.now;
            self.append(&Record::Advance(now))?;
        }
        Ok(happened)
    }

    /// Changes what is ordered to go wrong, and writes that down.
    pub(super) fn change_faults<T>(&mut self, change: impl FnOnce(&mut Faults) -> T) -> Result<T, StoreError> {
        let changed = change(&mut self.world.faults);
        self.append(&Record::Faults(Box::new(self.world.faults.clone())))?;
        Ok(changed)
    }

    pub(super) fn append(&mut self, record: &Record) -> Result<(), StoreError> {
        let Some(store) = &mut self.store else { return Ok(()) };
        // What a function's Python did cannot be made again from the log, so it is kept as it is.
        if std::mem::take(&mut self.world.python.ran) {
            return store.snapshot(&self.world);
        }
        store.append(record)?;
        if store.wants_snapshot() { store.snapshot(&self.world) } else { Ok(()) }
    }
}
