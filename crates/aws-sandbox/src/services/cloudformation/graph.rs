//! Who refers to whom in a template: unresolved references, cycles, the order of work.

use std::collections::{BTreeMap, BTreeSet};

use super::functions::sub_names;
use super::template::{Function, Node, Template, TemplateError};

/// The pseudo parameters (Template Reference, "Pseudo parameters").
pub const PSEUDO: &[&str] = &[
    "AWS::AccountId",
    "AWS::NoValue",
    "AWS::NotificationARNs",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
];

/// The names that a piece of a template uses.
#[derive(Debug, Default)]
pub struct Uses {
    /// By `Ref`, and without a dot in `Fn::Sub`.
    pub references: BTreeSet<String>,
    /// The resource of each `Fn::GetAtt`, and of a dotted name in `Fn::Sub`.
    pub attributes: BTreeSet<String>,
    /// Conditions of `Fn::If` and `Condition`.
    pub conditions: BTreeSet<String>,
}

impl Uses {
    /// Everything that `node` uses.
    pub fn of(node: &Node) -> Self {
        let mut uses = Self::default();
        uses.collect(node);
        uses
    }

    /// Adds what `node` uses.
    pub fn collect(&mut self, node: &Node) {
        match node {
            Node::List(items) => items.iter().for_each(|item| self.collect(item)),
            Node::Map(entries) => entries.iter().for_each(|(_, value)| self.collect(value)),
            Node::Call(function, argument) => self.collect_call(*function, argument),
            _ => {}
        }
    }

    fn collect_call(&mut self, function: Function, argument: &Node) {
        match (function, argument) {
            (Function::Ref, Node::Text(name)) => {
                self.references.insert(name.clone());
            }
            (Function::Condition, Node::Text(name)) => {
                self.conditions.insert(name.clone());
            }
            (Function::GetAtt, Node::List(items)) => {
                if let Some(Node::Text(name)) = items.first() {
                    self.attributes.insert(name.clone());
                }
            }
            (Function::Sub, Node::Text(text)) => self.collect_sub(text, &[]),
            (Function::Sub, Node::List(items)) => {
                let own = items.get(1).map(Node::entries).unwrap_or_default();
                if let Some(Node::Text(text)) = items.first() {
                    self.collect_sub(text, own);
                }
                own.iter().for_each(|(_, value)| self.collect(value));
            }
            (Function::If, Node::List(items)) => {
                if let Some(Node::Text(name)) = items.first() {
                    self.conditions.insert(name.clone());
                }
                items.iter().skip(1).for_each(|item| self.collect(item));
            }
            _ => self.collect(argument),
        }
    }

    fn collect_sub(&mut self, text: &str, own: &[(String, Node)]) {
        for name in sub_names(text) {
            if own.iter().any(|(known, _)| *known == name) {
                continue;
            }
            match name.split_once('.') {
                Some((resource, _)) => self.attributes.insert(resource.to_owned()),
                None => self.references.insert(name),
            };
        }
    }

    /// Every resource of `template` among the names.
    pub fn resources<'a>(&'a self, template: &'a Template) -> impl Iterator<Item = &'a String> {
        self.references.iter().chain(&self.attributes).filter(|name| template.resource(name).is_some())
    }
}

/// The resources that each resource needs first, by `Ref`, `Fn::GetAtt`, `Fn::Sub` and `DependsOn`.
pub fn dependencies(template: &Template) -> BTreeMap<String, BTreeSet<String>> {
    template
        .resources
        .iter()
        .map(|(name, resource)| {
            let uses = Uses::of(&resource.properties);
            let needed: BTreeSet<String> =
                uses.resources(template).chain(&resource.depends_on).filter(|other| *other != name).cloned().collect();
            (name.clone(), needed)
        })
        .collect()
}

/// Checks every name that the template uses.
///
/// # Errors
/// AWS's text of the first unresolved name or of the cycle.
pub fn validate(template: &Template) -> Result<(), TemplateError> {
    let mut uses = Uses::default();
    for (name, resource) in &template.resources {
        if let Some(other) = resource.depends_on.iter().find(|other| template.resource(other).is_none()) {
            return Err(unresolved("resource dependencies", std::slice::from_ref(other), "Resources"));
        }
        let own = Uses::of(&resource.properties);
        if own.references.contains(name) || own.attributes.contains(name) {
            return Err(TemplateError(format!("Circular dependency between resources: [{name}]")));
        }
        uses.collect(&resource.properties);
        uses.conditions.extend(resource.condition.clone());
    }
    check(template, &uses, "Resources")?;
    let mut uses = Uses::default();
    for (_, output) in &template.outputs {
        uses.collect(&output.value);
        if let Some(export) = &output.export {
            uses.collect(export);
        }
        uses.conditions.extend(output.condition.clone());
    }
    check(template, &uses, "Outputs")?;
    check_conditions(template)?;
    check_cycle(&dependencies(template))
}

