import type { SandboxMount } from '#ports/world/sandbox.ts';

/** A process as the launcher starts it. */
export interface LauncherProcess {
  readonly workingDirectory: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Tried first, with both outputs as one. */
  readonly executable?: string;
}

/** The fields of a process: directory, arguments and environment, each list after its length, what is tried first. */
export function processFields(process: LauncherProcess): readonly (string | number)[] {
  const { workingDirectory, command, executable = '' } = process;
  const environment = Object.entries(process.environment).map(
    ([name, value]) => `${name}=${value}`,
  );
  const lists = [command.length, ...command, environment.length, ...environment];
  return [workingDirectory, ...lists, executable];
}

/** The fields of mounts: their number, then source and target of each. */
export function mountFields(mounts: readonly SandboxMount[]): readonly (string | number)[] {
  return [mounts.length, ...mounts.flatMap(({ source, target }) => [source, target])];
}
