//! CloudFormation stacks.

use super::Text;

pub(super) const STACK_MISSING: Text = Text {
    meaning: "The CloudFormation stack of this environment does not exist.",
    why: "Without it the environment has no vault, no key and no event path of ours.",
    remedy: "Run `backupctl bootstrap`.",
    source: "AWS CloudFormation API Reference, DescribeStacks",
};

pub(super) const STACK_UNHEALTHY: Text = Text {
    meaning: "The CloudFormation stack of this environment is in a state in which it cannot work or be updated.",
    why: "What the stack should make may be missing or half made.",
    remedy: "Run `backupctl bootstrap`; it says what it would do before it does it.",
    source: "AWS CloudFormation User Guide, stack status codes",
};

pub(super) const STACK_OUTDATED: Text = Text {
    meaning: "What the stack was deployed with differs from the configuration.",
    why: "The function copies by the stack's values, the command line by the configuration's: the two would not agree.",
    remedy: "Run `backupctl bootstrap`.",
    source: "AWS CloudFormation User Guide, stack outputs",
};

pub(super) const STACK_DRIFTED: Text = Text {
    meaning: "What a stack made was changed by hand.",
    why: "The next update may fail on it, or undo it without a word.",
    remedy: "See what differs, then put it back: `aws cloudformation describe-stack-resource-drifts --stack-name STACK`, `backupctl bootstrap`.",
    source: "AWS CloudFormation User Guide, detecting unmanaged configuration changes",
};
