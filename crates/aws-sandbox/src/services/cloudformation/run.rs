//! The machine that carries a stack operation out: phases, each made of steps that wait for one
//! another, side by side where nothing keeps them apart.

use serde::{Deserialize, Serialize};

use super::finish;
use super::stacks::{Actor, Definition, OnFailure, Resource, ResourceStatus, Stack, StackStatus};
use super::{Due, steps};
use crate::world::{Place, World};

/// How long CloudFormation takes from one step's end to the next one's begin.
const STEP_PAUSE_SECONDS: i64 = 1;
/// How long it takes before it looks at the first resource.
const PHASE_PAUSE_SECONDS: i64 = 3;

/// What is being done to a stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    Create,
    Import,
    Update,
    /// After a failed creation.
    Rollback,
    /// After a failed update.
    UpdateRollback,
    /// What an update left behind goes.
    Cleanup,
    /// What a rolled-back update had made goes.
    RollbackCleanup,
    Delete,
}

impl Phase {
    /// Whether a failed step ends it at once.
    pub fn stops_at_failure(self) -> bool {
        matches!(self, Phase::Create | Phase::Import | Phase::Update)
    }
}

/// How a step of an update is taken back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Undo {
    /// The resource is new: it goes in the cleanup.
    Created(String),
    /// It was changed in place: it is changed back.
    Updated(Resource),
    /// It was made anew: the old one is the stack's again.
    Replaced(Resource),
}

impl Undo {
    /// The resource as it was.
    pub(super) fn before(&self) -> Option<&Resource> {
        match self {
            Undo::Created(_) => None,
            Undo::Updated(resource) | Undo::Replaced(resource) => Some(resource),
        }
    }
}

/// What a step does.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Action {
    /// Creates, updates or replaces what the template says, as the difference demands.
    Make,
    /// Takes over a thing that exists.
    Import { physical_id: String },
    /// Takes a step of an update back.
    Revert(Box<Undo>),
    /// Deletes a physical thing.
    Delete {
        resource: Box<Resource>,
        /// It stays where it is and only leaves the stack.
        keep: bool,
    },
}

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum StepState {
    /// For the steps that it needs.
    Waiting,
    /// Its begin is due.
    Ready,
    /// Its event is written, the call is due.
    Begun,
    /// The call is made, the thing settles.
    Acted,
    Done,
    Failed,
    Cancelled,
}

/// One resource's part in a phase.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Step {
    pub logical_id: String,
    pub action: Action,
    /// The steps of the phase that must be done first.
    pub needs: Vec<usize>,
    pub state: StepState,
    /// How often the call was made in vain because IAM had not caught up.
    pub attempts: u32,
    /// Whether it makes a new physical thing for a resource that the stack had before.
    pub replaces: bool,
}

impl Step {
    pub(super) fn new(logical_id: &str, action: Action, needs: Vec<usize>) -> Self {
        Self {
            logical_id: logical_id.to_owned(),
            action,
            needs,
            state: StepState::Waiting,
            attempts: 0,
            replaces: false,
        }
    }

    /// A step that was refused before it began.
    pub(super) fn refused(logical_id: &str) -> Self {
        Self { state: StepState::Failed, ..Self::new(logical_id, Action::Make, Vec::new()) }
    }
}

/// An operation under way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Run {
    pub serial: u64,
    pub phase: Phase,
    /// Counts the phases: tells a step that is due in a phase long over.
    pub phase_serial: u32,
    pub actor: Actor,
    pub token: Option<String>,
    pub steps: Vec<Step>,
    /// Resources that failed to be created, and to be updated.
    pub failed_creates: Vec<String>,
    pub failed_updates: Vec<String>,
    pub failed_deletes: Vec<String>,
    pub on_failure: OnFailure,
    /// What an update started from.
    pub before: Option<Box<Definition>>,
    pub undo: Vec<Undo>,
    /// What the cleanup will delete: the resource, and whether it is kept.
    pub leftovers: Vec<(Resource, bool)>,
    /// Resources that a deletion leaves standing.
    pub retain: Vec<String>,
    /// Whether a deletion goes on over failures.
    pub force: bool,
    /// Whether things that exist under a chosen name are imported.
    pub import_existing: bool,
    /// The stack policy for this update alone.
    pub policy: Option<String>,
}

