//! A sandbox's directory: a snapshot, a log of every change since, and a lock.
//!
//! `world.json` is a snapshot of the world, written whole (write, fsync, rename) on a clean end and
//! when the log has grown large. `log` holds one JSON line for each change since, written before the
//! change is answered, so that a killed client does not roll the world back. Opening replays the log
//! over the snapshot. Both carry a generation: a log older than its snapshot was already taken in.

mod lock;

use std::cmp::Ordering;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::services::Service;
use super::world::{Caller, Faults, Moment, World};
use aws_policy::context::Context;
use aws_policy::names::Region;

/// The marker in both files; another number is another format.
const FORMAT: u32 = 1;
/// A log longer than this is folded into a snapshot.
const LOG_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// One change of the world, enough to make it again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Record {
    /// Something that was due happened while the clock moved to this instant.
    Advance(Moment),
    /// A call that changes something.
    Call {
        /// When it reached the service.
        at: Moment,
        /// How many request ids had been drawn before it.
        requests: u64,
        caller: Box<Caller>,
        /// Which Region was asked.
        region: Region,
        service: Service,
        operation: String,
        input: Value,
    },
    /// The faults that are in force from here on: one was ordered or cleared, or a call was counted.
    Faults(Box<Faults>),
}

impl Record {
    /// Makes the change again.
    fn replay(self, world: &mut World) {
        match self {
            Record::Advance(at) => {
                world.advance_to(at);
            }
            Record::Faults(faults) => world.faults = *faults,
            Record::Call { at, requests, caller, region, service, operation, input } => {
                world.advance_to(at);
                world.ids.set_requests(requests);
                // A refused change is in the log too, because it may have drawn ids; its refusal
                // was the answer then and is no failure now.
                let _ = world.call(&caller, &region, service, &operation, input, &Context::new());
            }
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Header {
    #[serde(rename = "backupctl-sandbox")]
    format: u32,
    generation: u64,
}

#[derive(Serialize)]
struct SnapshotOut<'a> {
    #[serde(rename = "backupctl-sandbox")]
    format: u32,
    generation: u64,
    world: &'a World,
}

/// What both files begin with.
#[derive(Deserialize)]
struct Format {
    #[serde(rename = "backupctl-sandbox")]
    format: u32,
}

impl Format {
    fn check(&self) -> Result<(), String> {
        if self.format == FORMAT {
            Ok(())
        } else {
            Err(format!("it has format {}, this version reads format {FORMAT}", self.format))
        }
    }
}

#[derive(Deserialize)]
struct SnapshotIn {
    generation: u64,
    world: World,
}

/// Who holds a directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    pub pid: u32,
    pub command: String,
    /// Where it serves, if it is `sandbox serve`.
    pub endpoint: Option<String>,
}

/// Why a directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Files that are none of a sandbox's.
    #[error("`{}` is not a sandbox: it holds `{found}`, and no `world.json` or `log` of a sandbox", directory.display())]
    Foreign {
        directory: PathBuf,
        /// One of the foreign names.
        found: String,
    },
    /// A file of ours that cannot be read.
    #[error("`{}` is damaged or of another version: {why}", file.display())]
    Unreadable {
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Another process holds it.
    #[error("the sandbox `{}` is in use by process {} (`{}`)", directory.display(), owner.pid, owner.command)]
    InUse { directory: PathBuf, owner: Owner },
    /// The file system.
    #[error("`{}`: {source}", path.display())]
    Io {
        /// What was read or written.
        path: PathBuf,
        source: io::Error,
    },
}

/// An open directory; the lock is held as long as it lives.
#[derive(Debug)]
pub struct Store {
    directory: PathBuf,
    generation: u64,
    log: File,
    log_bytes: u64,
    _lock: File,
}

/// What opening found.
#[derive(Debug)]
pub struct Opened {
    pub store: Store,
    /// The world in it; `None` where the directory was missing or empty.
    pub world: Option<World>,
    /// Things that the user should hear of, such as a torn tail that was cut.
    pub notes: Vec<String>,
}

impl Store {
    /// Opens or makes `directory`, waiting for its present owner up to half a minute.
    ///
    /// # Errors
    /// [`StoreError`] names the directory and why it cannot be used. Nothing foreign is overwritten.
    pub fn open(directory: &Path, owner: &Owner) -> Result<Opened, StoreError> {
        refuse_foreign(directory)?;
        fs::create_dir_all(directory).map_err(|source| at(directory, source))?;
        let lock = lock::take(directory, owner)?;
        let mut notes = Vec::new();
        let snapshot = read_snapshot(&directory.join("world.json"))?;
        let log_path = directory.join("log");
        let mut log = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&log_path)
            .map_err(|source| at(&log_path, source))?;
        let (generation, mut world) = match snapshot {
            Some(snapshot) => (snapshot.generation, Some(snapshot.world)),
            None => (0, None),
        };
        let log_bytes = match &mut world {
            Some(world) => replay(&mut log, &log_path, generation, world, &mut notes)?,
            None => 0,
        };
        let mut store = Store { directory: directory.to_owned(), generation, log, log_bytes, _lock: lock };
        if log_bytes == 0 {
            store.begin_log()?;
        }
        Ok(Opened { store, world, notes })
    }

