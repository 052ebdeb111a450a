import manifest from '../../package.json' with { type: 'json' };
import { Command, CommanderError } from 'commander';
import { createAwsClient } from './aws-client.ts';
import type { CliCommand, CliContext, OptionValue } from './command.ts';
import { bill } from './commands/bill.ts';
import { credentials } from './commands/credentials.ts';
import { deploy } from './commands/deploy.ts';
import { doctor } from './commands/doctor.ts';
import { functions } from './commands/functions.ts';
import { invoke } from './commands/invoke.ts';
import { logs } from './commands/logs.ts';
import { up } from './commands/up.ts';
import { CliError, sentenceOf } from './errors.ts';
import type { LocalMachine } from './local-machine.ts';
import { bold, createOutput, endWithReader } from './output.ts';
import { readServerCredentials } from './server-credentials.ts';

const COMMANDS: readonly CliCommand[] = [
  up,
  doctor,
  credentials,
  functions,
  deploy,
  invoke,
  logs,
  bill,
];

/** Runs one command; answers the process's exit status. Errors become one sentence on standard error. */
export async function runCli(
  argv: readonly string[],
  local: LocalMachine,
  signal: AbortSignal,
): Promise<number> {
  const program = new Command('hearth')
    .description('Your own AWS Lambda: upload code and it runs on events.')
    .version(manifest.version)
    .exitOverride()
    .showHelpAfterError('(`--help` shows what there is)');
  for (const command of COMMANDS) addCommand(program, command, { local, signal });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // commander has already written its own words, and --help is no failure.
    if (error instanceof CommanderError) return error.exitCode;
    process.stderr.write(`hearth: ${sentenceOf(error)}\n`);
    if (!(error instanceof CliError) && process.env['HEARTH_LOG_LEVEL'] === 'debug') throw error;
    return 1;
  }
}

function addCommand(
  program: Command,
  description: CliCommand,
  machine: { readonly local: LocalMachine; readonly signal: AbortSignal },
): void {
  const command = program.command(description.name).description(description.summary).exitOverride();
  description.configure?.(command);
  if (description !== up) command.option('--output <format>', 'text or json', 'text');
  if (description !== up && description !== doctor) addServerOptions(command);
  command.addHelpText('after', () => helpAfter(description, machine.local));
  command.action(async () => {
    // A server goes on without one.
    if (description !== up) endWithReader();
    await description.run(contextOf(command, machine));
  });
}

function addServerOptions(command: Command): void {
  command
    .option('--account <id>', "one of the server's further accounts")
    .option(
      '--data-dir <directory>',
      "the server's data directory (default: .hearth here or in a folder above)",
    )
    .option('--endpoint <url>', "the server's address (default: the data directory's server)");
}

function helpAfter(description: CliCommand, local: LocalMachine): string {
  const flags = description === up ? `\n${bold('Flags')}\n${local.upFlagsHelp}\n` : '';
  const examples = description.examples.map((example) => `  ${example}`).join('\n');
  return `${flags}\n${bold('Examples')}\n${examples}\n`;
}

function contextOf(
  command: Command,
  { local, signal }: { readonly local: LocalMachine; readonly signal: AbortSignal },
): CliContext {
  const options = command.opts<Record<string, OptionValue | undefined>>();
  const format = options['output'] ?? 'text';
  const fail = (sentence: string): CliError => new CliError(sentence);
  if (format !== 'text' && format !== 'json')
    throw fail(`--output takes text or json, not ${String(format)}.`);
  const server = (): ReturnType<typeof readServerCredentials> =>
    readServerCredentials({
      dataDir: textOf(options['dataDir']),
      endpoint: textOf(options['endpoint']),
      accountId: textOf(options['account']),
    });
  return {
    arguments: command.args,
    options,
    output: createOutput(format),
    local,
    signal,
    server,
    client: () => createAwsClient(server()),
    fail,
  };
}

function textOf(option: OptionValue | undefined): string | undefined {
  return typeof option === 'string' ? option : undefined;
}
