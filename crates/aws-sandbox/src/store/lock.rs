//! The lock of a sandbox's directory, and who holds it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Duration;

use super::{Owner, StoreError, at};

/// How long a second command waits for the first one to end.
const LOCK_WAIT: Duration = Duration::from_secs(30);
const LOCK_POLL: Duration = Duration::from_millis(50);

/// Takes the lock, for as long as the file is open.
#[expect(clippy::disallowed_methods, reason = "the lock belongs to another process, which lives in real time")]
pub(super) fn take(directory: &Path, owner: &Owner) -> Result<File, StoreError> {
    let path = directory.join("lock");
    let mut lock = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(|source| at(&path, source))?;
    let mut waited = Duration::ZERO;
    loop {
        match lock.try_lock() {
            Ok(()) => {
                write_owner(&mut lock, owner).map_err(|source| at(&path, source))?;
                return Ok(lock);
            }
            Err(fs::TryLockError::Error(source)) => return Err(at(&path, source)),
            Err(fs::TryLockError::WouldBlock) => {
                let holder = read_owner(&mut lock);
                if waited >= LOCK_WAIT || holder.endpoint.is_some() {
                    return Err(StoreError::InUse { directory: directory.to_owned(), owner: holder });
                }
                std::thread::sleep(LOCK_POLL);
                waited += LOCK_POLL;
            }
        }
    }
}

fn write_owner(lock: &mut File, owner: &Owner) -> io::Result<()> {
    lock.set_len(0)?;
    lock.seek(SeekFrom::Start(0))?;
    serde_json::to_writer(&mut *lock, owner)?;
    lock.flush()
}

fn read_owner(lock: &mut File) -> Owner {
    let mut text = String::new();
    let read = lock.seek(SeekFrom::Start(0)).and_then(|_| lock.read_to_string(&mut text));
    read.ok().and_then(|_| serde_json::from_str(&text).ok()).unwrap_or(Owner {
        pid: 0,
        command: "unknown".to_owned(),
        endpoint: None,
    })
}
