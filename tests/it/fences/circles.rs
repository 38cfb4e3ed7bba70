//! No file imports another in a circle: what two files need of each other belongs in a third.

use std::collections::{BTreeMap, BTreeSet};

use super::{module_of, names_in, sources};

/// Modules whose files are held to it.
const HELD: [&str; 3] = ["aws", "operations", "cli"];

type Module = Vec<String>;

/// What each file of the held modules imports of the same module, files by their paths. A folder's `mod.rs` gathers what
/// lies below it, so that a file and the folder that it lies in are no circle.
fn imports() -> BTreeMap<Module, BTreeSet<Module>> {
    let files: BTreeMap<Module, _> = sources().into_iter().map(|path| (module_of(&path), path)).collect();
    let file_of =
        |path: &[String]| (1..=path.len()).rev().map(|end| path[..end].to_vec()).find(|one| files.contains_key(one));
    let is_held = |module: &Module| HELD.contains(&module[0].as_str()) && !module.iter().any(|part| part == "tests");
    let mut found = BTreeMap::new();
    for (module, path) in files.iter().filter(|(module, _)| is_held(module)) {
        let targets = names_in(path).paths.into_iter().filter_map(|target| file_of(&target));
        let others =
            targets.filter(|other| other[0] == module[0] && !module.starts_with(other) && !other.starts_with(module));
        found.insert(module.clone(), others.filter(|other| !other.iter().any(|part| part == "tests")).collect());
    }
    found
}

/// Everything that can be reached from a file, itself only where a way leads back.
fn reached(imports: &BTreeMap<Module, BTreeSet<Module>>, from: &Module) -> BTreeSet<Module> {
    let mut seen = BTreeSet::new();
    let mut open: Vec<&Module> = imports.get(from).into_iter().flatten().collect();
    while let Some(next) = open.pop() {
        if seen.insert(next.clone()) {
            open.extend(imports.get(next).into_iter().flatten());
        }
    }
    seen
}

#[test]
fn no_file_imports_another_in_a_circle() {
    let imports = imports();
    assert!(imports.len() > 40, "{} files", imports.len());
    let circular: Vec<String> =
        imports.keys().filter(|file| reached(&imports, file).contains(*file)).map(|file| file.join("/")).collect();
    assert!(circular.is_empty(), "{}", circular.join("\n"));
}
