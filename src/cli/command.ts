import type { Command } from 'commander';
import type { AwsClient } from './aws-client.ts';
import type { CliError } from './errors.ts';
import type { LocalMachine } from './local-machine.ts';
import type { Output } from './output.ts';
import type { ServerCredentials } from './server-credentials.ts';

/** What commander makes of an option: its text, its texts, or that it was there. */
export type OptionValue = string | boolean | readonly string[];

/** What a command may use; the server is looked up when it is first asked for. */
export interface CliContext {
  readonly arguments: readonly string[];
  readonly options: Readonly<Record<string, OptionValue | undefined>>;
  readonly output: Output;
  readonly local: LocalMachine;
  readonly signal: AbortSignal;
  readonly server: () => ServerCredentials;
  readonly client: () => AwsClient;
  readonly fail: (sentence: string) => CliError;
}

/** One command: its words, its examples, its work. */
export interface CliCommand {
  /** With its arguments, as commander writes them: `invoke <function>`. */
  readonly name: string;
  readonly summary: string;
  readonly examples: readonly string[];
  readonly configure?: (command: Command) => Command;
  readonly run: (context: CliContext) => Promise<void> | void;
}
