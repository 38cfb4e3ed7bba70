
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
            cand -o 'Format of the result on stdout'
            cand --output 'Format of the result on stdout'
            cand --events 'Write progress to stderr in a machine-readable format'
            cand --config 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'Maximum time to wait'
            cand --poll-interval 'Initial delay between polls; grows to 60s'
            cand -q 'Do not show progress'
            cand --quiet 'Do not show progress'
            cand -v 'Write logs to stderr; repeat for more detail'
            cand --verbose 'Write logs to stderr; repeat for more detail'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand init 'Write backupctl.toml from flags, prompts and what it finds in AWS'
            cand bootstrap 'Deploy the three stacks, enable what they need, create the backup plan and assign the databases'
            cand copy 'Copy recovery points through the hops they have not made yet'
            cand verify 'Validate recovery points and their encryption keys in each vault'
            cand doctor 'Check prerequisites and the deployed pipeline, without changing anything'
            cand explain 'Explain a check: what it means, why it matters and how to fix it'
            cand cleanup 'Delete the backup plan, the recovery points in the three vaults, the vaults, keys and stacks'
            cand rehearse 'Run bootstrap, a scheduled backup, both hops, verify and cleanup in a fresh simulated AWS'
            cand policy 'Print the least-privilege IAM policy that a command needs in an environment'
            cand template 'Print a CloudFormation template, or write all three'
            cand sandbox 'Manage the simulated AWS in the directory of `--sandbox`'
            cand completions 'Print a shell''s completion script'
            cand man 'Print the manual page, or write one page per command into DIR'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'backupctl;init'= {
            cand --source-account 'Account A, where the databases run [default: the account of its profile or role]'
            cand --source-profile 'The AWS profile of account A'
            cand --source-role-arn 'The role to assume in account A'
            cand --source-region 'Region A, where the databases run [default: us-east-1]'
            cand --intermediate-region 'Region B [default: a Region that fits Region A]'
            cand --destination-account 'Account B, which holds the destination vault [default: the account of its profile or role]'
            cand --destination-profile 'The AWS profile of account B'
            cand --destination-role-arn 'The role to assume in account B'
            cand --organization 'The organization''s id [default: read from AWS Organizations, if account B may]'
            cand --resource 'ARN of a database to back up; can be repeated [default: every database encrypted with aws/rds]'
            cand --tag 'Select databases by this tag'
            cand --email 'E-mail address to notify of failures'
            cand --lock 'The lock of the destination vault: `none`, or `governance`, under which nobody deletes a copy before its time'
            cand -o 'Format of the result on stdout'
            cand --output 'Format of the result on stdout'
            cand --events 'Write progress to stderr in a machine-readable format'
            cand --config 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'Maximum time to wait'
            cand --poll-interval 'Initial delay between polls; grows to 60s'
            cand --force 'Overwrite an existing file'
            cand -q 'Do not show progress'
            cand --quiet 'Do not show progress'
            cand -v 'Write logs to stderr; repeat for more detail'
            cand --verbose 'Write logs to stderr; repeat for more detail'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;bootstrap'= {
            cand --environment 'Only this environment''s stack; can be repeated: source, intermediate, destination'
            cand -o 'Format of the result on stdout'
            cand --output 'Format of the result on stdout'
            cand --events 'Write progress to stderr in a machine-readable format'
            cand --config 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'Maximum time to wait'
            cand --poll-interval 'Initial delay between polls; grows to 60s'
            cand --dry-run 'Show the changes without making them'
            cand --yes 'Make the changes without asking for confirmation'
            cand --enable-settings 'Enable account and organization settings that are off, and create missing roles'
            cand --no-plan 'Do not create or change the backup plan and its selection'
            cand -q 'Do not show progress'
            cand --quiet 'Do not show progress'
            cand -v 'Write logs to stderr; repeat for more detail'
            cand --verbose 'Write logs to stderr; repeat for more detail'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;copy'= {
            cand --recovery-point 'ARN of a recovery point; can be repeated'
            cand --resource 'All recovery points of a database: `orders`, `db:orders` or an ARN; can be repeated'
            cand --since 'Skip recovery points older than this'
            cand --delete-after-days 'How long the destination copy is kept, from the backup''s creation: days, `inherit` or `never`'
            cand --concurrency 'Recovery points to copy in parallel'
            cand -o 'Format of the result on stdout'
            cand --output 'Format of the result on stdout'
            cand --events 'Write progress to stderr in a machine-readable format'
            cand --config 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'Maximum time to wait'
            cand --poll-interval 'Initial delay between polls; grows to 60s'
            cand --latest 'Only the newest recovery point of each database'
            cand --all-missing 'Every recovery point in the source vault that lacks a copy'
            cand --now 'Do not wait for the plan''s own first hop; a second copy may result'
            cand --force 'Copy although the intermediate stack differs from the configuration'
            cand --dry-run 'Show what would be copied without copying it'
            cand --no-wait 'Start the copy jobs without waiting for them'
            cand -q 'Do not show progress'
            cand --quiet 'Do not show progress'
            cand -v 'Write logs to stderr; repeat for more detail'
            cand --verbose 'Write logs to stderr; repeat for more detail'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;verify'= {
            cand --resource 'Only this database: `orders`, `db:orders` or an ARN; can be repeated'
            cand --since 'Only backups made within this time'
            cand --max-age 'The oldest that a database''s newest backup, and its copy in the destination account, may be'
            cand --only 'Only checks of this area; can be repeated'
            cand --environment 'Only this environment; can be repeated'
            cand --fail-on 'Lowest severity that makes the exit code 3'
            cand -o 'Format of the result on stdout'
            cand --output 'Format of the result on stdout'
            cand --events 'Write progress to stderr in a machine-readable format'
            cand --config 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'Maximum time to wait'
            cand --poll-interval 'Initial delay between polls; grows to 60s'
            cand --allow-skipped 'Do not fail because of a skipped check; a copy that was not seen is never forgiven'
            cand -q 'Do not show progress'
            cand --quiet 'Do not show progress'
            cand -v 'Write logs to stderr; repeat for more detail'
            cand --verbose 'Write logs to stderr; repeat for more detail'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;doctor'= {
            cand --only 'Only checks of this area; can be repeated'
            cand --environment 'Only this environment; can be repeated'
            cand -o 'Format of the result on stdout'
            cand --output 'Format of the result on stdout'
            cand --events 'Write progress to stderr in a machine-readable format'
            cand --config 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'Maximum time to wait'
            cand --poll-interval 'Initial delay between polls; grows to 60s'
            cand --detect-drift 'Have CloudFormation compare its stacks with what is there; it takes minutes'
            cand --allow-skipped 'Do not fail because a check could not look'
            cand -q 'Do not show progress'
            cand --quiet 'Do not show progress'
            cand -v 'Write logs to stderr; repeat for more detail'
            cand --verbose 'Write logs to stderr; repeat for more detail'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;explain'= {
            cand --message 'A message from AWS'
            cand -o 'Format of the result on stdout'
            cand --output 'Format of the result on stdout'
            cand --events 'Write progress to stderr in a machine-readable format'
            cand --config 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'Maximum time to wait'
            cand --poll-interval 'Initial delay between polls; grows to 60s'
            cand -q 'Do not show progress'
            cand --quiet 'Do not show progress'
            cand -v 'Write logs to stderr; repeat for more detail'
            cand --verbose 'Write logs to stderr; repeat for more detail'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;cleanup'= {
            cand --only 'Only this part; can be repeated'
            cand --environment 'Only this environment; can be repeated: source, intermediate, destination'
            cand --resource 'Only recovery points of this database: `orders`, `db:orders` or an ARN; can be repeated'
            cand --older-than 'Only recovery points older than this'
            cand --keep-last 'Keep the newest N of each database in each vault'
            cand --confirm 'With --yes: an account in which copies of the destination, a key or a vault lock go; can be repeated'
            cand -o 'Format of the result on stdout'
            cand --output 'Format of the result on stdout'
            cand --events 'Write progress to stderr in a machine-readable format'
            cand --config 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'Maximum time to wait'
            cand --poll-interval 'Initial delay between polls; grows to 60s'
            cand --dry-run 'Show what would be deleted without deleting it'
            cand --yes 'Delete what is listed without asking for confirmation'
            cand --include-last-copy 'Delete even the last copy of a database that no longer exists'
            cand --remove-lock 'Remove the vaults'' locks, where AWS still allows it'
            cand -q 'Do not show progress'
            cand --quiet 'Do not show progress'
            cand -v 'Write logs to stderr; repeat for more detail'
            cand --verbose 'Write logs to stderr; repeat for more detail'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;rehearse'= {
            cand --keep 'Keep the simulated AWS in this directory'
            cand -o 'Format of the result on stdout'
            cand --output 'Format of the result on stdout'
            cand --events 'Write progress to stderr in a machine-readable format'
            cand --config 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'Maximum time to wait'
            cand --poll-interval 'Initial delay between polls; grows to 60s'
            cand -q 'Do not show progress'
            cand --quiet 'Do not show progress'
            cand -v 'Write logs to stderr; repeat for more detail'
            cand --verbose 'Write logs to stderr; repeat for more detail'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;policy'= {
            cand --for 'The command'
            cand --environment 'Where: source, intermediate, destination, or management (what bootstrap turns on in the organization)'
            cand -o 'Format of the result on stdout'
            cand --output 'Format of the result on stdout'
            cand --events 'Write progress to stderr in a machine-readable format'
            cand --config 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'Maximum time to wait'
            cand --poll-interval 'Initial delay between polls; grows to 60s'
            cand -q 'Do not show progress'
            cand --quiet 'Do not show progress'
            cand -v 'Write logs to stderr; repeat for more detail'
            cand --verbose 'Write logs to stderr; repeat for more detail'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;template'= {
            cand --write 'Write all three into this directory'
            cand -o 'Format of the result on stdout'
            cand --output 'Format of the result on stdout'
            cand --events 'Write progress to stderr in a machine-readable format'
            cand --config 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'Maximum time to wait'
            cand --poll-interval 'Initial delay between polls; grows to 60s'
            cand -q 'Do not show progress'
            cand --quiet 'Do not show progress'
            cand -v 'Write logs to stderr; repeat for more detail'
            cand --verbose 'Write logs to stderr; repeat for more detail'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;sandbox'= {
            cand -o 'Format of the result on stdout'
            cand --output 'Format of the result on stdout'
            cand --events 'Write progress to stderr in a machine-readable format'
            cand --config 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'Maximum time to wait'
            cand --poll-interval 'Initial delay between polls; grows to 60s'
            cand -q 'Do not show progress'
            cand --quiet 'Do not show progress'
            cand -v 'Write logs to stderr; repeat for more detail'
            cand --verbose 'Write logs to stderr; repeat for more detail'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand init 'Create the simulated AWS'
            cand advance 'Advance the virtual clock; everything due until then happens'
            cand serve 'Serve it over loopback HTTP, for the AWS CLI, boto3, Terraform or the SDKs'
            cand inject 'Inject a fault into calls, events, jobs or stack resources'
            cand show 'Show the accounts, vaults, recovery points and their keys, jobs, rules, queues, and the last events and denials'
            cand reset 'Discard the simulated AWS and create a new one'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'backupctl;sandbox;init'= {
            cand --scenario 'How the world begins: built-in, bare, or a scenario file'
            cand -o 'Format of the result on stdout'
            cand --output 'Format of the result on stdout'
            cand --events 'Write progress to stderr in a machine-readable format'
            cand --config 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'Maximum time to wait'
            cand --poll-interval 'Initial delay between polls; grows to 60s'
            cand -q 'Do not show progress'
            cand --quiet 'Do not show progress'
            cand -v 'Write logs to stderr; repeat for more detail'
            cand --verbose 'Write logs to stderr; repeat for more detail'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;sandbox;advance'= {
            cand -o 'Format of the result on stdout'
            cand --output 'Format of the result on stdout'
            cand --events 'Write progress to stderr in a machine-readable format'
            cand --config 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'Maximum time to wait'
            cand --poll-interval 'Initial delay between polls; grows to 60s'
            cand -q 'Do not show progress'
            cand --quiet 'Do not show progress'
            cand -v 'Write logs to stderr; repeat for more detail'
            cand --verbose 'Write logs to stderr; repeat for more detail'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;sandbox;serve'= {
            cand --listen 'Where to listen: a loopback address; port 0 is any free one'
            cand --time-scale 'Virtual seconds a real second; 0: only `POST /_sandbox/advance` moves the clock'
            cand -o 'Format of the result on stdout'
            cand --output 'Format of the result on stdout'
            cand --events 'Write progress to stderr in a machine-readable format'
            cand --config 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'Maximum time to wait'
            cand --poll-interval 'Initial delay between polls; grows to 60s'
            cand -q 'Do not show progress'
            cand --quiet 'Do not show progress'
            cand -v 'Write logs to stderr; repeat for more detail'
            cand --verbose 'Write logs to stderr; repeat for more detail'
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
            cand -o 'Format of the result on stdout'
            cand --output 'Format of the result on stdout'
            cand --events 'Write progress to stderr in a machine-readable format'
            cand --config 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'Maximum time to wait'
            cand --poll-interval 'Initial delay between polls; grows to 60s'
            cand --each-once 'Strike each different one once: the same call again passes'
            cand --until-cleared 'Strike every one until `inject clear`'
            cand -q 'Do not show progress'
            cand --quiet 'Do not show progress'
            cand -v 'Write logs to stderr; repeat for more detail'
            cand --verbose 'Write logs to stderr; repeat for more detail'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;sandbox;show'= {
            cand -o 'Format of the result on stdout'
            cand --output 'Format of the result on stdout'
            cand --events 'Write progress to stderr in a machine-readable format'
            cand --config 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'Maximum time to wait'
            cand --poll-interval 'Initial delay between polls; grows to 60s'
            cand -q 'Do not show progress'
            cand --quiet 'Do not show progress'
            cand -v 'Write logs to stderr; repeat for more detail'
            cand --verbose 'Write logs to stderr; repeat for more detail'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;sandbox;reset'= {
            cand --scenario 'How the world begins: built-in, bare, or a scenario file'
            cand -o 'Format of the result on stdout'
            cand --output 'Format of the result on stdout'
            cand --events 'Write progress to stderr in a machine-readable format'
            cand --config 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'Maximum time to wait'
            cand --poll-interval 'Initial delay between polls; grows to 60s'
            cand -q 'Do not show progress'
            cand --quiet 'Do not show progress'
            cand -v 'Write logs to stderr; repeat for more detail'
            cand --verbose 'Write logs to stderr; repeat for more detail'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;sandbox;help'= {
            cand init 'Create the simulated AWS'
            cand advance 'Advance the virtual clock; everything due until then happens'
            cand serve 'Serve it over loopback HTTP, for the AWS CLI, boto3, Terraform or the SDKs'
            cand inject 'Inject a fault into calls, events, jobs or stack resources'
            cand show 'Show the accounts, vaults, recovery points and their keys, jobs, rules, queues, and the last events and denials'
            cand reset 'Discard the simulated AWS and create a new one'
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
            cand -o 'Format of the result on stdout'
            cand --output 'Format of the result on stdout'
            cand --events 'Write progress to stderr in a machine-readable format'
            cand --config 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'Maximum time to wait'
            cand --poll-interval 'Initial delay between polls; grows to 60s'
            cand -q 'Do not show progress'
            cand --quiet 'Do not show progress'
            cand -v 'Write logs to stderr; repeat for more detail'
            cand --verbose 'Write logs to stderr; repeat for more detail'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;man'= {
            cand -o 'Format of the result on stdout'
            cand --output 'Format of the result on stdout'
            cand --events 'Write progress to stderr in a machine-readable format'
            cand --config 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]'
            cand --sandbox 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]'
            cand --lambda 'How the sandbox runs the pipeline''s function'
            cand --color 'When to use colour'
            cand --timeout 'Maximum time to wait'
            cand --poll-interval 'Initial delay between polls; grows to 60s'
            cand -q 'Do not show progress'
            cand --quiet 'Do not show progress'
            cand -v 'Write logs to stderr; repeat for more detail'
            cand --verbose 'Write logs to stderr; repeat for more detail'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'backupctl;help'= {
            cand init 'Write backupctl.toml from flags, prompts and what it finds in AWS'
            cand bootstrap 'Deploy the three stacks, enable what they need, create the backup plan and assign the databases'
            cand copy 'Copy recovery points through the hops they have not made yet'
            cand verify 'Validate recovery points and their encryption keys in each vault'
            cand doctor 'Check prerequisites and the deployed pipeline, without changing anything'
            cand explain 'Explain a check: what it means, why it matters and how to fix it'
            cand cleanup 'Delete the backup plan, the recovery points in the three vaults, the vaults, keys and stacks'
            cand rehearse 'Run bootstrap, a scheduled backup, both hops, verify and cleanup in a fresh simulated AWS'
            cand policy 'Print the least-privilege IAM policy that a command needs in an environment'
            cand template 'Print a CloudFormation template, or write all three'
            cand sandbox 'Manage the simulated AWS in the directory of `--sandbox`'
            cand completions 'Print a shell''s completion script'
            cand man 'Print the manual page, or write one page per command into DIR'
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
            cand init 'Create the simulated AWS'
            cand advance 'Advance the virtual clock; everything due until then happens'
            cand serve 'Serve it over loopback HTTP, for the AWS CLI, boto3, Terraform or the SDKs'
            cand inject 'Inject a fault into calls, events, jobs or stack resources'
            cand show 'Show the accounts, vaults, recovery points and their keys, jobs, rules, queues, and the last events and denials'
            cand reset 'Discard the simulated AWS and create a new one'
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