    /// Writes one change to the log. When this returns, the death of this process loses nothing.
    ///
    /// # Errors
    /// The file system's.
    pub fn append(&mut self, record: &Record) -> Result<(), StoreError> {
        let path = self.directory.join("log");
        let mut line = serde_json::to_vec(record).map_err(|error| at(&path, error.into()))?;
        line.push(b'\n');
        self.log.write_all(&line).map_err(|source| at(&path, source))?;
        self.log_bytes += line.len() as u64;
        Ok(())
    }

    /// Whether the log has grown so large that a snapshot should be written.
    pub fn wants_snapshot(&self) -> bool {
        self.log_bytes > LOG_BYTES_MAX
    }

    /// Writes the world whole and begins a new log.
    ///
    /// # Errors
    /// The file system's; the old snapshot and the old log then still stand.
    pub fn snapshot(&mut self, world: &World) -> Result<(), StoreError> {
        let target = self.directory.join("world.json");
        let draft = self.directory.join("world.json.new");
        let generation = self.generation + 1;
        let bytes = serde_json::to_vec(&SnapshotOut { format: FORMAT, generation, world })
            .map_err(|error| at(&target, error.into()))?;
        let write = || -> io::Result<()> {
            let mut file = File::create(&draft)?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            fs::rename(&draft, &target)?;
            File::open(&self.directory)?.sync_all()
        };
        write().map_err(|source| at(&target, source))?;
        self.generation = generation;
        self.begin_log()
    }

    fn begin_log(&mut self) -> Result<(), StoreError> {
        let path = self.directory.join("log");
        let header = serde_json::to_string(&Header { format: FORMAT, generation: self.generation })
            .map_err(|error| at(&path, error.into()))?;
        let write = |log: &mut File| -> io::Result<()> {
            log.set_len(0)?;
            log.seek(SeekFrom::Start(0))?;
            writeln!(log, "{header}")
        };
        write(&mut self.log).map_err(|source| at(&path, source))?;
        self.log_bytes = header.len() as u64 + 1;
        Ok(())
    }
}

fn at(path: &Path, source: io::Error) -> StoreError {
    StoreError::Io { path: path.to_owned(), source }
}

/// A directory is a sandbox, or empty, or missing; anything else is somebody's.
fn refuse_foreign(directory: &Path) -> Result<(), StoreError> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(at(directory, source)),
    };
    let mut names: Vec<String> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    let ours = ["lock", "log", "world.json", "world.json.new"];
    match names.into_iter().find(|name| !ours.contains(&name.as_str())) {
        Some(found) if !is_snapshot(&directory.join("world.json")) => {
            Err(StoreError::Foreign { directory: directory.to_owned(), found })
        }
        _ => Ok(()),
    }
}

fn is_snapshot(path: &Path) -> bool {
    let mut start = [0u8; 24];
    File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok()
        && start.starts_with(b"{\"backupctl-sandbox\":")
}

fn read_snapshot(path: &Path) -> Result<Option<SnapshotIn>, StoreError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(at(path, source)),
    };
    let unreadable = |why: String| StoreError::Unreadable { file: path.to_owned(), why };
    // Another format's world may have another shape, so its number is read first.
    let format: Format = serde_json::from_slice(&bytes).map_err(|error| unreadable(error.to_string()))?;
    format.check().map_err(unreadable)?;
    serde_json::from_slice(&bytes).map(Some).map_err(|error| unreadable(error.to_string()))
}

/// How old a log is.
#[derive(Debug, PartialEq, Eq)]
enum Age {
    /// Its changes came after the snapshot.
    Since,
    /// The snapshot has them.
    TakenIn,
}

/// Reads a log's first line, beside a snapshot of this generation.
fn header(line: &[u8], generation: u64) -> Result<Age, String> {
    let no_header = |_| "its first line is no header".to_owned();
    serde_json::from_slice::<Format>(line).map_err(no_header)?.check()?;
    let header: Header = serde_json::from_slice(line).map_err(no_header)?;
    match header.generation.cmp(&generation) {
        Ordering::Less => Ok(Age::TakenIn),
        Ordering::Equal => Ok(Age::Since),
        Ordering::Greater => Err("it holds changes of a later `world.json` than the one beside it".to_owned()),
    }
}

/// Replays the log over the snapshot and returns the length of its sound part; a torn tail is cut.
fn replay(
    log: &mut File,
    path: &Path,
    generation: u64,
    world: &mut World,
    notes: &mut Vec<String>,
) -> Result<u64, StoreError> {
    let unreadable = |why: String| StoreError::Unreadable { file: path.to_owned(), why };
    let mut reader = BufReader::new(&*log);
    let mut sound = 0u64;
    let mut line = Vec::new();
    let mut first = true;
    loop {
        line.clear();
        let length = reader.read_until(b'\n', &mut line).map_err(|source| at(path, source))? as u64;
        if length == 0 {
            break;
        }
        if line.last() != Some(&b'\n') {
            notes.push(format!(
                "`{}`: cut a torn last record of {length} bytes, left by a command that was killed; \
                 no change that was answered is lost",
                path.display()
            ));
            break;
        }
        if first {
            first = false;
            if header(&line, generation).map_err(unreadable)? == Age::TakenIn {
                return Ok(0);
            }
        } else {
            let record: Record =
                serde_json::from_slice(&line).map_err(|error| unreadable(format!("byte {sound}: {error}")))?;
            record.replay(world);
        }
        sound += length;
    }
    log.set_len(sound).map_err(|source| at(path, source))?;
    log.seek(SeekFrom::End(0)).map_err(|source| at(path, source))?;
    Ok(sound)
}
