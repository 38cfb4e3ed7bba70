//! One step of a phase: it begins, it acts, it settles.

use serde_json::{Value, json};

use super::finish;
use super::functions::Scope;
use super::policy;
use super::reasons::{handler_reason, waits_for_iam};
use super::resources::{self, Failure, Hand, Made, ResourceType, apply_schema, with_stack_tags};
use super::run::{Action, Job, StepState, Undo};
use super::stacks::{Definition, Resource, ResourceStatus, Stack};
use super::template::{Retention, TemplateError};
use crate::world::faults::Target;
use crate::world::{Place, World};

/// How often a call is made again while IAM catches up, and how far apart, in seconds.
const IAM_ATTEMPTS: u32 = 8;
const IAM_PAUSE_SECONDS: i64 = 5;
/// From the event to the call.
const CALL_PAUSE_SECONDS: i64 = 1;

/// The properties of a resource as the template says, resolved, checked and with the stack's tags.
///
/// # Errors
/// The reason that the resource's event shows.
pub fn wanted(
    scope: &Scope<'_>,
    stack: &Stack,
    definition: &Definition,
    logical_id: &str,
) -> Result<(&'static ResourceType, Value), TemplateError> {
    let Some(resource) = definition.template.resource(logical_id) else {
        return Err(TemplateError(format!("Resource {logical_id} does not exist in the template")));
    };
    let Some(kind) = resources::by_name(&resource.kind) else {
        return Err(TemplateError::format(format!("Unrecognized resource types: [{}]", resource.kind)));
    };
    let resolved = scope.resolve(&resource.properties)?.unwrap_or_else(|| Value::Object(Default::default()));
    let mut properties = match apply_schema(logical_id, kind.properties, resolved.clone()) {
        // What is looked at ahead of time fails only when it is done.
        Err(_) if scope.foreseen => resolved,
        checked => checked.map_err(TemplateError)?,
    };
    let mut tags = stack.tags_for(logical_id);
    tags.retain(|tag| tag.key.starts_with("aws:"));
    tags.extend(definition.tags.iter().cloned());
    with_stack_tags(kind, &mut properties, &tags);
    Ok((kind, properties))
}

/// The properties that differ, by name.
pub fn differing(old: &Value, new: &Value) -> Vec<String> {
    let (Value::Object(old), Value::Object(new)) = (old, new) else { return Vec::new() };
    let gone = old.keys().filter(|name| !new.contains_key(*name));
    let changed = new.iter().filter(|(name, value)| old.get(*name) != Some(value)).map(|(name, _)| name);
    changed.chain(gone).cloned().collect()
}

/// Whether a change of these properties makes the resource anew.
pub fn replaces(kind: &ResourceType, names: &[String]) -> bool {
    kind.properties
        .iter()
        .any(|property| property.change == resources::Change::Replace && names.iter().any(|name| name == property.name))
}

/// A step's first move: its event, or nothing to do.
pub fn begin(job: &mut Job<'_>, index: usize) {
    let Some(step) = job.run().and_then(|run| run.steps.get(index)).cloned() else { return };
    match &step.action {
        Action::Make => begin_making(job, index, &step.logical_id, None),
        Action::Import { physical_id } => {
            let physical_id = physical_id.clone();
            begin_making(job, index, &step.logical_id, Some(physical_id));
        }
        Action::Revert(undo) => begin_revert(job, index, undo),
        Action::Delete { resource, keep } => {
            if *keep {
                finish::note_deletion(job, resource, ResourceStatus::DeleteSkipped, None);
                return job.set(index, StepState::Done);
            }
            if resource.physical_id.is_none() {
                finish::note_deletion(job, resource, ResourceStatus::DeleteComplete, None);
                return job.set(index, StepState::Done);
            }
            finish::note_deletion(job, resource, ResourceStatus::DeleteInProgress, None);
            job.set(index, StepState::Begun);
            job.schedule(index, CALL_PAUSE_SECONDS);
        }
    }
}