impl Run {
    /// A run in its first phase.
    pub fn new(stack: &mut Stack, phase: Phase, actor: Actor, token: Option<String>) -> Self {
        stack.runs += 1;
        Self {
            serial: stack.runs,
            phase,
            phase_serial: 0,
            actor,
            token,
            steps: Vec::new(),
            failed_creates: Vec::new(),
            failed_updates: Vec::new(),
            failed_deletes: Vec::new(),
            on_failure: stack.on_failure,
            before: None,
            undo: Vec::new(),
            leftovers: Vec::new(),
            retain: Vec::new(),
            force: false,
            import_existing: false,
            policy: None,
        }
    }
}

/// One move of the machine: the stack is out of the world while it is worked on.
pub struct Job<'a> {
    pub world: &'a mut World,
    pub place: &'a Place,
    pub stack: &'a mut Stack,
}

impl Job<'_> {
    /// The run; every move is made within one.
    pub fn run(&mut self) -> Option<&mut Run> {
        self.stack.run.as_mut()
    }

    /// Puts a step into a state.
    pub fn set(&mut self, index: usize, state: StepState) {
        if let Some(step) = self.run().and_then(|run| run.steps.get_mut(index)) {
            step.state = state;
        }
    }

    /// Lets the step's next move be due.
    pub fn schedule(&mut self, index: usize, seconds: i64) {
        let Some(run) = &self.stack.run else { return };
        let due = Due::Step { stack: self.stack.id.clone(), run: run.serial, phase: run.phase_serial, step: index };
        let at = self.world.now.plus_seconds(seconds);
        self.world.schedule(at, self.place, due);
    }

    /// Marks a resource of the stack.
    pub fn mark(&mut self, logical_id: &str, status: ResourceStatus, reason: Option<String>) {
        self.stack.mark(self.world, self.place, logical_id, status, reason);
    }

    /// Turns the stack.
    pub fn turn(&mut self, status: StackStatus, reason: Option<String>) {
        self.stack.turn(self.world, self.place, status, reason);
    }

    /// Begins a phase with these steps.
    pub fn enter(&mut self, phase: Phase, steps: Vec<Step>) {
        let Some(run) = self.run() else { return };
        run.phase = phase;
        run.phase_serial += 1;
        run.steps = steps;
        let due = Due::Phase { stack: self.stack.id.clone(), run: self.stack.runs, phase: run_phase(self.stack) };
        let at = self.world.now.plus_seconds(PHASE_PAUSE_SECONDS);
        self.world.schedule(at, self.place, due);
    }

    /// Lets every step begin whose needs are done; ends the phase when nothing moves any more.
    pub fn proceed(&mut self) {
        let Some(run) = self.run() else { return };
        let ready: Vec<usize> = (0..run.steps.len())
            .filter(|index| {
                let step = &run.steps[*index];
                step.state == StepState::Waiting
                    && step.needs.iter().all(|need| run.steps[*need].state == StepState::Done)
            })
            .collect();
        for index in ready {
            self.set(index, StepState::Ready);
            self.schedule(index, STEP_PAUSE_SECONDS);
        }
        let moving = |step: &Step| matches!(step.state, StepState::Ready | StepState::Begun | StepState::Acted);
        if self.run().is_some_and(|run| !run.steps.iter().any(moving)) {
            finish::end_phase(self);
        }
    }

    /// A step failed: in a phase that makes things everything else stops too.
    pub fn fail(&mut self, index: usize, reason: String) {
        let Some(run) = self.run() else { return };
        let phase = run.phase;
        let force = run.force;
        let Some(step) = run.steps.get(index).cloned() else { return };
        self.set(index, StepState::Failed);
        match &step.action {
            Action::Delete { resource, .. } => {
                finish::note_deletion(self, resource, ResourceStatus::DeleteFailed, Some(reason));
                if let Some(run) = self.run() {
                    run.failed_deletes.push(step.logical_id.clone());
                }
                if force {
                    self.set(index, StepState::Done);
                }
            }
            Action::Import { .. } => {
                self.mark(&step.logical_id, ResourceStatus::ImportFailed, Some(reason));
                if let Some(run) = self.run() {
                    run.failed_creates.push(step.logical_id.clone());
                }
            }
            Action::Make | Action::Revert(_) => {
                let created = self.is_creation(&step);
                let status = if created { ResourceStatus::CreateFailed } else { ResourceStatus::UpdateFailed };
                self.mark(&step.logical_id, status, Some(reason));
                if let Some(run) = self.run() {
                    let list = if created { &mut run.failed_creates } else { &mut run.failed_updates };
                    list.push(step.logical_id.clone());
                }
            }
        }
        if phase.stops_at_failure() {
            self.cancel_all();
        }
    }

    /// Whether the step makes a resource that the stack did not have.
    fn is_creation(&self, step: &Step) -> bool {
        let resource = self.stack.resource(&step.logical_id);
        !step.replaces
            && resource
                .is_none_or(|one| matches!(one.status, ResourceStatus::CreateInProgress | ResourceStatus::CreateFailed))
    }

    fn cancel_all(&mut self) {
        let Some(run) = self.run() else { return };
        let open: Vec<(usize, Step)> = run
            .steps
            .iter()
            .enumerate()
            .filter(|(_, step)| !matches!(step.state, StepState::Done | StepState::Failed | StepState::Cancelled))
            .map(|(index, step)| (index, step.clone()))
            .collect();
        for (index, step) in open {
            self.set(index, StepState::Cancelled);
            if !matches!(step.state, StepState::Begun | StepState::Acted) {
                continue;
            }
            // CloudFormation User Guide, "Troubleshooting": "Resource creation cancelled".
            let created = self.is_creation(&step);
            let (status, reason) = if created {
                (ResourceStatus::CreateFailed, "Resource creation cancelled")
            } else {
                (ResourceStatus::UpdateFailed, "Resource update cancelled")
            };
            self.mark(&step.logical_id, status, Some(reason.to_owned()));
            if let Some(run) = self.run() {
                let list = if created { &mut run.failed_creates } else { &mut run.failed_updates };
                list.push(step.logical_id);
            }
        }
    }
}