fn unresolved(what: &str, names: &[String], block: &str) -> TemplateError {
    TemplateError::format(format!("Unresolved {what} [{}] in the {block} block of the template", names.join(", ")))
}

fn check(template: &Template, uses: &Uses, block: &str) -> Result<(), TemplateError> {
    let known = |name: &String| {
        PSEUDO.contains(&name.as_str()) || template.parameter(name).is_some() || template.resource(name).is_some()
    };
    let missing: Vec<String> = uses.references.iter().filter(|name| !known(name)).cloned().collect();
    if !missing.is_empty() {
        return Err(unresolved("resource dependencies", &missing, block));
    }
    if let Some(name) = uses.attributes.iter().find(|name| template.resource(name).is_none()) {
        return Err(TemplateError(format!(
            "Template error: instance of Fn::GetAtt references undefined resource {name}"
        )));
    }
    match uses.conditions.iter().find(|name| !template.conditions.iter().any(|(known, _)| known == *name)) {
        Some(name) => Err(TemplateError::format(format!(
            "Unresolved condition dependency {name} in the {block} block of the template"
        ))),
        None => Ok(()),
    }
}

fn check_conditions(template: &Template) -> Result<(), TemplateError> {
    let mut edges = BTreeMap::new();
    for (name, node) in &template.conditions {
        let mut uses = Uses::of(node);
        collect_condition_keys(node, &mut uses.conditions);
        let known = |name: &String| PSEUDO.contains(&name.as_str()) || template.parameter(name).is_some();
        let missing: Vec<String> =
            uses.references.iter().chain(&uses.attributes).filter(|name| !known(name)).cloned().collect();
        if !missing.is_empty() {
            return Err(TemplateError::format(format!(
                "Unresolved dependencies [{}]. Cannot reference resources in the Conditions block of the template",
                missing.join(", ")
            )));
        }
        if let Some(other) = uses.conditions.iter().find(|name| !edges_known(template, name)) {
            return Err(TemplateError::format(format!(
                "Unresolved condition dependency {other} in the Conditions block of the template"
            )));
        }
        edges.insert(name.clone(), uses.conditions);
    }
    match cycle(&edges) {
        Some(names) => {
            Err(TemplateError::format(format!("Found circular condition dependency [{}]", names.join(", "))))
        }
        None => Ok(()),
    }
}

fn edges_known(template: &Template, name: &str) -> bool {
    template.conditions.iter().any(|(known, _)| known == name)
}

/// Inside `Conditions` the long form of a condition is the map `{"Condition": name}`.
fn collect_condition_keys(node: &Node, found: &mut BTreeSet<String>) {
    match node {
        Node::List(items) => items.iter().for_each(|item| collect_condition_keys(item, found)),
        Node::Call(_, argument) => collect_condition_keys(argument, found),
        Node::Map(entries) => {
            if let [(key, Node::Text(name))] = &entries[..]
                && key == "Condition"
            {
                found.insert(name.clone());
            }
        }
        _ => {}
    }
}

fn check_cycle(edges: &BTreeMap<String, BTreeSet<String>>) -> Result<(), TemplateError> {
    match cycle(edges) {
        Some(names) => Err(TemplateError(format!("Circular dependency between resources: [{}]", names.join(", ")))),
        None => Ok(()),
    }
}

/// The names that lie on a cycle or behind one; none where there is no cycle.
fn cycle(edges: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    let mut left: BTreeMap<&String, BTreeSet<&String>> =
        edges.iter().map(|(name, needed)| (name, needed.iter().collect())).collect();
    loop {
        let free: Vec<&String> = left.iter().filter(|(_, needed)| needed.is_empty()).map(|(name, _)| *name).collect();
        if free.is_empty() {
            break;
        }
        for name in free {
            left.remove(name);
            left.values_mut().for_each(|needed| {
                needed.remove(name);
            });
        }
    }
    // What merely depends on a cycle is cut away from the other end.
    loop {
        let behind: Vec<&String> =
            left.keys().filter(|name| !left.values().any(|needed| needed.contains(**name))).copied().collect();
        if behind.is_empty() {
            break;
        }
        for name in behind {
            left.remove(name);
        }
    }
    (!left.is_empty()).then(|| left.keys().map(|name| (*name).clone()).collect())
}