fn begin_making(job: &mut Job<'_>, index: usize, logical_id: &str, import: Option<String>) {
    let exports = job.world.services.cloudformation.at(job.place).export_values();
    let definition = job.stack.definition.clone();
    let (result, imports) = job.stack.with_scope(job.place, &definition, &exports, false, |scope| {
        let result = wanted(scope, job.stack, &definition, logical_id);
        (result, scope.imported.borrow().clone())
    });
    let Some(written) = definition.template.resource(logical_id) else { return };
    let needs = super::graph::dependencies(&definition.template).remove(logical_id).unwrap_or_default();
    let fresh = Resource {
        logical_id: logical_id.to_owned(),
        kind: written.kind.clone(),
        physical_id: None,
        status: ResourceStatus::CreateInProgress,
        reason: None,
        changed: job.world.now,
        properties: Value::Object(Default::default()),
        attributes: Default::default(),
        metadata: Value::Null,
        deletion_policy: written.deletion_policy,
        update_replace_policy: written.update_replace_policy,
        needs: needs.into_iter().collect(),
        imports,
    };
    let known = job.stack.resource(logical_id).cloned();
    match known.filter(|one| one.physical_id.is_some() && one.status != ResourceStatus::DeleteComplete) {
        Some(old) => begin_change(job, index, old, fresh, result),
        None => begin_creation(job, index, fresh, result, import),
    }
}

type Wanted = Result<(&'static ResourceType, Value), TemplateError>;

fn begin_creation(job: &mut Job<'_>, index: usize, mut fresh: Resource, result: Wanted, import: Option<String>) {
    let logical_id = fresh.logical_id.clone();
    let wanted = match result {
        Ok((kind, properties)) => {
            fresh.properties = properties;
            Ok(kind)
        }
        Err(error) => Err(error),
    };
    let existing = wanted.as_ref().ok().and_then(|kind| existing_thing(job, kind, &fresh));
    if import.is_some() || existing.is_some() {
        fresh.status = ResourceStatus::ImportInProgress;
    }
    if let (Some(physical_id), Some(step)) = (existing, job.run().and_then(|run| run.steps.get_mut(index))) {
        step.action = Action::Import { physical_id };
    }
    job.stack.resources.retain(|one| one.logical_id != logical_id);
    job.stack.resources.push(fresh.clone());
    if let Some(run) = job.run() {
        run.undo.push(Undo::Created(logical_id.clone()));
    }
    match wanted {
        Err(error) => job.fail(index, error.0),
        Ok(_) => {
            let status = fresh.status;
            job.mark(&logical_id, status, None);
            job.set(index, StepState::Begun);
            job.schedule(index, CALL_PAUSE_SECONDS);
        }
    }
}

/// With `ImportExistingResources` a thing that exists under the chosen name is taken over.
fn existing_thing(job: &mut Job<'_>, kind: &ResourceType, fresh: &Resource) -> Option<String> {
    if !job.run()?.import_existing {
        return None;
    }
    let name = resources::text(&fresh.properties, kind.custom_name?)?;
    let read = kind.read?;
    with_hand(job, &fresh.logical_id, |hand| read(hand, &name).is_ok()).filter(|found| *found).map(|_| name)
}

fn begin_change(job: &mut Job<'_>, index: usize, old: Resource, fresh: Resource, result: Wanted) {
    let logical_id = old.logical_id.clone();
    let (kind, properties) = match result {
        Ok(wanted) => wanted,
        Err(error) => {
            // Nothing was changed: the rollback has nothing to take back here.
            return job.fail(index, error.0);
        }
    };
    let names = differing(&old.properties, &properties);
    if let Some(resource) = job.stack.resource_mut(&logical_id) {
        resource.deletion_policy = fresh.deletion_policy;
        resource.update_replace_policy = fresh.update_replace_policy;
        resource.needs = fresh.needs;
        resource.imports = fresh.imports;
    }
    if names.is_empty() {
        return job.set(index, StepState::Done);
    }
    let replaced = replaces(kind, &names);
    let action = if replaced { policy::Update::Replace } else { policy::Update::Modify };
    let policies = job.run().and_then(|run| run.policy.clone()).or_else(|| job.stack.policy.clone());
    if let Some(reason) = policies.and_then(|text| policy::refusal(&text, action, &logical_id, &old)) {
        return job.fail(index, reason);
    }
    let same_name = kind
        .custom_name
        .is_some_and(|name| !names.iter().any(|changed| changed == name) && properties.get(name).is_some());
    if let Some(run) = job.run() {
        if let Some(step) = run.steps.get_mut(index) {
            step.replaces = replaced;
        }
        run.undo.push(if replaced { Undo::Replaced(old.clone()) } else { Undo::Updated(old.clone()) });
    }
    if replaced && same_name {
        let name = old.physical_id.unwrap_or_default();
        // The reason that CloudFormation gives for it (User Guide, "Name type").
        return job.fail(
            index,
            format!(
                "CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename {name} \
                 and update the stack again."
            ),
        );
    }
    if let Some(resource) = job.stack.resource_mut(&logical_id) {
        resource.properties = properties;
    }
    let reason = replaced
        .then(|| "Requested update requires the creation of a new physical resource; hence creating one.".to_owned());
    job.mark(&logical_id, ResourceStatus::UpdateInProgress, reason);
    job.set(index, StepState::Begun);
    job.schedule(index, CALL_PAUSE_SECONDS);
}

fn begin_revert(job: &mut Job<'_>, index: usize, undo: &Undo) {
    match undo {
        Undo::Created(_) => job.set(index, StepState::Done),
        Undo::Updated(before) => {
            job.mark(&before.logical_id, ResourceStatus::UpdateInProgress, None);
            job.set(index, StepState::Begun);
            job.schedule(index, CALL_PAUSE_SECONDS);
        }
        Undo::Replaced(before) => {
            let current = job.stack.resource(&before.logical_id).cloned();
            if let Some(current) = current.filter(|current| current.physical_id != before.physical_id)
                && let Some(run) = job.run()
            {
                run.leftovers.push((current, false));
            }
            if let Some(resource) = job.stack.resource_mut(&before.logical_id) {
                *resource = before.clone();
            }
            job.mark(&before.logical_id, ResourceStatus::UpdateComplete, None);
            job.set(index, StepState::Done);
        }
    }
}

/// Calls a handler with what it works with.
pub fn with_hand<T>(job: &mut Job<'_>, logical_id: &str, work: impl FnOnce(&mut Hand<'_>) -> T) -> Option<T> {
    let actor = job.stack.run.as_ref()?.actor.clone();
    let mut hand = Hand { world: job.world, actor: &actor, place: job.place, stack_name: &job.stack.name, logical_id };
    Some(work(&mut hand))
}