fn run_phase(stack: &Stack) -> u32 {
    stack.run.as_ref().map_or(0, |run| run.phase_serial)
}

/// Takes the stack out of the world, makes one move, and puts it back.
fn with_job(world: &mut World, place: &Place, stack: &str, serial: u64, phase: u32, job: impl FnOnce(&mut Job<'_>)) {
    let Some(mut stack) = world.services.cloudformation.at(place).stacks.remove(stack) else { return };
    if stack.run.as_ref().is_some_and(|run| run.serial == serial && run.phase_serial == phase) {
        let mut work = Job { world, place, stack: &mut stack };
        job(&mut work);
    }
    world.services.cloudformation.at(place).stacks.insert(stack.id.clone(), stack);
}

/// The first steps of a phase begin.
pub fn begin_phase(world: &mut World, place: &Place, stack: &str, serial: u64, phase: u32) {
    with_job(world, place, stack, serial, phase, |job| job.proceed());
}

/// A step makes its next move.
pub fn move_step(world: &mut World, place: &Place, stack: &str, serial: u64, phase: u32, index: usize) {
    with_job(world, place, stack, serial, phase, |job| {
        let state = job.run().and_then(|run| run.steps.get(index)).map(|step| step.state);
        match state {
            Some(StepState::Ready) => steps::begin(job, index),
            Some(StepState::Begun) => steps::act(job, index),
            Some(StepState::Acted) => steps::settle(job, index),
            _ => return,
        }
        job.proceed();
    });
}

/// A creation took longer than its caller allowed.
pub fn time_out(world: &mut World, place: &Place, stack: &str, serial: u64) {
    let phase = world.services.cloudformation.at(place).stacks.get(stack).map_or(0, run_phase);
    with_job(world, place, stack, serial, phase, |job| {
        if job.run().is_some_and(|run| run.phase == Phase::Create) {
            job.cancel_all();
            finish::end_phase(job);
        }
    });
}
