
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
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress for machines to stderr')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait at most')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'The first pause between two looks; it grows to 60s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write backupctl.toml from flags, from questions on a terminal, and from what there is')
            [CompletionResult]::new('bootstrap', 'bootstrap', [CompletionResultType]::ParameterValue, 'Deploy the three stacks, turn on what they need, create the plan and assign the databases')
            [CompletionResult]::new('copy', 'copy', [CompletionResultType]::ParameterValue, 'Copy recovery points through the hops that they still lack')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Validate recovery points and their encryption keys in each vault')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check what must be true before and after bootstrap, without changing anything')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Say what a check means, why it matters and how to mend it')
            [CompletionResult]::new('cleanup', 'cleanup', [CompletionResultType]::ParameterValue, 'Delete the plan, the recovery points of the three vaults, then vaults, keys and stacks')
            [CompletionResult]::new('rehearse', 'rehearse', [CompletionResultType]::ParameterValue, 'Run bootstrap, a scheduled backup, both hops, verify and cleanup in a fresh simulated AWS')
            [CompletionResult]::new('policy', 'policy', [CompletionResultType]::ParameterValue, 'Print the least-privilege IAM policy that a command needs in an environment')
            [CompletionResult]::new('template', 'template', [CompletionResultType]::ParameterValue, 'Print a CloudFormation template, or write all three')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'Keep a simulated AWS in the directory of `--sandbox`')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a shell''s completion script')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the manual page, or write one page a command into DIR')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'backupctl;init' {
            [CompletionResult]::new('--source-account', '--source-account', [CompletionResultType]::ParameterName, 'Account A, where the databases run; found behind its profile or role')
            [CompletionResult]::new('--source-profile', '--source-profile', [CompletionResultType]::ParameterName, 'The AWS profile of account A')
            [CompletionResult]::new('--source-role-arn', '--source-role-arn', [CompletionResultType]::ParameterName, 'The role to assume in account A')
            [CompletionResult]::new('--source-region', '--source-region', [CompletionResultType]::ParameterName, 'Region A, where the databases run [default: us-east-1]')
            [CompletionResult]::new('--intermediate-region', '--intermediate-region', [CompletionResultType]::ParameterName, 'Region B [default: one that goes with Region A]')
            [CompletionResult]::new('--destination-account', '--destination-account', [CompletionResultType]::ParameterName, 'Account B, which holds the destination vault; found behind its profile or role')
            [CompletionResult]::new('--destination-profile', '--destination-profile', [CompletionResultType]::ParameterName, 'The AWS profile of account B')
            [CompletionResult]::new('--destination-role-arn', '--destination-role-arn', [CompletionResultType]::ParameterName, 'The role to assume in account B')
            [CompletionResult]::new('--organization', '--organization', [CompletionResultType]::ParameterName, 'The organization''s id; found where account B may read it')
            [CompletionResult]::new('--resource', '--resource', [CompletionResultType]::ParameterName, 'A database to back up; repeat for more [default: all that are encrypted with aws/rds]')
            [CompletionResult]::new('--tag', '--tag', [CompletionResultType]::ParameterName, 'Choose databases by this tag')
            [CompletionResult]::new('--email', '--email', [CompletionResultType]::ParameterName, 'Who is told of failures')
            [CompletionResult]::new('--lock', '--lock', [CompletionResultType]::ParameterName, 'The lock of the destination vault: `none`, or `governance`, under which nobody deletes a copy before its time')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress for machines to stderr')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait at most')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'The first pause between two looks; it grows to 60s')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Overwrite a file that is there')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;bootstrap' {
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Only this environment''s stack; repeat for more: source, intermediate, destination')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress for machines to stderr')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait at most')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'The first pause between two looks; it grows to 60s')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Only show the difference')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Consent to the difference without being asked')
            [CompletionResult]::new('--enable-settings', '--enable-settings', [CompletionResultType]::ParameterName, 'Turn on account and organization settings that are off, and create roles that are missing')
            [CompletionResult]::new('--no-plan', '--no-plan', [CompletionResultType]::ParameterName, 'Leave the backup plan and its selection alone')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;copy' {
            [CompletionResult]::new('--recovery-point', '--recovery-point', [CompletionResultType]::ParameterName, 'A recovery point; repeat for more')
            [CompletionResult]::new('--resource', '--resource', [CompletionResultType]::ParameterName, 'All recovery points of a database: `orders`, `db:orders` or an ARN; repeat for more')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Nothing that is older')
            [CompletionResult]::new('--delete-after-days', '--delete-after-days', [CompletionResultType]::ParameterName, 'How long the destination copy is kept, from the backup''s creation: days, `inherit` or `never`')
            [CompletionResult]::new('--concurrency', '--concurrency', [CompletionResultType]::ParameterName, 'Recovery points at a time')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress for machines to stderr')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait at most')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'The first pause between two looks; it grows to 60s')
            [CompletionResult]::new('--latest', '--latest', [CompletionResultType]::ParameterName, 'Only the newest recovery point of each database')
            [CompletionResult]::new('--all-missing', '--all-missing', [CompletionResultType]::ParameterName, 'Everything in the source vault that lacks a copy')
            [CompletionResult]::new('--now', '--now', [CompletionResultType]::ParameterName, 'Do not wait for the plan''s own first hop; a second copy may result')
            [CompletionResult]::new('--force', '--force', [CompletionResultType]::ParameterName, 'Copy although the intermediate stack differs from the configuration')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Only show what would be copied')
            [CompletionResult]::new('--no-wait', '--no-wait', [CompletionResultType]::ParameterName, 'Start, and do not wait for the end')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;verify' {
            [CompletionResult]::new('--resource', '--resource', [CompletionResultType]::ParameterName, 'Only this database: `orders`, `db:orders` or an ARN; repeat for more')
            [CompletionResult]::new('--since', '--since', [CompletionResultType]::ParameterName, 'Only backups made within this span')
            [CompletionResult]::new('--max-age', '--max-age', [CompletionResultType]::ParameterName, 'The oldest that a database''s newest backup, and its copy in the destination account, may be')
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Only checks of this area; repeat for more')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Only this environment; repeat for more')
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'From which severity on findings are exit 3')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress for machines to stderr')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait at most')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'The first pause between two looks; it grows to 60s')
            [CompletionResult]::new('--allow-skipped', '--allow-skipped', [CompletionResultType]::ParameterName, 'Do not fail because a check could not look')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;doctor' {
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Only checks of this area; repeat for more')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Only this environment; repeat for more')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress for machines to stderr')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait at most')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'The first pause between two looks; it grows to 60s')
            [CompletionResult]::new('--detect-drift', '--detect-drift', [CompletionResultType]::ParameterName, 'Have CloudFormation compare its stacks with what is there; it takes minutes')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;explain' {
            [CompletionResult]::new('--message', '--message', [CompletionResultType]::ParameterName, 'What AWS said, pasted')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress for machines to stderr')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait at most')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'The first pause between two looks; it grows to 60s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;cleanup' {
            [CompletionResult]::new('--only', '--only', [CompletionResultType]::ParameterName, 'Only this part; repeat for more')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Only this environment; repeat for more: source, intermediate, destination')
            [CompletionResult]::new('--resource', '--resource', [CompletionResultType]::ParameterName, 'Only recovery points of this database: `orders`, `db:orders` or an ARN; repeat for more')
            [CompletionResult]::new('--older-than', '--older-than', [CompletionResultType]::ParameterName, 'Only recovery points that were made longer ago')
            [CompletionResult]::new('--keep-last', '--keep-last', [CompletionResultType]::ParameterName, 'Keep the newest N of each database in each vault')
            [CompletionResult]::new('--confirm', '--confirm', [CompletionResultType]::ParameterName, 'With --yes: an account in which copies of the destination, a key or a vault lock go; repeat for more')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress for machines to stderr')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait at most')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'The first pause between two looks; it grows to 60s')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Only show what would be deleted')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Consent to the listing without being asked')
            [CompletionResult]::new('--include-last-copy', '--include-last-copy', [CompletionResultType]::ParameterName, 'Delete even the last copy of a database that no longer exists')
            [CompletionResult]::new('--remove-lock', '--remove-lock', [CompletionResultType]::ParameterName, 'Take the vaults'' locks off, where AWS still lets them be taken off')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;rehearse' {
            [CompletionResult]::new('--keep', '--keep', [CompletionResultType]::ParameterName, 'Keep the world in this directory')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress for machines to stderr')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait at most')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'The first pause between two looks; it grows to 60s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;policy' {
            [CompletionResult]::new('--for', '--for', [CompletionResultType]::ParameterName, 'The command')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Where: source, intermediate, destination, or management (what bootstrap turns on in the organization)')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress for machines to stderr')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait at most')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'The first pause between two looks; it grows to 60s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;template' {
            [CompletionResult]::new('--write', '--write', [CompletionResultType]::ParameterName, 'Write all three into this directory')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress for machines to stderr')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait at most')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'The first pause between two looks; it grows to 60s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;sandbox' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress for machines to stderr')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait at most')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'The first pause between two looks; it grows to 60s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Make the world')
            [CompletionResult]::new('advance', 'advance', [CompletionResultType]::ParameterValue, 'Move the virtual clock; whatever is due on the way happens')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve it over loopback HTTP, for the AWS CLI, boto3, Terraform or the SDKs')
            [CompletionResult]::new('inject', 'inject', [CompletionResultType]::ParameterValue, 'Order what goes wrong: a fault of calls, events, jobs or stack resources')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show the accounts, vaults, recovery points and their keys, jobs, rules, queues, and the last events and denials')
            [CompletionResult]::new('reset', 'reset', [CompletionResultType]::ParameterValue, 'Throw the world away and make it anew')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'backupctl;sandbox;init' {
            [CompletionResult]::new('--scenario', '--scenario', [CompletionResultType]::ParameterName, 'How the world begins: built-in, bare, or a scenario file')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress for machines to stderr')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait at most')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'The first pause between two looks; it grows to 60s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;sandbox;advance' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress for machines to stderr')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait at most')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'The first pause between two looks; it grows to 60s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;sandbox;serve' {
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Where to listen: a loopback address; port 0 is any free one')
            [CompletionResult]::new('--time-scale', '--time-scale', [CompletionResultType]::ParameterName, 'Virtual seconds a real second; 0: only `POST /_sandbox/advance` moves the clock')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress for machines to stderr')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait at most')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'The first pause between two looks; it grows to 60s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
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
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress for machines to stderr')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait at most')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'The first pause between two looks; it grows to 60s')
            [CompletionResult]::new('--each-once', '--each-once', [CompletionResultType]::ParameterName, 'Strike each different one once: the same call again passes')
            [CompletionResult]::new('--until-cleared', '--until-cleared', [CompletionResultType]::ParameterName, 'Strike every one until `inject clear`')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;sandbox;show' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress for machines to stderr')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait at most')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'The first pause between two looks; it grows to 60s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;sandbox;reset' {
            [CompletionResult]::new('--scenario', '--scenario', [CompletionResultType]::ParameterName, 'How the world begins: built-in, bare, or a scenario file')
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress for machines to stderr')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait at most')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'The first pause between two looks; it grows to 60s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;sandbox;help' {
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Make the world')
            [CompletionResult]::new('advance', 'advance', [CompletionResultType]::ParameterValue, 'Move the virtual clock; whatever is due on the way happens')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve it over loopback HTTP, for the AWS CLI, boto3, Terraform or the SDKs')
            [CompletionResult]::new('inject', 'inject', [CompletionResultType]::ParameterValue, 'Order what goes wrong: a fault of calls, events, jobs or stack resources')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show the accounts, vaults, recovery points and their keys, jobs, rules, queues, and the last events and denials')
            [CompletionResult]::new('reset', 'reset', [CompletionResultType]::ParameterValue, 'Throw the world away and make it anew')
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
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress for machines to stderr')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait at most')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'The first pause between two looks; it grows to 60s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;man' {
            [CompletionResult]::new('-o', '-o', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--output', '--output', [CompletionResultType]::ParameterName, 'How the result is written to stdout')
            [CompletionResult]::new('--events', '--events', [CompletionResultType]::ParameterName, 'Write progress for machines to stderr')
            [CompletionResult]::new('--config', '--config', [CompletionResultType]::ParameterName, 'Configuration [env: BACKUPCTL_CONFIG] [default: ./backupctl.toml]')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Talk to the simulated AWS in DIR and to nothing else [env: BACKUPCTL_SANDBOX] [default DIR: .backupctl/sandbox]')
            [CompletionResult]::new('--lambda', '--lambda', [CompletionResultType]::ParameterName, 'How the sandbox runs the pipeline''s function')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colour')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long to wait at most')
            [CompletionResult]::new('--poll-interval', '--poll-interval', [CompletionResultType]::ParameterName, 'The first pause between two looks; it grows to 60s')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Show no progress')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Log on stderr; repeat for more')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'backupctl;help' {
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Write backupctl.toml from flags, from questions on a terminal, and from what there is')
            [CompletionResult]::new('bootstrap', 'bootstrap', [CompletionResultType]::ParameterValue, 'Deploy the three stacks, turn on what they need, create the plan and assign the databases')
            [CompletionResult]::new('copy', 'copy', [CompletionResultType]::ParameterValue, 'Copy recovery points through the hops that they still lack')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Validate recovery points and their encryption keys in each vault')
            [CompletionResult]::new('doctor', 'doctor', [CompletionResultType]::ParameterValue, 'Check what must be true before and after bootstrap, without changing anything')
            [CompletionResult]::new('explain', 'explain', [CompletionResultType]::ParameterValue, 'Say what a check means, why it matters and how to mend it')
            [CompletionResult]::new('cleanup', 'cleanup', [CompletionResultType]::ParameterValue, 'Delete the plan, the recovery points of the three vaults, then vaults, keys and stacks')
            [CompletionResult]::new('rehearse', 'rehearse', [CompletionResultType]::ParameterValue, 'Run bootstrap, a scheduled backup, both hops, verify and cleanup in a fresh simulated AWS')
            [CompletionResult]::new('policy', 'policy', [CompletionResultType]::ParameterValue, 'Print the least-privilege IAM policy that a command needs in an environment')
            [CompletionResult]::new('template', 'template', [CompletionResultType]::ParameterValue, 'Print a CloudFormation template, or write all three')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'Keep a simulated AWS in the directory of `--sandbox`')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a shell''s completion script')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Print the manual page, or write one page a command into DIR')
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
            [CompletionResult]::new('init', 'init', [CompletionResultType]::ParameterValue, 'Make the world')
            [CompletionResult]::new('advance', 'advance', [CompletionResultType]::ParameterValue, 'Move the virtual clock; whatever is due on the way happens')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve it over loopback HTTP, for the AWS CLI, boto3, Terraform or the SDKs')
            [CompletionResult]::new('inject', 'inject', [CompletionResultType]::ParameterValue, 'Order what goes wrong: a fault of calls, events, jobs or stack resources')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show the accounts, vaults, recovery points and their keys, jobs, rules, queues, and the last events and denials')
            [CompletionResult]::new('reset', 'reset', [CompletionResultType]::ParameterValue, 'Throw the world away and make it anew')
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