/// A step's second move: the call to the service.
pub fn act(job: &mut Job<'_>, index: usize) {
    let Some(step) = job.run().and_then(|run| run.steps.get(index)).cloned() else { return };
    let logical_id = step.logical_id.as_str();
    let (kind_name, current) = match &step.action {
        Action::Delete { resource, .. } => (resource.kind.clone(), (**resource).clone()),
        _ => match job.stack.resource(logical_id).cloned() {
            Some(resource) => (resource.kind.clone(), resource),
            None => return,
        },
    };
    let about = json!({ "LogicalResourceId": logical_id, "ResourceType": kind_name });
    if let Some(message) = job.world.failure_of(Target::StackResource, job.place, &about) {
        return job.fail(index, message);
    }
    let Some(kind) = resources::by_name(&kind_name) else { return };
    let physical_id = current.physical_id.clone();
    let before = job.run().and_then(|run| {
        run.undo.iter().rev().find_map(|undo| match undo {
            Undo::Updated(before) if before.logical_id == logical_id => Some(before.properties.clone()),
            _ => None,
        })
    });
    let reverted = match &step.action {
        Action::Revert(undo) => undo.before().map(|before| before.properties.clone()),
        _ => None,
    };
    let outcome = with_hand(job, logical_id, |hand| match (&step.action, &physical_id) {
        (Action::Delete { .. }, Some(id)) => (kind.delete)(hand, id, &current.properties).map(|()| None),
        (Action::Delete { .. }, None) => Ok(None),
        (Action::Import { physical_id }, _) => import(hand, kind, physical_id).map(Some),
        (Action::Revert(_), Some(id)) => {
            (kind.update)(hand, id, &current.properties, reverted.as_ref().unwrap_or(&Value::Null)).map(Some)
        }
        (Action::Make, Some(id)) if !step.replaces => {
            (kind.update)(hand, id, before.as_ref().unwrap_or(&Value::Null), &current.properties).map(Some)
        }
        _ => (kind.create)(hand, &current.properties).map(Some),
    });
    match outcome {
        None => {}
        Some(Ok(made)) => acted(job, index, kind, &current, made),
        Some(Err(failure)) if step.attempts < IAM_ATTEMPTS && waits_for_iam(&failure) => {
            if let Some(step) = job.run().and_then(|run| run.steps.get_mut(index)) {
                step.attempts += 1;
            }
            job.schedule(index, IAM_PAUSE_SECONDS);
        }
        Some(Err(failure)) => {
            let reason = handler_reason(job.world, job.place, failure);
            job.fail(index, reason);
        }
    }
}

