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

complete -c backupctl -n "__fish_backupctl_needs_command" -s o -l output -d 'How the result is written to stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_needs_command" -l events -d 'Write progress for machines to stderr' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_needs_command" -l config -d 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_needs_command" -l sandbox -d 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_needs_command" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'The shipped source runs as its equivalent in Rust, another one under Python'
python\t'Every source runs under the machine\'s Python'"
complete -c backupctl -n "__fish_backupctl_needs_command" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_needs_command" -l timeout -d 'How long to wait at most' -r
complete -c backupctl -n "__fish_backupctl_needs_command" -l poll-interval -d 'The first pause between two looks; it grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_needs_command" -s q -l quiet -d 'Show no progress'
complete -c backupctl -n "__fish_backupctl_needs_command" -s v -l verbose -d 'Log on stderr; repeat for more'
complete -c backupctl -n "__fish_backupctl_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_needs_command" -s V -l version -d 'Print version'
complete -c backupctl -n "__fish_backupctl_needs_command" -f -a "init" -d 'Write backupctl.toml from flags, from questions on a terminal, and from what there is'
complete -c backupctl -n "__fish_backupctl_needs_command" -f -a "bootstrap" -d 'Deploy the three stacks, turn on what they need, create the plan and assign the databases'
complete -c backupctl -n "__fish_backupctl_needs_command" -f -a "copy" -d 'Copy recovery points through the hops that they still lack'
complete -c backupctl -n "__fish_backupctl_needs_command" -f -a "verify" -d 'Validate recovery points and their encryption keys in each vault'
complete -c backupctl -n "__fish_backupctl_needs_command" -f -a "doctor" -d 'Check what must be true before and after bootstrap, without changing anything'
complete -c backupctl -n "__fish_backupctl_needs_command" -f -a "explain" -d 'Say what a check means, why it matters and how to mend it'
complete -c backupctl -n "__fish_backupctl_needs_command" -f -a "cleanup" -d 'Delete the plan, the recovery points of the three vaults, then vaults, keys and stacks'
complete -c backupctl -n "__fish_backupctl_needs_command" -f -a "rehearse" -d 'Run bootstrap, a scheduled backup, both hops, verify and cleanup in a fresh simulated AWS'
complete -c backupctl -n "__fish_backupctl_needs_command" -f -a "policy" -d 'Print the least-privilege IAM policy that a command needs in an environment'
complete -c backupctl -n "__fish_backupctl_needs_command" -f -a "template" -d 'Print a CloudFormation template, or write all three'
complete -c backupctl -n "__fish_backupctl_needs_command" -f -a "sandbox" -d 'Keep a simulated AWS in the directory of `--sandbox`'
complete -c backupctl -n "__fish_backupctl_needs_command" -f -a "completions" -d 'Print a shell\'s completion script'
complete -c backupctl -n "__fish_backupctl_needs_command" -f -a "man" -d 'Print the manual page, or write one page a command into DIR'
complete -c backupctl -n "__fish_backupctl_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l source-account -d 'Account A, where the databases run; found behind its profile or role' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l source-profile -d 'The AWS profile of account A' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l source-role-arn -d 'The role to assume in account A' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l source-region -d 'Region A, where the databases run [default: us-east-1]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l intermediate-region -d 'Region B [default: one that goes with Region A]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l destination-account -d 'Account B, which holds the destination vault; found behind its profile or role' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l destination-profile -d 'The AWS profile of account B' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l destination-role-arn -d 'The role to assume in account B' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l organization -d 'The organization\'s id; found where account B may read it' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l resource -d 'A database to back up; repeat for more [default: all that are encrypted with aws/rds]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l tag -d 'Choose databases by this tag' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l email -d 'Who is told of failures' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l lock -d 'The lock of the destination vault: `none`, or `governance`, under which nobody deletes a copy before its time' -r -f -a "none\t''
governance\t''"
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -s o -l output -d 'How the result is written to stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l events -d 'Write progress for machines to stderr' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l config -d 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l sandbox -d 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'The shipped source runs as its equivalent in Rust, another one under Python'
python\t'Every source runs under the machine\'s Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l timeout -d 'How long to wait at most' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l poll-interval -d 'The first pause between two looks; it grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -l force -d 'Overwrite a file that is there'
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -s q -l quiet -d 'Show no progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -s v -l verbose -d 'Log on stderr; repeat for more'
complete -c backupctl -n "__fish_backupctl_using_subcommand init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand bootstrap" -l environment -d 'Only this environment\'s stack; repeat for more: source, intermediate, destination' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand bootstrap" -s o -l output -d 'How the result is written to stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand bootstrap" -l events -d 'Write progress for machines to stderr' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand bootstrap" -l config -d 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand bootstrap" -l sandbox -d 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand bootstrap" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'The shipped source runs as its equivalent in Rust, another one under Python'
python\t'Every source runs under the machine\'s Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand bootstrap" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand bootstrap" -l timeout -d 'How long to wait at most' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand bootstrap" -l poll-interval -d 'The first pause between two looks; it grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand bootstrap" -l dry-run -d 'Only show the difference'
complete -c backupctl -n "__fish_backupctl_using_subcommand bootstrap" -l yes -d 'Consent to the difference without being asked'
complete -c backupctl -n "__fish_backupctl_using_subcommand bootstrap" -l enable-settings -d 'Turn on account and organization settings that are off, and create roles that are missing'
complete -c backupctl -n "__fish_backupctl_using_subcommand bootstrap" -l no-plan -d 'Leave the backup plan and its selection alone'
complete -c backupctl -n "__fish_backupctl_using_subcommand bootstrap" -s q -l quiet -d 'Show no progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand bootstrap" -s v -l verbose -d 'Log on stderr; repeat for more'
complete -c backupctl -n "__fish_backupctl_using_subcommand bootstrap" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l recovery-point -d 'A recovery point; repeat for more' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l resource -d 'All recovery points of a database: `orders`, `db:orders` or an ARN; repeat for more' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l since -d 'Nothing that is older' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l delete-after-days -d 'How long the destination copy is kept, from the backup\'s creation: days, `inherit` or `never`' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l concurrency -d 'Recovery points at a time' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -s o -l output -d 'How the result is written to stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l events -d 'Write progress for machines to stderr' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l config -d 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l sandbox -d 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'The shipped source runs as its equivalent in Rust, another one under Python'
python\t'Every source runs under the machine\'s Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l timeout -d 'How long to wait at most' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l poll-interval -d 'The first pause between two looks; it grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l latest -d 'Only the newest recovery point of each database'
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l all-missing -d 'Everything in the source vault that lacks a copy'
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l now -d 'Do not wait for the plan\'s own first hop; a second copy may result'
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l force -d 'Copy although the intermediate stack differs from the configuration'
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l dry-run -d 'Only show what would be copied'
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -l no-wait -d 'Start, and do not wait for the end'
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -s q -l quiet -d 'Show no progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -s v -l verbose -d 'Log on stderr; repeat for more'
complete -c backupctl -n "__fish_backupctl_using_subcommand copy" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -l resource -d 'Only this database: `orders`, `db:orders` or an ARN; repeat for more' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -l since -d 'Only backups made within this span' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -l max-age -d 'The oldest that a database\'s newest backup, and its copy in the destination account, may be' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -l only -d 'Only checks of this area; repeat for more' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -l environment -d 'Only this environment; repeat for more' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -l fail-on -d 'From which severity on findings are exit 3' -r -f -a "error\t''
warning\t''"
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -s o -l output -d 'How the result is written to stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -l events -d 'Write progress for machines to stderr' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -l config -d 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -l sandbox -d 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'The shipped source runs as its equivalent in Rust, another one under Python'
python\t'Every source runs under the machine\'s Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -l timeout -d 'How long to wait at most' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -l poll-interval -d 'The first pause between two looks; it grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -l allow-skipped -d 'Do not fail because a check could not look'
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -s q -l quiet -d 'Show no progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -s v -l verbose -d 'Log on stderr; repeat for more'
complete -c backupctl -n "__fish_backupctl_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand doctor" -l only -d 'Only checks of this area; repeat for more' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand doctor" -l environment -d 'Only this environment; repeat for more' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand doctor" -s o -l output -d 'How the result is written to stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand doctor" -l events -d 'Write progress for machines to stderr' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand doctor" -l config -d 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand doctor" -l sandbox -d 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand doctor" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'The shipped source runs as its equivalent in Rust, another one under Python'
python\t'Every source runs under the machine\'s Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand doctor" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand doctor" -l timeout -d 'How long to wait at most' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand doctor" -l poll-interval -d 'The first pause between two looks; it grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand doctor" -l detect-drift -d 'Have CloudFormation compare its stacks with what is there; it takes minutes'
complete -c backupctl -n "__fish_backupctl_using_subcommand doctor" -s q -l quiet -d 'Show no progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand doctor" -s v -l verbose -d 'Log on stderr; repeat for more'
complete -c backupctl -n "__fish_backupctl_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand explain" -l message -d 'What AWS said, pasted' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand explain" -s o -l output -d 'How the result is written to stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand explain" -l events -d 'Write progress for machines to stderr' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand explain" -l config -d 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand explain" -l sandbox -d 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand explain" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'The shipped source runs as its equivalent in Rust, another one under Python'
python\t'Every source runs under the machine\'s Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand explain" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand explain" -l timeout -d 'How long to wait at most' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand explain" -l poll-interval -d 'The first pause between two looks; it grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand explain" -s q -l quiet -d 'Show no progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand explain" -s v -l verbose -d 'Log on stderr; repeat for more'
complete -c backupctl -n "__fish_backupctl_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l only -d 'Only this part; repeat for more' -r -f -a "recovery-points\t''
stacks\t''
plan\t''"
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l environment -d 'Only this environment; repeat for more: source, intermediate, destination' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l resource -d 'Only recovery points of this database: `orders`, `db:orders` or an ARN; repeat for more' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l older-than -d 'Only recovery points that were made longer ago' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l keep-last -d 'Keep the newest N of each database in each vault' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l confirm -d 'With --yes: an account in which copies of the destination, a key or a vault lock go; repeat for more' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -s o -l output -d 'How the result is written to stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l events -d 'Write progress for machines to stderr' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l config -d 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l sandbox -d 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'The shipped source runs as its equivalent in Rust, another one under Python'
python\t'Every source runs under the machine\'s Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l timeout -d 'How long to wait at most' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l poll-interval -d 'The first pause between two looks; it grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l dry-run -d 'Only show what would be deleted'
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l yes -d 'Consent to the listing without being asked'
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l include-last-copy -d 'Delete even the last copy of a database that no longer exists'
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -l remove-lock -d 'Take the vaults\' locks off, where AWS still lets them be taken off'
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -s q -l quiet -d 'Show no progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -s v -l verbose -d 'Log on stderr; repeat for more'
complete -c backupctl -n "__fish_backupctl_using_subcommand cleanup" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand rehearse" -l keep -d 'Keep the world in this directory' -r -F
complete -c backupctl -n "__fish_backupctl_using_subcommand rehearse" -s o -l output -d 'How the result is written to stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand rehearse" -l events -d 'Write progress for machines to stderr' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand rehearse" -l config -d 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand rehearse" -l sandbox -d 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand rehearse" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'The shipped source runs as its equivalent in Rust, another one under Python'
python\t'Every source runs under the machine\'s Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand rehearse" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand rehearse" -l timeout -d 'How long to wait at most' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand rehearse" -l poll-interval -d 'The first pause between two looks; it grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand rehearse" -s q -l quiet -d 'Show no progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand rehearse" -s v -l verbose -d 'Log on stderr; repeat for more'
complete -c backupctl -n "__fish_backupctl_using_subcommand rehearse" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand policy" -l for -d 'The command' -r -f -a "init\t''
doctor\t''
bootstrap\t''
copy\t''
verify\t''
cleanup\t''"
complete -c backupctl -n "__fish_backupctl_using_subcommand policy" -l environment -d 'Where: source, intermediate, destination, or management (what bootstrap turns on in the organization)' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand policy" -s o -l output -d 'How the result is written to stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand policy" -l events -d 'Write progress for machines to stderr' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand policy" -l config -d 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand policy" -l sandbox -d 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand policy" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'The shipped source runs as its equivalent in Rust, another one under Python'
python\t'Every source runs under the machine\'s Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand policy" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand policy" -l timeout -d 'How long to wait at most' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand policy" -l poll-interval -d 'The first pause between two looks; it grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand policy" -s q -l quiet -d 'Show no progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand policy" -s v -l verbose -d 'Log on stderr; repeat for more'
complete -c backupctl -n "__fish_backupctl_using_subcommand policy" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand template" -l write -d 'Write all three into this directory' -r -F
complete -c backupctl -n "__fish_backupctl_using_subcommand template" -s o -l output -d 'How the result is written to stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand template" -l events -d 'Write progress for machines to stderr' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand template" -l config -d 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand template" -l sandbox -d 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand template" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'The shipped source runs as its equivalent in Rust, another one under Python'
python\t'Every source runs under the machine\'s Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand template" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand template" -l timeout -d 'How long to wait at most' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand template" -l poll-interval -d 'The first pause between two looks; it grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand template" -s q -l quiet -d 'Show no progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand template" -s v -l verbose -d 'Log on stderr; repeat for more'
complete -c backupctl -n "__fish_backupctl_using_subcommand template" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -s o -l output -d 'How the result is written to stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -l events -d 'Write progress for machines to stderr' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -l config -d 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -l sandbox -d 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'The shipped source runs as its equivalent in Rust, another one under Python'
python\t'Every source runs under the machine\'s Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -l timeout -d 'How long to wait at most' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -l poll-interval -d 'The first pause between two looks; it grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -s q -l quiet -d 'Show no progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -s v -l verbose -d 'Log on stderr; repeat for more'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -f -a "init" -d 'Make the world'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -f -a "advance" -d 'Move the virtual clock; whatever is due on the way happens'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -f -a "serve" -d 'Serve it over loopback HTTP, for the AWS CLI, boto3, Terraform or the SDKs'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -f -a "inject" -d 'Order what goes wrong: a fault of calls, events, jobs or stack resources'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -f -a "show" -d 'Show the accounts, vaults, recovery points and their keys, jobs, rules, queues, and the last events and denials'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -f -a "reset" -d 'Throw the world away and make it anew'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and not __fish_seen_subcommand_from init advance serve inject show reset help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l scenario -d 'How the world begins: built-in, bare, or a scenario file' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from init" -s o -l output -d 'How the result is written to stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l events -d 'Write progress for machines to stderr' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l config -d 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l sandbox -d 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'The shipped source runs as its equivalent in Rust, another one under Python'
python\t'Every source runs under the machine\'s Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l timeout -d 'How long to wait at most' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from init" -l poll-interval -d 'The first pause between two looks; it grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from init" -s q -l quiet -d 'Show no progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from init" -s v -l verbose -d 'Log on stderr; repeat for more'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -s o -l output -d 'How the result is written to stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -l events -d 'Write progress for machines to stderr' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -l config -d 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -l sandbox -d 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'The shipped source runs as its equivalent in Rust, another one under Python'
python\t'Every source runs under the machine\'s Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -l timeout -d 'How long to wait at most' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -l poll-interval -d 'The first pause between two looks; it grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -s q -l quiet -d 'Show no progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -s v -l verbose -d 'Log on stderr; repeat for more'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from advance" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l listen -d 'Where to listen: a loopback address; port 0 is any free one' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l time-scale -d 'Virtual seconds a real second; 0: only `POST /_sandbox/advance` moves the clock' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s o -l output -d 'How the result is written to stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l events -d 'Write progress for machines to stderr' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l config -d 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l sandbox -d 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'The shipped source runs as its equivalent in Rust, another one under Python'
python\t'Every source runs under the machine\'s Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l timeout -d 'How long to wait at most' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l poll-interval -d 'The first pause between two looks; it grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s q -l quiet -d 'Show no progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s v -l verbose -d 'Log on stderr; repeat for more'
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
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -s o -l output -d 'How the result is written to stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -l events -d 'Write progress for machines to stderr' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -l config -d 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -l sandbox -d 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'The shipped source runs as its equivalent in Rust, another one under Python'
python\t'Every source runs under the machine\'s Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -l timeout -d 'How long to wait at most' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -l poll-interval -d 'The first pause between two looks; it grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -l each-once -d 'Strike each different one once: the same call again passes'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -l until-cleared -d 'Strike every one until `inject clear`'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -s q -l quiet -d 'Show no progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -s v -l verbose -d 'Log on stderr; repeat for more'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from inject" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from show" -s o -l output -d 'How the result is written to stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from show" -l events -d 'Write progress for machines to stderr' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from show" -l config -d 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from show" -l sandbox -d 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from show" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'The shipped source runs as its equivalent in Rust, another one under Python'
python\t'Every source runs under the machine\'s Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from show" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from show" -l timeout -d 'How long to wait at most' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from show" -l poll-interval -d 'The first pause between two looks; it grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Show no progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Log on stderr; repeat for more'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l scenario -d 'How the world begins: built-in, bare, or a scenario file' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -s o -l output -d 'How the result is written to stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l events -d 'Write progress for machines to stderr' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l config -d 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l sandbox -d 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'The shipped source runs as its equivalent in Rust, another one under Python'
python\t'Every source runs under the machine\'s Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l timeout -d 'How long to wait at most' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l poll-interval -d 'The first pause between two looks; it grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -s q -l quiet -d 'Show no progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -s v -l verbose -d 'Log on stderr; repeat for more'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "init" -d 'Make the world'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "advance" -d 'Move the virtual clock; whatever is due on the way happens'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "serve" -d 'Serve it over loopback HTTP, for the AWS CLI, boto3, Terraform or the SDKs'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "inject" -d 'Order what goes wrong: a fault of calls, events, jobs or stack resources'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show the accounts, vaults, recovery points and their keys, jobs, rules, queues, and the last events and denials'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "reset" -d 'Throw the world away and make it anew'
complete -c backupctl -n "__fish_backupctl_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c backupctl -n "__fish_backupctl_using_subcommand completions" -s o -l output -d 'How the result is written to stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand completions" -l events -d 'Write progress for machines to stderr' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand completions" -l config -d 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand completions" -l sandbox -d 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand completions" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'The shipped source runs as its equivalent in Rust, another one under Python'
python\t'Every source runs under the machine\'s Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand completions" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand completions" -l timeout -d 'How long to wait at most' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand completions" -l poll-interval -d 'The first pause between two looks; it grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand completions" -s q -l quiet -d 'Show no progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand completions" -s v -l verbose -d 'Log on stderr; repeat for more'
complete -c backupctl -n "__fish_backupctl_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand man" -s o -l output -d 'How the result is written to stdout' -r -f -a "table\t'For people'
json\t'One JSON document'"
complete -c backupctl -n "__fish_backupctl_using_subcommand man" -l events -d 'Write progress for machines to stderr' -r -f -a "ndjson\t'One JSON object a line'"
complete -c backupctl -n "__fish_backupctl_using_subcommand man" -l config -d 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand man" -l sandbox -d 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand man" -l lambda -d 'How the sandbox runs the pipeline\'s function' -r -f -a "auto\t'The shipped source runs as its equivalent in Rust, another one under Python'
python\t'Every source runs under the machine\'s Python'"
complete -c backupctl -n "__fish_backupctl_using_subcommand man" -l color -d 'When to use colour' -r -f -a "auto\t'On a terminal, unless `NO_COLOR` is set'
always\t'Always'
never\t'Never'"
complete -c backupctl -n "__fish_backupctl_using_subcommand man" -l timeout -d 'How long to wait at most' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand man" -l poll-interval -d 'The first pause between two looks; it grows to 60s' -r
complete -c backupctl -n "__fish_backupctl_using_subcommand man" -s q -l quiet -d 'Show no progress'
complete -c backupctl -n "__fish_backupctl_using_subcommand man" -s v -l verbose -d 'Log on stderr; repeat for more'
complete -c backupctl -n "__fish_backupctl_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and not __fish_seen_subcommand_from init bootstrap copy verify doctor explain cleanup rehearse policy template sandbox completions man help" -f -a "init" -d 'Write backupctl.toml from flags, from questions on a terminal, and from what there is'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and not __fish_seen_subcommand_from init bootstrap copy verify doctor explain cleanup rehearse policy template sandbox completions man help" -f -a "bootstrap" -d 'Deploy the three stacks, turn on what they need, create the plan and assign the databases'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and not __fish_seen_subcommand_from init bootstrap copy verify doctor explain cleanup rehearse policy template sandbox completions man help" -f -a "copy" -d 'Copy recovery points through the hops that they still lack'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and not __fish_seen_subcommand_from init bootstrap copy verify doctor explain cleanup rehearse policy template sandbox completions man help" -f -a "verify" -d 'Validate recovery points and their encryption keys in each vault'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and not __fish_seen_subcommand_from init bootstrap copy verify doctor explain cleanup rehearse policy template sandbox completions man help" -f -a "doctor" -d 'Check what must be true before and after bootstrap, without changing anything'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and not __fish_seen_subcommand_from init bootstrap copy verify doctor explain cleanup rehearse policy template sandbox completions man help" -f -a "explain" -d 'Say what a check means, why it matters and how to mend it'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and not __fish_seen_subcommand_from init bootstrap copy verify doctor explain cleanup rehearse policy template sandbox completions man help" -f -a "cleanup" -d 'Delete the plan, the recovery points of the three vaults, then vaults, keys and stacks'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and not __fish_seen_subcommand_from init bootstrap copy verify doctor explain cleanup rehearse policy template sandbox completions man help" -f -a "rehearse" -d 'Run bootstrap, a scheduled backup, both hops, verify and cleanup in a fresh simulated AWS'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and not __fish_seen_subcommand_from init bootstrap copy verify doctor explain cleanup rehearse policy template sandbox completions man help" -f -a "policy" -d 'Print the least-privilege IAM policy that a command needs in an environment'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and not __fish_seen_subcommand_from init bootstrap copy verify doctor explain cleanup rehearse policy template sandbox completions man help" -f -a "template" -d 'Print a CloudFormation template, or write all three'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and not __fish_seen_subcommand_from init bootstrap copy verify doctor explain cleanup rehearse policy template sandbox completions man help" -f -a "sandbox" -d 'Keep a simulated AWS in the directory of `--sandbox`'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and not __fish_seen_subcommand_from init bootstrap copy verify doctor explain cleanup rehearse policy template sandbox completions man help" -f -a "completions" -d 'Print a shell\'s completion script'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and not __fish_seen_subcommand_from init bootstrap copy verify doctor explain cleanup rehearse policy template sandbox completions man help" -f -a "man" -d 'Print the manual page, or write one page a command into DIR'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and not __fish_seen_subcommand_from init bootstrap copy verify doctor explain cleanup rehearse policy template sandbox completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "init" -d 'Make the world'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "advance" -d 'Move the virtual clock; whatever is due on the way happens'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "serve" -d 'Serve it over loopback HTTP, for the AWS CLI, boto3, Terraform or the SDKs'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "inject" -d 'Order what goes wrong: a fault of calls, events, jobs or stack resources'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "show" -d 'Show the accounts, vaults, recovery points and their keys, jobs, rules, queues, and the last events and denials'
complete -c backupctl -n "__fish_backupctl_using_subcommand help; and __fish_seen_subcommand_from sandbox" -f -a "reset" -d 'Throw the world away and make it anew'
