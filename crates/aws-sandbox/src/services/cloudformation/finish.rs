//! The end of a phase: what the stack turns into, and which phase comes next.

use super::functions::scalar;
use super::plan::{deleting, deleting_stack, reverting, unfinished};
use super::run::{Job, Phase, Run, StepState, Undo};
use super::stacks::{OnFailure, Output, Resource, ResourceStatus, StackStatus};
use super::template::{Retention, TemplateError};

/// Writes a deletion's event, and takes the resource out of the stack when it has gone.
pub fn note_deletion(job: &mut Job<'_>, resource: &Resource, status: ResourceStatus, reason: Option<String>) {
    let mut shown = resource.clone();
    shown.status = status;
    shown.reason = reason;
    shown.changed = job.world.now;
    job.stack.note(job.world, job.place, &shown);
    let phase = job.run().map(|run| run.phase);
    let own = |one: &Resource| one.logical_id == shown.logical_id && one.physical_id == shown.physical_id;
    match phase {
        Some(Phase::Cleanup | Phase::RollbackCleanup) => {
            // What a cleanup could not delete is no longer the stack's.
            if status != ResourceStatus::DeleteInProgress {
                job.stack.resources.retain(|one| !own(one));
            }
        }
        _ => {
            if let Some(resource) = job.stack.resources.iter_mut().find(|one| own(one)) {
                *resource = shown;
            }
        }
    }
}

/// Ends the phase: the stack's next status, and the next phase.
pub fn end_phase(job: &mut Job<'_>) {
    let Some(run) = job.run() else { return };
    let failed = run.steps.iter().any(|step| matches!(step.state, StepState::Failed | StepState::Cancelled));
    match run.phase {
        Phase::Create if failed => creation_failed(job, None),
        Phase::Create => creation_done(job),
        Phase::Import if failed => import_failed(job),
        Phase::Import => over(job, StackStatus::ImportComplete, None),
        Phase::Update if failed => update_failed(job, None),
        Phase::Update => update_done(job),
        Phase::Rollback => rolled_back(job),
        Phase::UpdateRollback => update_rolled_back(job, failed),
        Phase::Cleanup => {
            let incomplete = (!run.failed_deletes.is_empty())
                .then(|| "Update successful. One or more resources could not be deleted.".to_owned());
            over(job, StackStatus::UpdateComplete, incomplete);
        }
        Phase::RollbackCleanup => {
            let incomplete =
                (!run.failed_deletes.is_empty()).then(|| "One or more resources could not be deleted.".to_owned());
            over(job, StackStatus::UpdateRollbackComplete, incomplete);
        }
        Phase::Delete => deleted(job),
    }
}

fn over(job: &mut Job<'_>, status: StackStatus, reason: Option<String>) {
    job.turn(status, reason);
    if let Some(run) = job.stack.run.take()
        && let Some(change_set) = job.stack.change_sets.iter_mut().find(|one| one.is_executing())
    {
        let good =
            matches!(status, StackStatus::CreateComplete | StackStatus::UpdateComplete | StackStatus::ImportComplete);
        change_set.executed(good, run.failed_creates.is_empty());
    }
}

/// `The following resource(s) failed to create: [A, B]. `
fn failures(run: &Run) -> String {
    let mut text = String::new();
    for (what, names) in
        [("create", &run.failed_creates), ("update", &run.failed_updates), ("delete", &run.failed_deletes)]
    {
        if !names.is_empty() {
            text.push_str(&format!("The following resource(s) failed to {what}: [{}]. ", names.join(", ")));
        }
    }
    text
}

/// The outputs as the template says, now that everything exists.
fn outputs(job: &mut Job<'_>) -> Result<(), TemplateError> {
    let state = job.world.services.cloudformation.at(job.place);
    let (taken, exports) = (state.exports(), state.export_values());
    let definition = job.stack.definition.clone();
    let (outputs, imports) = job.stack.with_scope(job.place, &definition, &exports, false, |scope| {
        let mut outputs = Vec::new();
        for (key, output) in &definition.template.outputs {
            if !scope.exists(output.condition.as_ref())? {
                continue;
            }
            let form = format!("The Value field of output {key} must evaluate to a String");
            let value = scope.resolve(&output.value)?;
            let value = value.as_ref().and_then(scalar).ok_or_else(|| TemplateError::format(&form))?;
            let export = match &output.export {
                Some(node) => Some(scope.text(node, "the Name of an Export must be a string")?),
                None => None,
            };
            outputs.push(Output { key: key.clone(), value, description: output.description.clone(), export });
        }
        Ok::<_, TemplateError>((outputs, scope.imported.borrow().clone()))
    })?;
    for export in outputs.iter().filter_map(|output| output.export.as_ref()) {
        if let Some((owner, _)) = taken.get(export) {
            return Err(TemplateError(format!(
                "Export with name {export} is already exported by stack {}.",
                name_of(owner)
            )));
        }
    }
    for old in job.stack.outputs.iter().filter_map(|output| output.export.as_ref()) {
        let kept = outputs.iter().any(|output| output.export.as_ref() == Some(old));
        let importers = job.world.services.cloudformation.at(job.place).importers(old);
        if !kept && !importers.is_empty() {
            return Err(TemplateError(format!(
                "Export {old} cannot be deleted as it is in use by {}",
                importers.join(" and ")
            )));
        }
    }
    job.stack.outputs = outputs;
    job.stack.output_imports = imports;
    Ok(())
}

