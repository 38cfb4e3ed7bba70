//! No file imports another in a circle: what two files need of each other belongs in a third.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::{evaluator, module_of, names_in, sources};

/// Modules of the product whose files are held to it.
const HELD: [&str; 3] = ["aws", "operations", "cli"];

type Module = Vec<String>;

/// What each file that is held imports of the others, files by their paths. A folder's `mod.rs` gathers what lies below it,
/// so that a file and the folder that it lies in are no circle.
fn imports(paths: Vec<PathBuf>, is_held: impl Fn(&Module) -> bool) -> BTreeMap<Module, BTreeSet<Module>> {
    let files: BTreeMap<Module, PathBuf> = paths.into_iter().map(|path| (module_of(&path), path)).collect();
    let file_of =
        |path: &[String]| (1..=path.len()).rev().map(|end| path[..end].to_vec()).find(|one| files.contains_key(one));
    let is_test = |module: &Module| module.iter().any(|part| part == "tests");
    let mut found = BTreeMap::new();
    for (module, path) in files.iter().filter(|(module, _)| is_held(module) && !is_test(module)) {
        let targets = names_in(path).paths.into_iter().filter_map(|target| file_of(&target));
        let others = targets.filter(|other| is_held(other) && !module.starts_with(other) && !other.starts_with(module));
        found.insert(module.clone(), others.filter(|other| !is_test(other)).collect());
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

fn circular(imports: &BTreeMap<Module, BTreeSet<Module>>) -> Vec<String> {
    imports.keys().filter(|file| reached(imports, file).contains(*file)).map(|file| file.join("/")).collect()
}

#[test]
fn no_file_imports_another_in_a_circle() {
    let product = imports(sources(), |module| HELD.contains(&module[0].as_str()));
    let policy = imports(evaluator(), |module| module[0] != "lib");
    assert!(product.len() > 100 && policy.len() > 15, "{} and {} files", product.len(), policy.len());
    let circular = [circular(&product), circular(&policy)].concat();
    assert!(circular.is_empty(), "{}", circular.join("\n"));
}
