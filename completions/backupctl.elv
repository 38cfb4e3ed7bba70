
use builtin;
use str;

set edit:completion:arg-completer[backupctl] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'backupctl'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'backupctl'= {
            cand -o 'How the result is written to stdout'
            cand --output 'How the result is written to stdout'
            cand --events 'Write progress for machines to stderr'
            cand --config 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'How long to wait at most'
            cand --poll-interval 'The first pause between two looks; it grows to 60s'
            cand -q 'Show no progress'
            cand --quiet 'Show no progress'
            cand -v 'Log on stderr; repeat for more'
            cand --verbose 'Log on stderr; repeat for more'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand init 'Write backupctl.toml from flags, from questions on a terminal, and from what there is'
            cand bootstrap 'Deploy the three stacks, turn on what they need, create the plan and assign the databases'
            cand copy 'Copy recovery points through the hops that they still lack'
            cand verify 'Validate recovery points and their encryption keys in each vault'
            cand doctor 'Check what must be true before and after bootstrap, without changing anything'
            cand explain 'Say what a check means, why it matters and how to mend it'
            cand cleanup 'Delete the plan, the recovery points of the three vaults, then vaults, keys and stacks'
            cand rehearse 'Run bootstrap, a scheduled backup, both hops, verify and cleanup in a fresh simulated AWS'
            cand policy 'Print the least-privilege IAM policy that a command needs in an environment'
            cand template 'Print a CloudFormation template, or write all three'
            cand sandbox 'Keep a simulated AWS in the directory of `--sandbox`'
            cand completions 'Print a shell''s completion script'
            cand man 'Print the manual page, or write one page a command into DIR'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'backupctl;init'= {
            cand --source-account 'Account A, where the databases run; found behind its profile or role'
            cand --source-profile 'The AWS profile of account A'
            cand --source-role-arn 'The role to assume in account A'
            cand --source-region 'Region A, where the databases run [default: us-east-1]'
            cand --intermediate-region 'Region B [default: one that goes with Region A]'
            cand --destination-account 'Account B, which holds the destination vault; found behind its profile or role'
            cand --destination-profile 'The AWS profile of account B'
            cand --destination-role-arn 'The role to assume in account B'
            cand --organization 'The organization''s id; found where account B may read it'
            cand --resource 'A database to back up; repeat for more [default: all that are encrypted with aws/rds]'
            cand --tag 'Choose databases by this tag'
            cand --email 'Who is told of failures'
            cand --lock 'The lock of the destination vault: `none`, or `governance`, under which nobody deletes a copy before its time'
            cand -o 'How the result is written to stdout'
            cand --output 'How the result is written to stdout'
            cand --events 'Write progress for machines to stderr'
            cand --config 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'How long to wait at most'
            cand --poll-interval 'The first pause between two looks; it grows to 60s'
            cand --force 'Overwrite a file that is there'
            cand -q 'Show no progress'
            cand --quiet 'Show no progress'
            cand -v 'Log on stderr; repeat for more'
            cand --verbose 'Log on stderr; repeat for more'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;bootstrap'= {
            cand --environment 'Only this environment''s stack; repeat for more: source, intermediate, destination'
            cand -o 'How the result is written to stdout'
            cand --output 'How the result is written to stdout'
            cand --events 'Write progress for machines to stderr'
            cand --config 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'How long to wait at most'
            cand --poll-interval 'The first pause between two looks; it grows to 60s'
            cand --dry-run 'Only show the difference'
            cand --yes 'Consent to the difference without being asked'
            cand --enable-settings 'Turn on account and organization settings that are off, and create roles that are missing'
            cand --no-plan 'Leave the backup plan and its selection alone'
            cand -q 'Show no progress'
            cand --quiet 'Show no progress'
            cand -v 'Log on stderr; repeat for more'
            cand --verbose 'Log on stderr; repeat for more'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;copy'= {
            cand --recovery-point 'A recovery point; repeat for more'
            cand --resource 'All recovery points of a database: `orders`, `db:orders` or an ARN; repeat for more'
            cand --since 'Nothing that is older'
            cand --delete-after-days 'How long the destination copy is kept, from the backup''s creation: days, `inherit` or `never`'
            cand --concurrency 'Recovery points at a time'
            cand -o 'How the result is written to stdout'
            cand --output 'How the result is written to stdout'
            cand --events 'Write progress for machines to stderr'
            cand --config 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'How long to wait at most'
            cand --poll-interval 'The first pause between two looks; it grows to 60s'
            cand --latest 'Only the newest recovery point of each database'
            cand --all-missing 'Everything in the source vault that lacks a copy'
            cand --now 'Do not wait for the plan''s own first hop; a second copy may result'
            cand --force 'Copy although the intermediate stack differs from the configuration'
            cand --dry-run 'Only show what would be copied'
            cand --no-wait 'Start, and do not wait for the end'
            cand -q 'Show no progress'
            cand --quiet 'Show no progress'
            cand -v 'Log on stderr; repeat for more'
            cand --verbose 'Log on stderr; repeat for more'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;verify'= {
            cand --resource 'Only this database: `orders`, `db:orders` or an ARN; repeat for more'
            cand --since 'Only backups made within this span'
            cand --max-age 'The oldest that a database''s newest backup, and its copy in the destination account, may be'
            cand --only 'Only checks of this area; repeat for more'
            cand --environment 'Only this environment; repeat for more'
            cand --fail-on 'From which severity on findings are exit 3'
            cand -o 'How the result is written to stdout'
            cand --output 'How the result is written to stdout'
            cand --events 'Write progress for machines to stderr'
            cand --config 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'How long to wait at most'
            cand --poll-interval 'The first pause between two looks; it grows to 60s'
            cand --allow-skipped 'Do not fail because a check could not look'
            cand -q 'Show no progress'
            cand --quiet 'Show no progress'
            cand -v 'Log on stderr; repeat for more'
            cand --verbose 'Log on stderr; repeat for more'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;doctor'= {
            cand --only 'Only checks of this area; repeat for more'
            cand --environment 'Only this environment; repeat for more'
            cand -o 'How the result is written to stdout'
            cand --output 'How the result is written to stdout'
            cand --events 'Write progress for machines to stderr'
            cand --config 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'How long to wait at most'
            cand --poll-interval 'The first pause between two looks; it grows to 60s'
            cand --detect-drift 'Have CloudFormation compare its stacks with what is there; it takes minutes'
            cand -q 'Show no progress'
            cand --quiet 'Show no progress'
            cand -v 'Log on stderr; repeat for more'
            cand --verbose 'Log on stderr; repeat for more'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;explain'= {
            cand --message 'What AWS said, pasted'
            cand -o 'How the result is written to stdout'
            cand --output 'How the result is written to stdout'
            cand --events 'Write progress for machines to stderr'
            cand --config 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'How long to wait at most'
            cand --poll-interval 'The first pause between two looks; it grows to 60s'
            cand -q 'Show no progress'
            cand --quiet 'Show no progress'
            cand -v 'Log on stderr; repeat for more'
            cand --verbose 'Log on stderr; repeat for more'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;cleanup'= {
            cand --only 'Only this part; repeat for more'
            cand --environment 'Only this environment; repeat for more: source, intermediate, destination'
            cand --resource 'Only recovery points of this database: `orders`, `db:orders` or an ARN; repeat for more'
            cand --older-than 'Only recovery points that were made longer ago'
            cand --keep-last 'Keep the newest N of each database in each vault'
            cand --confirm 'With --yes: an account in which copies of the destination, a key or a vault lock go; repeat for more'
            cand -o 'How the result is written to stdout'
            cand --output 'How the result is written to stdout'
            cand --events 'Write progress for machines to stderr'
            cand --config 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'How long to wait at most'
            cand --poll-interval 'The first pause between two looks; it grows to 60s'
            cand --dry-run 'Only show what would be deleted'
            cand --yes 'Consent to the listing without being asked'
            cand --include-last-copy 'Delete even the last copy of a database that no longer exists'
            cand --remove-lock 'Take the vaults'' locks off, where AWS still lets them be taken off'
            cand -q 'Show no progress'
            cand --quiet 'Show no progress'
            cand -v 'Log on stderr; repeat for more'
            cand --verbose 'Log on stderr; repeat for more'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;rehearse'= {
            cand --keep 'Keep the world in this directory'
            cand -o 'How the result is written to stdout'
            cand --output 'How the result is written to stdout'
            cand --events 'Write progress for machines to stderr'
            cand --config 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'How long to wait at most'
            cand --poll-interval 'The first pause between two looks; it grows to 60s'
            cand -q 'Show no progress'
            cand --quiet 'Show no progress'
            cand -v 'Log on stderr; repeat for more'
            cand --verbose 'Log on stderr; repeat for more'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;policy'= {
            cand --for 'The command'
            cand --environment 'Where: source, intermediate, destination, or management (what bootstrap turns on in the organization)'
            cand -o 'How the result is written to stdout'
            cand --output 'How the result is written to stdout'
            cand --events 'Write progress for machines to stderr'
            cand --config 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'How long to wait at most'
            cand --poll-interval 'The first pause between two looks; it grows to 60s'
            cand -q 'Show no progress'
            cand --quiet 'Show no progress'
            cand -v 'Log on stderr; repeat for more'
            cand --verbose 'Log on stderr; repeat for more'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;template'= {
            cand --write 'Write all three into this directory'
            cand -o 'How the result is written to stdout'
            cand --output 'How the result is written to stdout'
            cand --events 'Write progress for machines to stderr'
            cand --config 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'How long to wait at most'
            cand --poll-interval 'The first pause between two looks; it grows to 60s'
            cand -q 'Show no progress'
            cand --quiet 'Show no progress'
            cand -v 'Log on stderr; repeat for more'
            cand --verbose 'Log on stderr; repeat for more'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;sandbox'= {
            cand -o 'How the result is written to stdout'
            cand --output 'How the result is written to stdout'
            cand --events 'Write progress for machines to stderr'
            cand --config 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'How long to wait at most'
            cand --poll-interval 'The first pause between two looks; it grows to 60s'
            cand -q 'Show no progress'
            cand --quiet 'Show no progress'
            cand -v 'Log on stderr; repeat for more'
            cand --verbose 'Log on stderr; repeat for more'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand init 'Make the world'
            cand advance 'Move the virtual clock; whatever is due on the way happens'
            cand serve 'Serve it over loopback HTTP, for the AWS CLI, boto3, Terraform or the SDKs'
            cand inject 'Order what goes wrong: a fault of calls, events, jobs or stack resources'
            cand show 'Show the accounts, vaults, recovery points and their keys, jobs, rules, queues, and the last events and denials'
            cand reset 'Throw the world away and make it anew'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'backupctl;sandbox;init'= {
            cand --scenario 'How the world begins: built-in, bare, or a scenario file'
            cand -o 'How the result is written to stdout'
            cand --output 'How the result is written to stdout'
            cand --events 'Write progress for machines to stderr'
            cand --config 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'How long to wait at most'
            cand --poll-interval 'The first pause between two looks; it grows to 60s'
            cand -q 'Show no progress'
            cand --quiet 'Show no progress'
            cand -v 'Log on stderr; repeat for more'
            cand --verbose 'Log on stderr; repeat for more'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;sandbox;advance'= {
            cand -o 'How the result is written to stdout'
            cand --output 'How the result is written to stdout'
            cand --events 'Write progress for machines to stderr'
            cand --config 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'How long to wait at most'
            cand --poll-interval 'The first pause between two looks; it grows to 60s'
            cand -q 'Show no progress'
            cand --quiet 'Show no progress'
            cand -v 'Log on stderr; repeat for more'
            cand --verbose 'Log on stderr; repeat for more'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;sandbox;serve'= {
            cand --listen 'Where to listen: a loopback address; port 0 is any free one'
            cand --time-scale 'Virtual seconds a real second; 0: only `POST /_sandbox/advance` moves the clock'
            cand -o 'How the result is written to stdout'
            cand --output 'How the result is written to stdout'
            cand --events 'Write progress for machines to stderr'
            cand --config 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'How long to wait at most'
            cand --poll-interval 'The first pause between two looks; it grows to 60s'
            cand -q 'Show no progress'
            cand --quiet 'Show no progress'
            cand -v 'Log on stderr; repeat for more'
            cand --verbose 'Log on stderr; repeat for more'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;sandbox;inject'= {
            cand --operation 'Only this operation, as SERVICE:OPERATION, or events of SOURCE:DETAIL-TYPE; `*` and `?` stand for anything'
            cand --environment 'Only in this environment of the configuration: source, intermediate, destination'
            cand --account 'Only in this account'
            cand --region 'Only in this Region'
            cand --resource 'Only what names this ARN, name or id; `*` and `?` stand for anything'
            cand --side 'On which side of the call a connection or the process ends'
            cand --by 'By how much an answer or an event is late'
            cand --message 'The message that a job or a stack resource fails with'
            cand --call 'Strike from the Nth one that matches, counted from now'
            cand --times 'Strike so many'
            cand --share 'Strike so many of a hundred, drawn under the world''s seed'
            cand -o 'How the result is written to stdout'
            cand --output 'How the result is written to stdout'
            cand --events 'Write progress for machines to stderr'
            cand --config 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'How long to wait at most'
            cand --poll-interval 'The first pause between two looks; it grows to 60s'
            cand --each-once 'Strike each different one once: the same call again passes'
            cand --until-cleared 'Strike every one until `inject clear`'
            cand -q 'Show no progress'
            cand --quiet 'Show no progress'
            cand -v 'Log on stderr; repeat for more'
            cand --verbose 'Log on stderr; repeat for more'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;sandbox;show'= {
            cand -o 'How the result is written to stdout'
            cand --output 'How the result is written to stdout'
            cand --events 'Write progress for machines to stderr'
            cand --config 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'How long to wait at most'
            cand --poll-interval 'The first pause between two looks; it grows to 60s'
            cand -q 'Show no progress'
            cand --quiet 'Show no progress'
            cand -v 'Log on stderr; repeat for more'
            cand --verbose 'Log on stderr; repeat for more'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;sandbox;reset'= {
            cand --scenario 'How the world begins: built-in, bare, or a scenario file'
            cand -o 'How the result is written to stdout'
            cand --output 'How the result is written to stdout'
            cand --events 'Write progress for machines to stderr'
            cand --config 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'How long to wait at most'
            cand --poll-interval 'The first pause between two looks; it grows to 60s'
            cand -q 'Show no progress'
            cand --quiet 'Show no progress'
            cand -v 'Log on stderr; repeat for more'
            cand --verbose 'Log on stderr; repeat for more'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;sandbox;help'= {
            cand init 'Make the world'
            cand advance 'Move the virtual clock; whatever is due on the way happens'
            cand serve 'Serve it over loopback HTTP, for the AWS CLI, boto3, Terraform or the SDKs'
            cand inject 'Order what goes wrong: a fault of calls, events, jobs or stack resources'
            cand show 'Show the accounts, vaults, recovery points and their keys, jobs, rules, queues, and the last events and denials'
            cand reset 'Throw the world away and make it anew'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'backupctl;sandbox;help;init'= {
        }
        &'backupctl;sandbox;help;advance'= {
        }
        &'backupctl;sandbox;help;serve'= {
        }
        &'backupctl;sandbox;help;inject'= {
        }
        &'backupctl;sandbox;help;show'= {
        }
        &'backupctl;sandbox;help;reset'= {
        }
        &'backupctl;sandbox;help;help'= {
        }
        &'backupctl;completions'= {
            cand -o 'How the result is written to stdout'
            cand --output 'How the result is written to stdout'
            cand --events 'Write progress for machines to stderr'
            cand --config 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'How long to wait at most'
            cand --poll-interval 'The first pause between two looks; it grows to 60s'
            cand -q 'Show no progress'
            cand --quiet 'Show no progress'
            cand -v 'Log on stderr; repeat for more'
            cand --verbose 'Log on stderr; repeat for more'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;man'= {
            cand -o 'How the result is written to stdout'
            cand --output 'How the result is written to stdout'
            cand --events 'Write progress for machines to stderr'
            cand --config 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'How long to wait at most'
            cand --poll-interval 'The first pause between two looks; it grows to 60s'
            cand -q 'Show no progress'
            cand --quiet 'Show no progress'
            cand -v 'Log on stderr; repeat for more'
            cand --verbose 'Log on stderr; repeat for more'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;help'= {
            cand init 'Write backupctl.toml from flags, from questions on a terminal, and from what there is'
            cand bootstrap 'Deploy the three stacks, turn on what they need, create the plan and assign the databases'
            cand copy 'Copy recovery points through the hops that they still lack'
            cand verify 'Validate recovery points and their encryption keys in each vault'
            cand doctor 'Check what must be true before and after bootstrap, without changing anything'
            cand explain 'Say what a check means, why it matters and how to mend it'
            cand cleanup 'Delete the plan, the recovery points of the three vaults, then vaults, keys and stacks'
            cand rehearse 'Run bootstrap, a scheduled backup, both hops, verify and cleanup in a fresh simulated AWS'
            cand policy 'Print the least-privilege IAM policy that a command needs in an environment'
            cand template 'Print a CloudFormation template, or write all three'
            cand sandbox 'Keep a simulated AWS in the directory of `--sandbox`'
            cand completions 'Print a shell''s completion script'
            cand man 'Print the manual page, or write one page a command into DIR'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'backupctl;help;init'= {
        }
        &'backupctl;help;bootstrap'= {
        }
        &'backupctl;help;copy'= {
        }
        &'backupctl;help;verify'= {
        }
        &'backupctl;help;doctor'= {
        }
        &'backupctl;help;explain'= {
        }
        &'backupctl;help;cleanup'= {
        }
        &'backupctl;help;rehearse'= {
        }
        &'backupctl;help;policy'= {
        }
        &'backupctl;help;template'= {
        }
        &'backupctl;help;sandbox'= {
            cand init 'Make the world'
            cand advance 'Move the virtual clock; whatever is due on the way happens'
            cand serve 'Serve it over loopback HTTP, for the AWS CLI, boto3, Terraform or the SDKs'
            cand inject 'Order what goes wrong: a fault of calls, events, jobs or stack resources'
            cand show 'Show the accounts, vaults, recovery points and their keys, jobs, rules, queues, and the last events and denials'
            cand reset 'Throw the world away and make it anew'
        }
        &'backupctl;help;sandbox;init'= {
        }
        &'backupctl;help;sandbox;advance'= {
        }
        &'backupctl;help;sandbox;serve'= {
        }
        &'backupctl;help;sandbox;inject'= {
        }
        &'backupctl;help;sandbox;show'= {
        }
        &'backupctl;help;sandbox;reset'= {
        }
        &'backupctl;help;completions'= {
        }
        &'backupctl;help;man'= {
        }
        &'backupctl;help;help'= {
        }
    ]
    $completions[$command]
}
