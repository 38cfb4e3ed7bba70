//! Who may import whom: read from the sources, with `super::`, `self::` and `use` trees resolved. That the simulator
//! and the policy evaluator know nothing of the product, the boundaries of their crates say.

mod circles;
mod comments;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use syn::visit::Visit;

/// What each top module may name of ours. A module that is not listed here fails the test.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("pipeline", &["policy", "templates"]),
    ("templates", &[]),
    ("aws", &["policy", "pipeline"]),
    ("operations", &["policy", "pipeline", "aws", "templates"]),
    ("config", &["policy", "pipeline"]),
    ("output", &["policy", "pipeline", "operations"]),
    ("cli", &["policy", "pipeline", "templates", "aws", "operations", "config", "output", "sandbox"]),
    ("main", &["cli"]),
    ("lib", &["policy", "sandbox"]),
];

fn walk(directory: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(directory).expect("a folder").map(|entry| entry.expect("entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The product's sources.
fn sources() -> Vec<PathBuf> {
    sources_below("src")
}

fn sources_below(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut found);
    found
}

/// `src/a/b.rs` and `src/a/b/mod.rs` are both the module a, b; so they are below a crate's `src`.
fn module_of(path: &Path) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let roots = [root.join("src"), root.join("crates/aws-policy/src"), root.join("crates/aws-sandbox/src")];
    let inside = roots.iter().find_map(|root| path.strip_prefix(root).ok()).unwrap_or(path).with_extension("");
    let mut module: Vec<String> = inside.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if module.len() > 1 && module.last().is_some_and(|last| last == "mod") {
        module.pop();
    }
    module
}

#[derive(Default)]
struct Names {
    module: Vec<String>,
    /// First segments of paths below our crate.
    ours: BTreeSet<String>,
    /// Whole paths below our crate.
    paths: BTreeSet<Vec<String>>,
    /// First segments of every path.
    first: BTreeSet<String>,
}

impl Names {
    fn note(&mut self, segments: &[String]) {
        let Some(head) = segments.first() else { return };
        self.first.insert(head.clone());
        let target: Vec<String> = match head.as_str() {
            "crate" | "backupctl" => segments[1..].to_vec(),
            "aws_policy" => vec!["policy".to_owned()],
            "aws_sandbox" => vec!["sandbox".to_owned()],
            "super" => {
                let ups = segments.iter().take_while(|segment| *segment == "super").count();
                let Some(keep) = self.module.len().checked_sub(ups) else { return };
                self.module[..keep].iter().chain(&segments[ups..]).cloned().collect()
            }
            _ => return,
        };
        if let Some(top) = target.first() {
            self.ours.insert(top.clone());
            self.paths.insert(target);
        }
    }

    fn use_tree(&mut self, prefix: &[String], tree: &syn::UseTree) {
        match tree {
            syn::UseTree::Path(path) => {
                let mut prefix = prefix.to_vec();
                prefix.push(path.ident.to_string());
                self.use_tree(&prefix, &path.tree);
            }
            syn::UseTree::Group(group) => group.items.iter().for_each(|item| self.use_tree(prefix, item)),
            syn::UseTree::Name(name) => self.note(&[prefix, &[name.ident.to_string()]].concat()),
            syn::UseTree::Rename(name) => self.note(&[prefix, &[name.ident.to_string()]].concat()),
            syn::UseTree::Glob(_) => self.note(prefix),
        }
    }
}

impl<'ast> Visit<'ast> for Names {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.use_tree(&[], &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.note(&segments);
        syn::visit::visit_path(self, path);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if item.content.is_some() {
            self.module.push(item.ident.to_string());
            syn::visit::visit_item_mod(self, item);
            self.module.pop();
        }
    }
}

/// The sources of the policy evaluator.
fn evaluator() -> Vec<PathBuf> {
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/aws-policy/src"), &mut found);
    found
}

fn names_in(path: &Path) -> Names {
    let text = fs::read_to_string(path).expect("a source");
    let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut names = Names { module: module_of(path), ..Names::default() };
    names.visit_file(&file);
    names
}

#[test]
fn nobody_imports_what_is_above_it() {
    let mut breaches = Vec::new();
    for path in sources() {
        let module = module_of(&path);
        // Tests beside the code may hold it against anything.
        if module.iter().any(|part| part == "tests") {
            continue;
        }
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == module[0]) else {
            breaches.push(format!("{}: the module `{}` is not in the table", path.display(), module[0]));
            continue;
        };
        for target in names_in(&path).ours {
            let known =
                ["policy", "sandbox"].contains(&target.as_str()) || MAY_IMPORT.iter().any(|(name, _)| *name == target);
            if known && target != module[0] && !allowed.contains(&target.as_str()) {
                breaches.push(format!("{}: `{}` may not know `{target}`", path.display(), module[0]));
            }
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn only_aws_names_the_sdk() {
    let mut breaches = Vec::new();
    for path in sources().iter().filter(|path| module_of(path)[0] != "aws") {
        for name in names_in(path).first.iter().filter(|name| name.starts_with("aws_sdk_")) {
            breaches.push(format!("{}: {name}", path.display()));
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

/// A paginator of the SDK takes an answer without its list for an empty one, and ends where the token is missing: every
/// list is read by `aws::answer::Listing`.
#[test]
fn no_list_is_read_by_a_paginator_of_the_sdk() {
    let named = |path: &&PathBuf| fs::read_to_string(path).expect("a source").contains("into_paginator");
    let breaches: Vec<PathBuf> = sources().iter().filter(named).cloned().collect();
    assert!(breaches.is_empty(), "{breaches:?}");
}

/// A check is one place: its row, its rule, what it says and what to do about it.
#[test]
fn a_finding_is_made_by_the_module_of_its_check() {
    let mut breaches = Vec::new();
    let is_elsewhere = |path: &&PathBuf| {
        let module = module_of(path);
        let is_its_own = module == ["pipeline", "finding"];
        !is_its_own
            && !module.iter().any(|part| part == "tests")
            && !module.starts_with(&["pipeline".into(), "checks".into()])
    };
    for path in sources().iter().filter(is_elsewhere) {
        let text = fs::read_to_string(path).expect("a source");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for made in ["Finding::new(", "Finding::about(", "with_remedy("] {
            if code.contains(made) {
                breaches.push(format!("{}: {made}", path.display()));
            }
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn the_pure_modules_do_no_input_or_output() {
    let mut breaches = Vec::new();
    let pure = |path: &PathBuf| module_of(path)[0] == "pipeline";
    for path in sources().into_iter().filter(pure).chain(evaluator()) {
        let names = names_in(&path);
        for name in ["tokio", "aws_config", "clap", "rand", "fastrand"] {
            if names.first.contains(name) {
                breaches.push(format!("{}: {name}", path.display()));
            }
        }
    }
    assert!(breaches.is_empty(), "{}", breaches.join("\n"));
}

#[test]
fn the_fence_sees_every_way_to_name_a_module() {
    let mut names = Names { module: vec!["policy".into(), "inner".into()], ..Names::default() };
    let source =
        "use crate::{aws::session, cli}; use super::super::sandbox as s; fn f() { crate::output::x(); super::y(); }";
    names.visit_file(&syn::parse_file(source).expect("source"));
    let found: Vec<&str> = names.ours.iter().map(String::as_str).collect();
    assert_eq!(found, ["aws", "cli", "output", "policy", "sandbox"]);
}

/// Crates that must not come back: a second TLS stack, the SDK's legacy HTTP stack, a second copy of
/// an SDK crate.
#[test]
fn the_lock_file_holds_no_banned_crate_and_no_sdk_crate_twice() {
    let lock = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock")).expect("Cargo.lock");
    let mut seen = BTreeSet::new();
    for package in lock.split("[[package]]").skip(1) {
        let field = |name: &str| {
            let line = package.lines().find_map(|line| line.strip_prefix(&format!("{name} = \"")));
            line.map(|value| value.trim_end_matches('"').to_owned()).unwrap_or_default()
        };
        let (name, version) = (field("name"), field("version"));
        let banned = ["openssl", "openssl-sys", "native-tls", "aws-lc-sys", "aws-lc-rs"].contains(&name.as_str())
            || (name == "hyper" && version.starts_with("0."));
        assert!(!banned, "{name} {version}");
        let sdk = name.starts_with("aws-");
        assert!(!sdk || seen.insert(name.clone()), "{name} twice");
    }
    assert!(seen.len() > 10, "{seen:?}");
}

#[test]
fn the_paths_that_the_documents_name_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut missing = Vec::new();
    for document in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/contract.md"] {
        let text = fs::read_to_string(root.join(document)).expect("a document");
        for word in text.split(['`', ' ', '\n', '(', ')', ',', '"', '*']) {
            let named = word.trim_end_matches(['.', ':', ';', '/']);
            let ours =
                ["src/", "crates/", "tests/", "docs/", "scripts/"].iter().any(|folder| named.starts_with(folder));
            let pattern = named.contains(['<', '>', '{', '…', '$', '[']);
            if ours && !pattern && !root.join(named).exists() {
                missing.push(format!("{document}: {named}"));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// What is longer holds more than one subject, its tests included.
const MOST_LINES: usize = 400;

#[test]
fn no_file_is_longer_than_one_subject() {
    let folders = ["src", "crates", "tests", "benches", "fuzz/fuzz_targets"];
    let files: Vec<PathBuf> = folders.into_iter().flat_map(sources_below).collect();
    assert!(files.len() > 400, "{} files", files.len());
    let lines = |path: &Path| fs::read_to_string(path).expect("a source").lines().count();
    let long: Vec<String> = files
        .iter()
        .filter(|path| lines(path) > MOST_LINES)
        .map(|path| format!("{}: {} lines, {MOST_LINES} at most", path.display(), lines(path)))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn whatever_lands_went_through_the_whole_tables() {
    let text = |path: &str| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect("a script");
    assert!(text(".ci/run").trim_end().ends_with("tests/run\" --full"), "{}", text(".ci/run"));
    let sets = format!("--full) export {}=1 ", crate::support::share::FULL);
    assert!(text("tests/run").contains(&sets), "tests/run --full does not set what the tests look at");
}

/// The crate that a package of another name brings.
fn crate_of(package: &str) -> String {
    match package {
        "md-5" => "md5".to_owned(),
        other => other.replace('-', "_"),
    }
}

#[test]
fn every_dependency_is_named_in_the_sources_of_its_package() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut unused = Vec::new();
    let mut seen = 0;
    let packages: [(&str, &[&str]); 3] =
        [("", &["src", "tests", "benches", "fuzz"]), ("crates/aws-policy", &["src"]), ("crates/aws-sandbox", &["src"])];
    for (package, folders) in packages {
        let manifest = fs::read_to_string(root.join(package).join("Cargo.toml")).expect("a manifest");
        let manifest: toml::Table = manifest.parse().expect("TOML");
        for (section, folders) in [("dependencies", &folders[..1]), ("dev-dependencies", folders)] {
            let mut paths = Vec::new();
            folders.iter().for_each(|folder| walk(&root.join(package).join(folder), &mut paths));
            let texts: Vec<String> = paths.iter().map(|path| fs::read_to_string(path).expect("a source")).collect();
            for name in manifest[section].as_table().expect("a table").keys() {
                seen += 1;
                let name_in_paths = crate_of(name);
                let ways = [format!("{name_in_paths}::"), format!("use {name_in_paths} as ")];
                if !texts.iter().any(|text| ways.iter().any(|way| text.contains(way))) {
                    unused.push(format!("{package}/Cargo.toml: {section}: {name}"));
                }
            }
        }
    }
    assert!(unused.is_empty(), "{}", unused.join("\n"));
    assert!(seen > 50, "{seen}");
}