/// Takes over a thing that exists.
fn import(hand: &mut Hand<'_>, kind: &ResourceType, physical_id: &str) -> Result<Made, Failure> {
    match kind.read {
        Some(read) => read(hand, physical_id).map(|(made, _)| made),
        None => Err(Failure::Plain(format!("Resource type {} is not supported for import", kind.name))),
    }
}

fn acted(job: &mut Job<'_>, index: usize, kind: &ResourceType, old: &Resource, made: Option<Made>) {
    let logical_id = old.logical_id.clone();
    let Some(step) = job.run().and_then(|run| run.steps.get(index)).cloned() else { return };
    if let Some(made) = made {
        let creates = old.physical_id.is_none() || step.replaces;
        if let Action::Revert(undo) = &step.action
            && let Some(before) = undo.before()
            && let Some(resource) = job.stack.resource_mut(&logical_id)
        {
            let status = resource.status;
            *resource = Resource { status, ..before.clone() };
        }
        if let Some(resource) = job.stack.resource_mut(&logical_id) {
            resource.physical_id = Some(made.physical_id);
            resource.attributes = made.attributes;
        }
        if step.replaces {
            let keep = old.update_replace_policy != Retention::Delete;
            let undone = job.run().and_then(|run| {
                run.undo.iter().rev().find_map(|undo| match undo {
                    Undo::Replaced(before) if before.logical_id == logical_id => Some(before.clone()),
                    _ => None,
                })
            });
            if let (Some(before), Some(run)) = (undone, job.run()) {
                run.leftovers.push((before, keep));
            }
        }
        if creates && !matches!(step.action, Action::Import { .. }) {
            let status =
                if step.replaces { ResourceStatus::UpdateInProgress } else { ResourceStatus::CreateInProgress };
            job.mark(&logical_id, status, Some("Resource creation Initiated".to_owned()));
        }
    }
    job.set(index, StepState::Acted);
    let seconds = settling_seconds(job.world, job.place, kind, &step.action);
    job.schedule(index, seconds);
}

fn settling_seconds(world: &mut World, place: &Place, kind: &ResourceType, action: &Action) -> i64 {
    let (least, spread) = kind.seconds;
    let drawn = least + world.ids.number(place, "settling", spread + 1);
    match action {
        Action::Make => drawn,
        // Deleting and changing back wait for less than making.
        _ => (drawn / 2).max(1),
    }
}

/// A step's last move: it is complete.
pub fn settle(job: &mut Job<'_>, index: usize) {
    let Some(step) = job.run().and_then(|run| run.steps.get(index)).cloned() else { return };
    job.set(index, StepState::Done);
    let status = match &step.action {
        Action::Delete { resource, .. } => {
            return finish::note_deletion(job, resource, ResourceStatus::DeleteComplete, None);
        }
        Action::Import { .. } => ResourceStatus::ImportComplete,
        Action::Revert(_) => ResourceStatus::UpdateComplete,
        Action::Make => match job.stack.resource(&step.logical_id).map(|resource| resource.status) {
            Some(ResourceStatus::CreateInProgress) => ResourceStatus::CreateComplete,
            _ => ResourceStatus::UpdateComplete,
        },
    };
    job.mark(&step.logical_id, status, None);
}