fn name_of(stack_id: &str) -> &str {
    stack_id.split('/').nth(1).unwrap_or(stack_id)
}

fn creation_done(job: &mut Job<'_>) {
    match outputs(job) {
        Ok(()) => over(job, StackStatus::CreateComplete, None),
        Err(error) => creation_failed(job, Some(error.0)),
    }
}

fn creation_failed(job: &mut Job<'_>, reason: Option<String>) {
    let Some(run) = job.run() else { return };
    let on_failure = run.on_failure;
    let reason = reason.map_or_else(|| failures(run), |reason| format!("{reason}. "));
    run.failed_creates.clear();
    match on_failure {
        OnFailure::DoNothing => over(job, StackStatus::CreateFailed, Some(reason)),
        OnFailure::Rollback => {
            job.turn(StackStatus::RollbackInProgress, Some(format!("{reason}Rollback requested by user.")));
            let steps = deleting_stack(job.stack, &[], true);
            job.enter(Phase::Rollback, steps);
        }
        OnFailure::Delete => {
            job.turn(StackStatus::DeleteInProgress, Some(format!("{reason}Delete requested by user.")));
            let steps = deleting_stack(job.stack, &[], true);
            job.enter(Phase::Delete, steps);
        }
    }
}

fn rolled_back(job: &mut Job<'_>) {
    let Some(run) = job.run() else { return };
    if run.failed_deletes.is_empty() {
        over(job, StackStatus::RollbackComplete, None);
    } else {
        let reason = failures(run);
        over(job, StackStatus::RollbackFailed, Some(reason));
    }
}

fn import_failed(job: &mut Job<'_>) {
    let Some(run) = job.run() else { return };
    let reason = failures(run).replace("create", "import");
    let new: Vec<String> = run
        .undo
        .iter()
        .filter_map(|undo| match undo {
            Undo::Created(name) => Some(name.clone()),
            _ => None,
        })
        .collect();
    let before = run.before.take();
    job.turn(StackStatus::ImportRollbackInProgress, Some(reason));
    job.stack.resources.retain(|one| !new.contains(&one.logical_id));
    if let Some(before) = before {
        job.stack.definition = *before;
    }
    over(job, StackStatus::ImportRollbackComplete, None);
}

/// The resources of the stack that its new template has no more.
fn removed(job: &mut Job<'_>) -> Vec<Resource> {
    let exports = job.world.services.cloudformation.at(job.place).export_values();
    let definition = job.stack.definition.clone();
    job.stack.with_scope(job.place, &definition, &exports, true, |scope| {
        let written = |id: &str| {
            let resource = definition.template.resource(id)?;
            scope.exists(resource.condition.as_ref()).ok()?.then_some(())
        };
        job.stack.resources.iter().filter(|one| written(&one.logical_id).is_none()).cloned().collect()
    })
}

fn update_done(job: &mut Job<'_>) {
    if let Err(error) = outputs(job) {
        return update_failed(job, Some(error.0));
    }
    job.turn(StackStatus::UpdateCompleteCleanupInProgress, None);
    let mut gone: Vec<(Resource, bool)> = removed(job)
        .into_iter()
        .map(|one| {
            let keep = one.deletion_policy.unwrap_or_default() != Retention::Delete;
            (one, keep)
        })
        .collect();
    if let Some(run) = job.run() {
        gone.append(&mut run.leftovers);
    }
    job.enter(Phase::Cleanup, deleting(gone));
}

fn update_failed(job: &mut Job<'_>, reason: Option<String>) {
    let Some(run) = job.run() else { return };
    let reason = reason.unwrap_or_else(|| failures(run));
    let on_failure = run.on_failure;
    run.failed_creates.clear();
    run.failed_updates.clear();
    // The replaced things stay the stack's: only what replaced them goes.
    run.leftovers.clear();
    let steps = reverting(&run.undo);
    if on_failure == OnFailure::DoNothing {
        return over(job, StackStatus::UpdateFailed, Some(reason));
    }
    job.turn(StackStatus::UpdateRollbackInProgress, Some(reason));
    job.enter(Phase::UpdateRollback, steps);
}

fn update_rolled_back(job: &mut Job<'_>, failed: bool) {
    let Some(run) = job.run() else { return };
    if failed {
        let reason = failures(run);
        let rest = unfinished(run);
        over(job, StackStatus::UpdateRollbackFailed, Some(reason));
        job.stack.unfinished = rest;
        return;
    }
    let new: Vec<String> = run
        .undo
        .iter()
        .filter_map(|undo| match undo {
            Undo::Created(name) => Some(name.clone()),
            _ => None,
        })
        .collect();
    let mut gone = std::mem::take(&mut run.leftovers);
    if let Some(before) = run.before.take() {
        job.stack.definition = *before;
    }
    job.turn(StackStatus::UpdateRollbackCompleteCleanupInProgress, None);
    for one in job.stack.resources.iter().filter(|one| new.contains(&one.logical_id)) {
        gone.push((one.clone(), one.deletion_policy == Some(Retention::Retain)));
    }
    job.enter(Phase::RollbackCleanup, deleting(gone));
}

fn deleted(job: &mut Job<'_>) {
    let Some(run) = job.run() else { return };
    let complete = run.failed_deletes.is_empty() || run.force;
    if complete {
        job.stack.outputs.clear();
        job.stack.deleted = Some(job.world.now);
        over(job, StackStatus::DeleteComplete, None);
    } else {
        let reason = failures(run);
        over(job, StackStatus::DeleteFailed, Some(reason));
    }
}
