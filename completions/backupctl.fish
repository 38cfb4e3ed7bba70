# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_backupctl_global_optspecs
    string join \n o/output= events= config= sandbox= lambda= color= q/quiet v/verbose timeout= poll-interval= h/help V/version
end

function __fish_backupctl_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_backupctl_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_backupctl_using_subcommand
    set -l cmd (__fish_backupctl_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c backupctl -n "__fish_backupctl_needs_command" -s o -l output -d 'Format of the result on stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_needs_command" -l events -d 'Write progress to stderr in a machine-readable format' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_needs_command" -l config -d 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_needs_command" -l sandbox -d 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_needs_command" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'Run the shipped source as its equivalent in Rust, any other under Python'
python\t'Run every source under the local Python'"
complete -c backupctl -n "__fish_backupctl_needs_command" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_needs_command" -l timeout -d 'Maximum time to wait' -r
complete -c backupctl -n "__fish_backupctl_needs_command" -l poll-interval -d 'Initial delay between polls; grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_needs_command" -s q -l quiet -d 'Do not show progress'
complete -c backupctl -n "__fish_backupctl_needs_command" -s v -l verbose -d 'Write logs to stderr; repeat for more detail'
complete -c backupctl -n "__fish_backupctl_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_needs_command" -s V -l version -d 'Print version'
complete -c backupctl -n "__fish_backupctl_needs_command" -f -a "init" -d 'Write backupctl.toml from flags, prompts and what it finds in AWS'
complete -c backupctl -n "__fish_backupctl_needs_command" -f -a "bootstrap" -d 'Deploy the three stacks, enable what they need, create the backup plan and assign the databases'
complete -c backupctl -n "__fish_backupctl_needs_command" -f -a "copy" -d 'Copy recovery points through the hops they have not made yet'
complete -c backupctl -n "__fish_backupctl_needs_command" -f -a "verify" -d 'Validate recovery points and their encryption keys in each vault'
complete -c backupctl -n "__fish_backupctl_needs_command" -f -a "doctor" -d 'Check prerequisites and the deployed pipeline, without changing anything'
complete -c backupctl -n "__fish_backupctl_needs_command" -f -a "explain" -d 'Explain a check: what it means, why it matters and how to fix it'
complete -c backupctl -n "__fish_backupctl_needs_command" -f -a "cleanup" -d 'Delete the backup plan, the recovery points in the three vaults, the vaults, keys and stacks'
complete -c backupctl -n "__fish_backupctl_needs_command" -f -a "rehearse" -d 'Run bootstrap, a scheduled backup, both hops, verify and cleanup in a fresh simulated AWS'
complete -c backupctl -n "__fish_backupctl_needs_command" -f -a "policy" -d 'Print the least-privilege IAM policy that a command needs in an environment'
complete -c backupctl -n "__fish_backupctl_needs_command" -f -a "template" -d 'Print a CloudFormation template, or write all three'
complete -c backupctl -n "__fish_backupctl_needs_command" -f -a "sandbox" -d 'Manage the simulated AWS in the directory of `--sandbox`'
complete -c backupctl -n "__fish_backupctl_needs_command" -f -a "completions" -d 'Print a shell\'s completion script'
complete -c backupctl -n "__fish_backupctl_needs_command" -f -a "man" -d 'Print the manual page, or write one page per command into DIR'
complete -c backupctl -n "__fish_backupctl_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l source-account -d 'Account A, where the databases run [default: the account of its profile or role]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l source-profile -d 'The AWS profile of account A' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l source-role-arn -d 'The role to assume in account A' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l source-region -d 'Region A, where the databases run [default: us-east-1]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l intermediate-region -d 'Region B [default: a Region that fits Region A]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l destination-account -d 'Account B, which holds the destination vault [default: the account of its profile or role]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l destination-profile -d 'The AWS profile of account B' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l destination-role-arn -d 'The role to assume in account B' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l organization -d 'The organization\'s id [default: read from AWS Organizations, if account B may]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l resource -d 'ARN of a database to back up; can be repeated [default: every database encrypted with aws/rds]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l tag -d 'Select databases by this tag' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l email -d 'E-mail address to notify of failures' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l lock -d 'The lock of the destination vault: `none`, or `governance`, under which nobody deletes a copy before its time' -r -f -a "none\t''
governance\t''"
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -s o -l output -d 'Format of the result on stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l events -d 'Write progress to stderr in a machine-readable format' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l config -d 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l sandbox -d 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'Run the shipped source as its equivalent in Rust, any other under Python'
python\t'Run every source under the local Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l timeout -d 'Maximum time to wait' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l poll-interval -d 'Initial delay between polls; grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l force -d 'Overwrite an existing file'
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -s q -l quiet -d 'Do not show progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -s v -l verbose -d 'Write logs to stderr; repeat for more detail'
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand bootstrap" -l environment -d 'Only this environment\'s stack; can be repeated: source, intermediate, destination' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand bootstrap" -s o -l output -d 'Format of the result on stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand bootstrap" -l events -d 'Write progress to stderr in a machine-readable format' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand bootstrap" -l config -d 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand bootstrap" -l sandbox -d 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand bootstrap" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'Run the shipped source as its equivalent in Rust, any other under Python'
python\t'Run every source under the local Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand bootstrap" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand bootstrap" -l timeout -d 'Maximum time to wait' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand bootstrap" -l poll-interval -d 'Initial delay between polls; grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand bootstrap" -l dry-run -d 'Show the changes without making them'
complete -c backupctl -n "__fish_backupctl_using_subcommand bootstrap" -l yes -d 'Make the changes without asking for confirmation'
complete -c backupctl -n "__fish_backupctl_using_subcommand bootstrap" -l enable-settings -d 'Enable account and organization settings that are off, and create missing roles'
complete -c backupctl -n "__fish_backupctl_using_subcommand bootstrap" -l no-plan -d 'Do not create or change the backup plan and its selection'
complete -c backupctl -n "__fish_backupctl_using_subcommand bootstrap" -s q -l quiet -d 'Do not show progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand bootstrap" -s v -l verbose -d 'Write logs to stderr; repeat for more detail'
complete -c backupctl -n "__fish_backupctl_using_subcommand bootstrap" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l recovery-point -d 'ARN of a recovery point; can be repeated' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l resource -d 'All recovery points of a database: `orders`, `db:orders` or an ARN; can be repeated' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l since -d 'Skip recovery points older than this' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l delete-after-days -d 'How long the destination copy is kept, from the backup\'s creation: days, `inherit` or `never`' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l concurrency -d 'Recovery points to copy in parallel' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -s o -l output -d 'Format of the result on stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l events -d 'Write progress to stderr in a machine-readable format' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l config -d 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l sandbox -d 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'Run the shipped source as its equivalent in Rust, any other under Python'
python\t'Run every source under the local Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l timeout -d 'Maximum time to wait' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l poll-interval -d 'Initial delay between polls; grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l latest -d 'Only the newest recovery point of each database'
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l all-missing -d 'Every recovery point in the source vault that lacks a copy'
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l now -d 'Do not wait for the plan\'s own first hop; a second copy may result'
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l force -d 'Copy although the intermediate stack differs from the configuration'
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l dry-run -d 'Show what would be copied without copying it'
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l no-wait -d 'Start the copy jobs without waiting for them'
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -s q -l quiet -d 'Do not show progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -s v -l verbose -d 'Write logs to stderr; repeat for more detail'
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -l resource -d 'Only this database: `orders`, `db:orders` or an ARN; can be repeated' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -l since -d 'Only backups made within this time' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -l max-age -d 'The oldest that a database\'s newest backup, and its copy in the destination account, may be' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -l only -d 'Only checks of this area; can be repeated' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -l environment -d 'Only this environment; can be repeated' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -l fail-on -d 'Lowest severity that makes the exit code 3' -r -f -a "error\t''
warning\t''"
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -s o -l output -d 'Format of the result on stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -l events -d 'Write progress to stderr in a machine-readable format' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -l config -d 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -l sandbox -d 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'Run the shipped source as its equivalent in Rust, any other under Python'
python\t'Run every source under the local Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -l timeout -d 'Maximum time to wait' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -l poll-interval -d 'Initial delay between polls; grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -l allow-skipped -d 'Do not fail because of a skipped check; a copy that was not seen is never forgiven'
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -s q -l quiet -d 'Do not show progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -s v -l verbose -d 'Write logs to stderr; repeat for more detail'
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand doctor" -l only -d 'Only checks of this area; can be repeated' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand doctor" -l environment -d 'Only this environment; can be repeated' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand doctor" -s o -l output -d 'Format of the result on stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand doctor" -l events -d 'Write progress to stderr in a machine-readable format' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand doctor" -l config -d 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand doctor" -l sandbox -d 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand doctor" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'Run the shipped source as its equivalent in Rust, any other under Python'
python\t'Run every source under the local Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand doctor" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand doctor" -l timeout -d 'Maximum time to wait' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand doctor" -l poll-interval -d 'Initial delay between polls; grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand doctor" -l detect-drift -d 'Have CloudFormation compare its stacks with what is there; it takes minutes'
complete -c backupctl -n "__fish_backupctl_using_subcommand doctor" -l allow-skipped -d 'Do not fail because a check could not look'
complete -c backupctl -n "__fish_backupctl_using_subcommand doctor" -s q -l quiet -d 'Do not show progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand doctor" -s v -l verbose -d 'Write logs to stderr; repeat for more detail'
complete -c backupctl -n "__fish_backupctl_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand explain" -l message -d 'A message from AWS' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand explain" -s o -l output -d 'Format of the result on stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand explain" -l events -d 'Write progress to stderr in a machine-readable format' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand explain" -l config -d 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand explain" -l sandbox -d 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand explain" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'Run the shipped source as its equivalent in Rust, any other under Python'
python\t'Run every source under the local Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand explain" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand explain" -l timeout -d 'Maximum time to wait' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand explain" -l poll-interval -d 'Initial delay between polls; grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand explain" -s q -l quiet -d 'Do not show progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand explain" -s v -l verbose -d 'Write logs to stderr; repeat for more detail'
complete -c backupctl -n "__fish_backupctl_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l only -d 'Only this part; can be repeated' -r -f -a "recovery-points\t''
stacks\t''
plan\t''"
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l environment -d 'Only this environment; can be repeated: source, intermediate, destination' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l resource -d 'Only recovery points of this database: `orders`, `db:orders` or an ARN; can be repeated' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l older-than -d 'Only recovery points older than this' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l keep-last -d 'Keep the newest N of each database in each vault' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l confirm -d 'With --yes: an account in which copies of the destination, a key or a vault lock go; can be repeated' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -s o -l output -d 'Format of the result on stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l events -d 'Write progress to stderr in a machine-readable format' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l config -d 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l sandbox -d 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'Run the shipped source as its equivalent in Rust, any other under Python'
python\t'Run every source under the local Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l timeout -d 'Maximum time to wait' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l poll-interval -d 'Initial delay between polls; grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l dry-run -d 'Show what would be deleted without deleting it'
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l yes -d 'Delete what is listed without asking for confirmation'
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l include-last-copy -d 'Delete even the last copy of a database that no longer exists'
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l remove-lock -d 'Remove the vaults\' locks, where AWS still allows it'
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -s q -l quiet -d 'Do not show progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -s v -l verbose -d 'Write logs to stderr; repeat for more detail'
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand rehearse" -l keep -d 'Keep the simulated AWS in this directory' -r -F
complete -c backupctl -n "__fish_backupctl_using_subcommand rehearse" -s o -l output -d 'Format of the result on stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand rehearse" -l events -d 'Write progress to stderr in a machine-readable format' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand rehearse" -l config -d 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand rehearse" -l sandbox -d 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand rehearse" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'Run the shipped source as its equivalent in Rust, any other under Python'
python\t'Run every source under the local Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand rehearse" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand rehearse" -l timeout -d 'Maximum time to wait' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand rehearse" -l poll-interval -d 'Initial delay between polls; grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand rehearse" -s q -l quiet -d 'Do not show progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand rehearse" -s v -l verbose -d 'Write logs to stderr; repeat for more detail'
complete -c backupctl -n "__fish_backupctl_using_subcommand rehearse" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand policy" -l for -d 'The command' -r -f -a "init\t''
doctor\t''
bootstrap\t''
copy\t''
verify\t''
cleanup\t''"
complete -c backupctl -n "__fish_backupctl_using_subcommand policy" -l environment -d 'Where: source, intermediate, destination, or management (what bootstrap turns on in the organization)' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand policy" -s o -l output -d 'Format of the result on stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand policy" -l events -d 'Write progress to stderr in a machine-readable format' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand policy" -l config -d 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand policy" -l sandbox -d 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand policy" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'Run the shipped source as its equivalent in Rust, any other under Python'
python\t'Run every source under the local Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand policy" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand policy" -l timeout -d 'Maximum time to wait' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand policy" -l poll-interval -d 'Initial delay between polls; grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand policy" -s q -l quiet -d 'Do not show progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand policy" -s v -l verbose -d 'Write logs to stderr; repeat for more detail'
complete -c backupctl -n "__fish_backupctl_using_subcommand policy" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand template" -l write -d 'Write all three into this directory' -r -F
complete -c backupctl -n "__fish_backupctl_using_subcommand template" -s o -l output -d 'Format of the result on stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand template" -l events -d 'Write progress to stderr in a machine-readable format' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand template" -l config -d 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand template" -l sandbox -d 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand template" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'Run the shipped source as its equivalent in Rust, any other under Python'
python\t'Run every source under the local Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand template" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand template" -l timeout -d 'Maximum time to wait' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand template" -l poll-interval -d 'Initial delay between polls; grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand template" -s q -l quiet -d 'Do not show progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand template" -s v -l verbose -d 'Write logs to stderr; repeat for more detail'
complete -c backupctl -n "__fish_backupctl_using_subcommand template" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -s o -l output -d 'Format of the result on stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -l events -d 'Write progress to stderr in a machine-readable format' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -l config -d 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -l sandbox -d 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'Run the shipped source as its equivalent in Rust, any other under Python'
python\t'Run every source under the local Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -l timeout -d 'Maximum time to wait' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -l poll-interval -d 'Initial delay between polls; grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -s q -l quiet -d 'Do not show progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -s v -l verbose -d 'Write logs to stderr; repeat for more detail'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -f -a "init" -d 'Create the simulated AWS'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -f -a "advance" -d 'Advance the virtual clock; everything due until then happens'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -f -a "serve" -d 'Serve it over loopback HTTP, for the AWS CLI, boto3, Terraform or the SDKs'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -f -a "inject" -d 'Inject a fault into calls, events, jobs or stack resources'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -f -a "show" -d 'Show the accounts, vaults, recovery points and their keys, jobs, rules, queues, and the last events and denials'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -f -a "reset" -d 'Discard the simulated AWS and create a new one'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l scenario -d 'How the world begins: built-in, bare, or a scenario file' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from init" -s o -l output -d 'Format of the result on stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l events -d 'Write progress to stderr in a machine-readable format' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l config -d 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l sandbox -d 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'Run the shipped source as its equivalent in Rust, any other under Python'
python\t'Run every source under the local Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l timeout -d 'Maximum time to wait' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l poll-interval -d 'Initial delay between polls; grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from init" -s q -l quiet -d 'Do not show progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from init" -s v -l verbose -d 'Write logs to stderr; repeat for more detail'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -s o -l output -d 'Format of the result on stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -l events -d 'Write progress to stderr in a machine-readable format' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -l config -d 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -l sandbox -d 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'Run the shipped source as its equivalent in Rust, any other under Python'
python\t'Run every source under the local Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -l timeout -d 'Maximum time to wait' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -l poll-interval -d 'Initial delay between polls; grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -s q -l quiet -d 'Do not show progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -s v -l verbose -d 'Write logs to stderr; repeat for more detail'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l listen -d 'Where to listen: a loopback address; port 0 is any free one' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l time-scale -d 'Virtual seconds a real second; 0: only `POST /_sandbox/advance` moves the clock' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s o -l output -d 'Format of the result on stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l events -d 'Write progress to stderr in a machine-readable format' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l config -d 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l sandbox -d 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'Run the shipped source as its equivalent in Rust, any other under Python'
python\t'Run every source under the local Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l timeout -d 'Maximum time to wait' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l poll-interval -d 'Initial delay between polls; grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s q -l quiet -d 'Do not show progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s v -l verbose -d 'Write logs to stderr; repeat for more detail'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -l operation -d 'Only this operation, as SERVICE:OPERATION, or events of SOURCE:DETAIL-TYPE; `*` and `?` stand for anything' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -l environment -d 'Only in this environment of the configuration: source, intermediate, destination' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -l account -d 'Only in this account' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -l region -d 'Only in this Region' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -l resource -d 'Only what names this ARN, name or id; `*` and `?` stand for anything' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -l side -d 'On which side of the call a connection or the process ends' -r -f -a "before\t'The service never sees the call'
after\t'The service has done it, and nobody gets the answer'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -l by -d 'By how much an answer or an event is late' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -l message -d 'The message that a job or a stack resource fails with' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -l call -d 'Strike from the Nth one that matches, counted from now' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -l times -d 'Strike so many' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -l share -d 'Strike so many of a hundred, drawn under the world\'s seed' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -s o -l output -d 'Format of the result on stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -l events -d 'Write progress to stderr in a machine-readable format' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -l config -d 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -l sandbox -d 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'Run the shipped source as its equivalent in Rust, any other under Python'
python\t'Run every source under the local Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -l timeout -d 'Maximum time to wait' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -l poll-interval -d 'Initial delay between polls; grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -l each-once -d 'Strike each different one once: the same call again passes'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -l until-cleared -d 'Strike every one until `inject clear`'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -s q -l quiet -d 'Do not show progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -s v -l verbose -d 'Write logs to stderr; repeat for more detail'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from show" -s o -l output -d 'Format of the result on stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from show" -l events -d 'Write progress to stderr in a machine-readable format' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from show" -l config -d 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from show" -l sandbox -d 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from show" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'Run the shipped source as its equivalent in Rust, any other under Python'
python\t'Run every source under the local Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from show" -l timeout -d 'Maximum time to wait' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from show" -l poll-interval -d 'Initial delay between polls; grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Do not show progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Write logs to stderr; repeat for more detail'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l scenario -d 'How the world begins: built-in, bare, or a scenario file' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -s o -l output -d 'Format of the result on stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l events -d 'Write progress to stderr in a machine-readable format' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l config -d 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l sandbox -d 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'Run the shipped source as its equivalent in Rust, any other under Python'
python\t'Run every source under the local Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l timeout -d 'Maximum time to wait' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l poll-interval -d 'Initial delay between polls; grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -s q -l quiet -d 'Do not show progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -s v -l verbose -d 'Write logs to stderr; repeat for more detail'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "init" -d 'Create the simulated AWS'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "advance" -d 'Advance the virtual clock; everything due until then happens'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "serve" -d 'Serve it over loopback HTTP, for the AWS CLI, boto3, Terraform or the SDKs'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "inject" -d 'Inject a fault into calls, events, jobs or stack resources'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show the accounts, vaults, recovery points and their keys, jobs, rules, queues, and the last events and denials'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "reset" -d 'Discard the simulated AWS and create a new one'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c backupctl -n "__fish_backupctl_using_subcommand completions" -s o -l output -d 'Format of the result on stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand completions" -l events -d 'Write progress to stderr in a machine-readable format' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand completions" -l config -d 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand completions" -l sandbox -d 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand completions" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'Run the shipped source as its equivalent in Rust, any other under Python'
python\t'Run every source under the local Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand completions" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand completions" -l timeout -d 'Maximum time to wait' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand completions" -l poll-interval -d 'Initial delay between polls; grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand completions" -s q -l quiet -d 'Do not show progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand completions" -s v -l verbose -d 'Write logs to stderr; repeat for more detail'
complete -c backupctl -n "__fish_backupctl_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand man" -s o -l output -d 'Format of the result on stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand man" -l events -d 'Write progress to stderr in a machine-readable format' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand man" -l config -d 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand man" -l sandbox -d 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand man" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'Run the shipped source as its equivalent in Rust, any other under Python'
python\t'Run every source under the local Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand man" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand man" -l timeout -d 'Maximum time to wait' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand man" -l poll-interval -d 'Initial delay between polls; grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand man" -s q -l quiet -d 'Do not show progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand man" -s v -l verbose -d 'Write logs to stderr; repeat for more detail'
complete -c backupctl -n "__fish_backupctl_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and not __fish_seen_subcommand_from init bootstrap copy verify doctor explain cleanup rehearse policy template sandbox completions man help" -f -a "init" -d 'Write backupctl.toml from flags, prompts and what it finds in AWS'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and not __fish_seen_subcommand_from init bootstrap copy verify doctor explain cleanup rehearse policy template sandbox completions man help" -f -a "bootstrap" -d 'Deploy the three stacks, enable what they need, create the backup plan and assign the databases'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and not __fish_seen_subcommand_from init bootstrap copy verify doctor explain cleanup rehearse policy template sandbox completions man help" -f -a "copy" -d 'Copy recovery points through the hops they have not made yet'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and not __fish_seen_subcommand_from init bootstrap copy verify doctor explain cleanup rehearse policy template sandbox completions man help" -f -a "verify" -d 'Validate recovery points and their encryption keys in each vault'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and not __fish_seen_subcommand_from init bootstrap copy verify doctor explain cleanup rehearse policy template sandbox completions man help" -f -a "doctor" -d 'Check prerequisites and the deployed pipeline, without changing anything'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and not __fish_seen_subcommand_from init bootstrap copy verify doctor explain cleanup rehearse policy template sandbox completions man help" -f -a "explain" -d 'Explain a check: what it means, why it matters and how to fix it'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and not __fish_seen_subcommand_from init bootstrap copy verify doctor explain cleanup rehearse policy template sandbox completions man help" -f -a "cleanup" -d 'Delete the backup plan, the recovery points in the three vaults, the vaults, keys and stacks'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and not __fish_seen_subcommand_from init bootstrap copy verify doctor explain cleanup rehearse policy template sandbox completions man help" -f -a "rehearse" -d 'Run bootstrap, a scheduled backup, both hops, verify and cleanup in a fresh simulated AWS'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and not __fish_seen_subcommand_from init bootstrap copy verify doctor explain cleanup rehearse policy template sandbox completions man help" -f -a "policy" -d 'Print the least-privilege IAM policy that a command needs in an environment'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and not __fish_seen_subcommand_from init bootstrap copy verify doctor explain cleanup rehearse policy template sandbox completions man help" -f -a "template" -d 'Print a CloudFormation template, or write all three'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and not __fish_seen_subcommand_from init bootstrap copy verify doctor explain cleanup rehearse policy template sandbox completions man help" -f -a "sandbox" -d 'Manage the simulated AWS in the directory of `--sandbox`'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and not __fish_seen_subcommand_from init bootstrap copy verify doctor explain cleanup rehearse policy template sandbox completions man help" -f -a "completions" -d 'Print a shell\'s completion script'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and not __fish_seen_subcommand_from init bootstrap copy verify doctor explain cleanup rehearse policy template sandbox completions man help" -f -a "man" -d 'Print the manual page, or write one page per command into DIR'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and not __fish_seen_subcommand_from init bootstrap copy verify doctor explain cleanup rehearse policy template sandbox completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "init" -d 'Create the simulated AWS'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "advance" -d 'Advance the virtual clock; everything due until then happens'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "serve" -d 'Serve it over loopback HTTP, for the AWS CLI, boto3, Terraform or the SDKs'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "inject" -d 'Inject a fault into calls, events, jobs or stack resources'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "show" -d 'Show the accounts, vaults, recovery points and their keys, jobs, rules, queues, and the last events and denials'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "reset" -d 'Discard the simulated AWS and create a new one'
