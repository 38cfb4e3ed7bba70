
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'backupctl' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'backupctl'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'backupctl' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress to stderr in a machine-readable format')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Maximum time to wait')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'Initial delay between polls; grows to 60s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write backupctl.toml from flags, prompts and what it finds in AWS')
            [CompletionResult]::new('bootstrap', 'bootstrap', [CompletionResultType]::ParameterValue, 'Deploy the three stacks, enable what they need, create the backup plan and assign the databases')
            [CompletionResult]::new('copy', 'copy', [CompletionResultType]::ParameterValue, 'Copy recovery points through the hops they have not made yet')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Validate recovery points and their encryption keys in each vault')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check prerequisites and the deployed pipeline, without changing anything')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Explain a check: what it means, why it matters and how to fix it')
            [CompletionResult]::new('cleanup', 'cleanup', [CompletionResultType]::ParameterValue, 'Delete the backup plan, the recovery points in the three vaults, the vaults, keys and stacks')
            [CompletionResult]::new('rehearse', 'rehearse', [CompletionResultType]::ParameterValue, 'Run bootstrap, a scheduled backup, both hops, verify and cleanup in a fresh simulated AWS')
            [CompletionResult]::new('policy', 'policy', [CompletionResultType]::ParameterValue, 'Print the least-privilege IAM policy that a command needs in an environment')
            [CompletionResult]::new('template', 'template', [CompletionResultType]::ParameterValue, 'Print a CloudFormation template, or write all three')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'Manage the simulated AWS in the directory of `--sandbox`')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a shell''s completion script')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the manual page, or write one page per command into DIR')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'backupctl;init' {
            [CompletionResult]::new('--source-account', '--source-account', [CompletionResultType]::ParameterName, 'Account A, where the databases run [default: the account of its profile or role]')
            [CompletionResult]::new('--source-profile', '--source-profile', [CompletionResultType]::ParameterName, 'The AWS profile of account A')
            [CompletionResult]::new('--source-role-arn', '--source-role-arn', [CompletionResultType]::ParameterName, 'The role to assume in account A')
            [CompletionResult]::new('--source-region', '--source-region', [CompletionResultType]::ParameterName, 'Region A, where the databases run [default: us-east-1]')
            [CompletionResult]::new('--intermediate-region', '--intermediate-region', [CompletionResultType]::ParameterName, 'Region B [default: a Region that fits Region A]')
            [CompletionResult]::new('--destination-account', '--destination-account', [CompletionResultType]::ParameterName, 'Account B, which holds the destination vault [default: the account of its profile or role]')
            [CompletionResult]::new('--destination-profile', '--destination-profile', [CompletionResultType]::ParameterName, 'The AWS profile of account B')
            [CompletionResult]::new('--destination-role-arn', '--destination-role-arn', [CompletionResultType]::ParameterName, 'The role to assume in account B')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'The organization''s id [default: read from AWS Organizations, if account B may]')
            [CompletionResult]::new('--resource', '--resource', [CompletionResultType]::ParameterName, 'ARN of a database to back up; can be repeated [default: every database encrypted with aws/rds]')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Select databases by this tag')
            [CompletionResult]::new('--email', '--email', [CompletionResultType]::ParameterName, 'E-mail address to notify of failures')
            [CompletionResult]::new('--lock', '--lock', [CompletionResultType]::ParameterName, 'The lock of the destination vault: `none`, or `governance`, under which nobody deletes a copy before its time')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress to stderr in a machine-readable format')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Maximum time to wait')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'Initial delay between polls; grows to 60s')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Overwrite an existing file')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;bootstrap' {
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Only this environment''s stack; can be repeated: source, intermediate, destination')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress to stderr in a machine-readable format')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Maximum time to wait')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'Initial delay between polls; grows to 60s')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show the changes without making them')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Make the changes without asking for confirmation')
            [CompletionResult]::new('--enable-settings', '--enable-settings', [CompletionResultType]::ParameterName, 'Enable account and organization settings that are off, and create missing roles')
            [CompletionResult]::new('--no-plan', '--no-plan', [CompletionResultType]::ParameterName, 'Do not create or change the backup plan and its selection')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;copy' {
            [CompletionResult]::new('--recovery-point', '--recovery-point', [CompletionResultType]::ParameterName, 'ARN of a recovery point; can be repeated')
            [CompletionResult]::new('--resource', '--resource', [CompletionResultType]::ParameterName, 'All recovery points of a database: `orders`, `db:orders` or an ARN; can be repeated')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Skip recovery points older than this')
            [CompletionResult]::new('--delete-after-days', '--delete-after-days', [CompletionResultType]::ParameterName, 'How long the destination copy is kept, from the backup''s creation: days, `inherit` or `never`')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Recovery points to copy in parallel')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress to stderr in a machine-readable format')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Maximum time to wait')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'Initial delay between polls; grows to 60s')
            [CompletionResult]::new('--latest', '--latest', [CompletionResultType]::ParameterName, 'Only the newest recovery point of each database')
            [CompletionResult]::new('--all-missing', '--all-missing', [CompletionResultType]::ParameterName, 'Every recovery point in the source vault that lacks a copy')
            [CompletionResult]::new('--now', '--now', [CompletionResultType]::ParameterName, 'Do not wait for the plan''s own first hop; a second copy may result')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Copy although the intermediate stack differs from the configuration')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be copied without copying it')
            [CompletionResult]::new('--no-wait', '--no-wait', [CompletionResultType]::ParameterName, 'Start the copy jobs without waiting for them')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;verify' {
            [CompletionResult]::new('--resource', '--resource', [CompletionResultType]::ParameterName, 'Only this database: `orders`, `db:orders` or an ARN; can be repeated')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Only backups made within this time')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'The oldest that a database''s newest backup, and its copy in the destination account, may be')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Only checks of this area; can be repeated')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Only this environment; can be repeated')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Lowest severity that makes the exit code 3')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress to stderr in a machine-readable format')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Maximum time to wait')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'Initial delay between polls; grows to 60s')
            [CompletionResult]::new('--allow-skipped', '--allow-skipped', [CompletionResultType]::ParameterName, 'Do not fail because of a skipped check; a copy that was not seen is never forgiven')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;doctor' {
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Only checks of this area; can be repeated')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Only this environment; can be repeated')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress to stderr in a machine-readable format')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Maximum time to wait')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'Initial delay between polls; grows to 60s')
            [CompletionResult]::new('--detect-drift', '--detect-drift', [CompletionResultType]::ParameterName, 'Have CloudFormation compare its stacks with what is there; it takes minutes')
            [CompletionResult]::new('--allow-skipped', '--allow-skipped', [CompletionResultType]::ParameterName, 'Do not fail because a check could not look')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;explain' {
            [CompletionResult]::new('--message', '--message', [CompletionResultType]::ParameterName, 'A message from AWS')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress to stderr in a machine-readable format')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Maximum time to wait')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'Initial delay between polls; grows to 60s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;cleanup' {
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Only this part; can be repeated')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Only this environment; can be repeated: source, intermediate, destination')
            [CompletionResult]::new('--resource', '--resource', [CompletionResultType]::ParameterName, 'Only recovery points of this database: `orders`, `db:orders` or an ARN; can be repeated')
            [CompletionResult]::new('--older-than', '--older-than', [CompletionResultType]::ParameterName, 'Only recovery points older than this')
            [CompletionResult]::new('--keep-last', '--keep-last', [CompletionResultType]::ParameterName, 'Keep the newest N of each database in each vault')
            [CompletionResult]::new('--confirm', '--confirm', [CompletionResultType]::ParameterName, 'With --yes: an account in which copies of the destination, a key or a vault lock go; can be repeated')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress to stderr in a machine-readable format')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Maximum time to wait')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'Initial delay between polls; grows to 60s')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be deleted without deleting it')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Delete what is listed without asking for confirmation')
            [CompletionResult]::new('--include-last-copy', '--include-last-copy', [CompletionResultType]::ParameterName, 'Delete even the last copy of a database that no longer exists')
            [CompletionResult]::new('--remove-lock', '--remove-lock', [CompletionResultType]::ParameterName, 'Remove the vaults'' locks, where AWS still allows it')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;rehearse' {
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Keep the simulated AWS in this directory')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress to stderr in a machine-readable format')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Maximum time to wait')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'Initial delay between polls; grows to 60s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;policy' {
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'The command')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Where: source, intermediate, destination, or management (what bootstrap turns on in the organization)')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress to stderr in a machine-readable format')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Maximum time to wait')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'Initial delay between polls; grows to 60s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;template' {
            [CompletionResult]::new('--write', '--write', [CompletionResultType]::ParameterName, 'Write all three into this directory')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress to stderr in a machine-readable format')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Maximum time to wait')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'Initial delay between polls; grows to 60s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;sandbox' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress to stderr in a machine-readable format')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Maximum time to wait')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'Initial delay between polls; grows to 60s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Create the simulated AWS')
            [CompletionResult]::new('advance', 'advance', [CompletionResultType]::ParameterValue, 'Advance the virtual clock; everything due until then happens')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve it over loopback HTTP, for the AWS CLI, boto3, Terraform or the SDKs')
            [CompletionResult]::new('inject', 'inject', [CompletionResultType]::ParameterValue, 'Inject a fault into calls, events, jobs or stack resources')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show the accounts, vaults, recovery points and their keys, jobs, rules, queues, and the last events and denials')
            [CompletionResult]::new('reset', 'reset', [CompletionResultType]::ParameterValue, 'Discard the simulated AWS and create a new one')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'backupctl;sandbox;init' {
            [CompletionResult]::new('--scenario', '--scenario', [CompletionResultType]::ParameterName, 'How the world begins: built-in, bare, or a scenario file')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress to stderr in a machine-readable format')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Maximum time to wait')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'Initial delay between polls; grows to 60s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;sandbox;advance' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress to stderr in a machine-readable format')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Maximum time to wait')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'Initial delay between polls; grows to 60s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;sandbox;serve' {
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Where to listen: a loopback address; port 0 is any free one')
            [CompletionResult]::new('--time-scale', '--time-scale', [CompletionResultType]::ParameterName, 'Virtual seconds a real second; 0: only `POST /_sandbox/advance` moves the clock')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress to stderr in a machine-readable format')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Maximum time to wait')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'Initial delay between polls; grows to 60s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;sandbox;inject' {
            [CompletionResult]::new('--operation', '--operation', [CompletionResultType]::ParameterName, 'Only this operation, as SERVICE:OPERATION, or events of SOURCE:DETAIL-TYPE; `*` and `?` stand for anything')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Only in this environment of the configuration: source, intermediate, destination')
            [CompletionResult]::new('--account', '--account', [CompletionResultType]::ParameterName, 'Only in this account')
            [CompletionResult]::new('--region', '--region', [CompletionResultType]::ParameterName, 'Only in this Region')
            [CompletionResult]::new('--resource', '--resource', [CompletionResultType]::ParameterName, 'Only what names this ARN, name or id; `*` and `?` stand for anything')
            [CompletionResult]::new('--side', '--side', [CompletionResultType]::ParameterName, 'On which side of the call a connection or the process ends')
            [CompletionResult]::new('--by', '--by', [CompletionResultType]::ParameterName, 'By how much an answer or an event is late')
            [CompletionResult]::new('--message', '--message', [CompletionResultType]::ParameterName, 'The message that a job or a stack resource fails with')
            [CompletionResult]::new('--call', '--call', [CompletionResultType]::ParameterName, 'Strike from the Nth one that matches, counted from now')
            [CompletionResult]::new('--times', '--times', [CompletionResultType]::ParameterName, 'Strike so many')
            [CompletionResult]::new('--share', '--share', [CompletionResultType]::ParameterName, 'Strike so many of a hundred, drawn under the world''s seed')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress to stderr in a machine-readable format')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Maximum time to wait')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'Initial delay between polls; grows to 60s')
            [CompletionResult]::new('--each-once', '--each-once', [CompletionResultType]::ParameterName, 'Strike each different one once: the same call again passes')
            [CompletionResult]::new('--until-cleared', '--until-cleared', [CompletionResultType]::ParameterName, 'Strike every one until `inject clear`')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;sandbox;show' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress to stderr in a machine-readable format')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Maximum time to wait')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'Initial delay between polls; grows to 60s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;sandbox;reset' {
            [CompletionResult]::new('--scenario', '--scenario', [CompletionResultType]::ParameterName, 'How the world begins: built-in, bare, or a scenario file')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress to stderr in a machine-readable format')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Maximum time to wait')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'Initial delay between polls; grows to 60s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;sandbox;help' {
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Create the simulated AWS')
            [CompletionResult]::new('advance', 'advance', [CompletionResultType]::ParameterValue, 'Advance the virtual clock; everything due until then happens')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve it over loopback HTTP, for the AWS CLI, boto3, Terraform or the SDKs')
            [CompletionResult]::new('inject', 'inject', [CompletionResultType]::ParameterValue, 'Inject a fault into calls, events, jobs or stack resources')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show the accounts, vaults, recovery points and their keys, jobs, rules, queues, and the last events and denials')
            [CompletionResult]::new('reset', 'reset', [CompletionResultType]::ParameterValue, 'Discard the simulated AWS and create a new one')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'backupctl;sandbox;help;init' {
            break
        }
        'backupctl;sandbox;help;advance' {
            break
        }
        'backupctl;sandbox;help;serve' {
            break
        }
        'backupctl;sandbox;help;inject' {
            break
        }
        'backupctl;sandbox;help;show' {
            break
        }
        'backupctl;sandbox;help;reset' {
            break
        }
        'backupctl;sandbox;help;help' {
            break
        }
        'backupctl;completions' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress to stderr in a machine-readable format')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Maximum time to wait')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'Initial delay between polls; grows to 60s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;man' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'Format of the result on stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress to stderr in a machine-readable format')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration file [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the simulated AWS in DIR instead of AWS [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'Maximum time to wait')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'Initial delay between polls; grows to 60s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Do not show progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Write logs to stderr; repeat for more detail')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;help' {
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write backupctl.toml from flags, prompts and what it finds in AWS')
            [CompletionResult]::new('bootstrap', 'bootstrap', [CompletionResultType]::ParameterValue, 'Deploy the three stacks, enable what they need, create the backup plan and assign the databases')
            [CompletionResult]::new('copy', 'copy', [CompletionResultType]::ParameterValue, 'Copy recovery points through the hops they have not made yet')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Validate recovery points and their encryption keys in each vault')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check prerequisites and the deployed pipeline, without changing anything')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Explain a check: what it means, why it matters and how to fix it')
            [CompletionResult]::new('cleanup', 'cleanup', [CompletionResultType]::ParameterValue, 'Delete the backup plan, the recovery points in the three vaults, the vaults, keys and stacks')
            [CompletionResult]::new('rehearse', 'rehearse', [CompletionResultType]::ParameterValue, 'Run bootstrap, a scheduled backup, both hops, verify and cleanup in a fresh simulated AWS')
            [CompletionResult]::new('policy', 'policy', [CompletionResultType]::ParameterValue, 'Print the least-privilege IAM policy that a command needs in an environment')
            [CompletionResult]::new('template', 'template', [CompletionResultType]::ParameterValue, 'Print a CloudFormation template, or write all three')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'Manage the simulated AWS in the directory of `--sandbox`')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a shell''s completion script')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the manual page, or write one page per command into DIR')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'backupctl;help;init' {
            break
        }
        'backupctl;help;bootstrap' {
            break
        }
        'backupctl;help;copy' {
            break
        }
        'backupctl;help;verify' {
            break
        }
        'backupctl;help;doctor' {
            break
        }
        'backupctl;help;explain' {
            break
        }
        'backupctl;help;cleanup' {
            break
        }
        'backupctl;help;rehearse' {
            break
        }
        'backupctl;help;policy' {
            break
        }
        'backupctl;help;template' {
            break
        }
        'backupctl;help;sandbox' {
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Create the simulated AWS')
            [CompletionResult]::new('advance', 'advance', [CompletionResultType]::ParameterValue, 'Advance the virtual clock; everything due until then happens')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve it over loopback HTTP, for the AWS CLI, boto3, Terraform or the SDKs')
            [CompletionResult]::new('inject', 'inject', [CompletionResultType]::ParameterValue, 'Inject a fault into calls, events, jobs or stack resources')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show the accounts, vaults, recovery points and their keys, jobs, rules, queues, and the last events and denials')
            [CompletionResult]::new('reset', 'reset', [CompletionResultType]::ParameterValue, 'Discard the simulated AWS and create a new one')
            break
        }
        'backupctl;help;sandbox;init' {
            break
        }
        'backupctl;help;sandbox;advance' {
            break
        }
        'backupctl;help;sandbox;serve' {
            break
        }
        'backupctl;help;sandbox;inject' {
            break
        }
        'backupctl;help;sandbox;show' {
            break
        }
        'backupctl;help;sandbox;reset' {
            break
        }
        'backupctl;help;completions' {
            break
        }
        'backupctl;help;man' {
            break
        }
        'backupctl;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
