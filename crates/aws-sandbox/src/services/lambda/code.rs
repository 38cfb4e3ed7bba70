//! A function's code: a zip archive, or, from CloudFormation, the text of a template's `ZipFile`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::invalid_parameter;
use crate::world::{Call, ServiceError};

/// Code as it is kept.
pub(super) struct Code {
    pub(super) source: String,
    pub(super) sha256: String,
    pub(super) size: usize,
}

const NOT_A_ZIP: &str = "Could not unzip uploaded file. Please check your file, then try to upload again.";
const LOCAL_HEADER: &[u8] = b"PK\x03\x04";

/// Reads `ZipFile` (base64). CloudFormation hands a template's text over without packing it, which
/// the context key `aws:CalledVia` shows; everybody else must send an archive.
///
/// # Errors
/// `InvalidParameterValueException` where there is no code, or none that can be read. Archives
/// whose handler file is compressed are refused: the sandbox reads stored entries only.
pub(super) fn read(call: &Call, zip_file: Option<&str>, handler: &str) -> Result<Code, ServiceError> {
    let Some(text) = zip_file else {
        return Err(invalid_parameter("Please provide a source for function code."));
    };
    let bytes = STANDARD.decode(text).map_err(|_| invalid_parameter(NOT_A_ZIP))?;
    let via = call.context.get("aws:CalledVia").unwrap_or_default();
    let source = if bytes.starts_with(LOCAL_HEADER) {
        let module = handler.rsplit_once('.').map_or(handler, |(module, _)| module);
        stored(&bytes, module)?
    } else if via.iter().any(|service| service == "cloudformation.amazonaws.com") {
        String::from_utf8(bytes.clone()).map_err(|_| invalid_parameter(NOT_A_ZIP))?
    } else {
        return Err(invalid_parameter(NOT_A_ZIP));
    };
    Ok(Code { source, sha256: STANDARD.encode(Sha256::digest(&bytes)), size: bytes.len() })
}

fn number(bytes: &[u8], at: usize, width: usize) -> Option<usize> {
    let field = bytes.get(at..at.checked_add(width)?)?;
    Some(field.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte)))
}

/// The text of the handler's module in an archive, entry by entry as local headers have it
/// (PKWARE APPNOTE 4.3.7: method at 8, compressed size at 18, name and extra lengths at 26 and 28).
fn stored(archive: &[u8], module: &str) -> Result<String, ServiceError> {
    let mut at = 0;
    let wanted = [format!("{module}.py"), format!("{module}.js"), format!("{module}.mjs")];
    while archive.get(at..).is_some_and(|rest| rest.starts_with(LOCAL_HEADER)) {
        let field = |offset, width| number(archive, at + offset, width).ok_or_else(|| invalid_parameter(NOT_A_ZIP));
        let (method, size) = (field(8, 2)?, field(18, 4)?);
        let (name_length, extra) = (field(26, 2)?, field(28, 2)?);
        let begin = at + 30 + name_length + extra;
        let name = archive.get(at + 30..at + 30 + name_length).unwrap_or_default();
        let content = archive.get(begin..begin + size).ok_or_else(|| invalid_parameter(NOT_A_ZIP))?;
        if wanted.iter().any(|wanted| wanted.as_bytes() == name) {
            if method != 0 {
                return Err(invalid_parameter(
                    "The sandbox reads archives with stored entries only: pack with `zip -0`.",
                ));
            }
            return String::from_utf8(content.to_vec()).map_err(|_| invalid_parameter(NOT_A_ZIP));
        }
        at = begin + size;
    }
    // AWS takes an archive without the handler and fails at the first invocation.
    Ok(String::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `printf 'x' > index.py; zip -0 -X`, its local header written out by hand.
    fn archive(method: u8) -> Vec<u8> {
        let mut bytes = b"PK\x03\x04\x0a\x00\x00\x00".to_vec();
        bytes.extend([method, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0]);
        bytes.extend(b"index.pyxPK\x01\x02");
        bytes
    }

    #[test]
    fn a_stored_entry_is_read_and_a_compressed_one_refused() {
        assert_eq!(stored(&archive(0), "index").expect("the source"), "x");
        assert!(stored(&archive(8), "index").is_err());
        assert_eq!(stored(&archive(0), "other").expect("no source"), "");
        assert!(stored(b"PK\x03\x04", "index").is_err());
    }
}
