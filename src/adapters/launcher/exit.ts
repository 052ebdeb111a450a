import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import type { SandboxExit } from '#ports/world/sandbox.ts';
import type { LauncherExit } from './launcher-link.ts';

const SIGKILL = 9;

/** The words of Go's os.ProcessState, which AWS's Runtime.ExitError shows. */
const SIGNAL_WORDS: Readonly<Record<number, string>> = {
  1: 'hangup',
  2: 'interrupt',
  3: 'quit',
  4: 'illegal instruction',
  5: 'trace/breakpoint trap',
  6: 'aborted',
  7: 'bus error',
  8: 'floating point exception',
  9: 'killed',
  11: 'segmentation fault',
  13: 'broken pipe',
  14: 'alarm clock',
  15: 'terminated',
};

/** What the kernel said of a process's end, in AWS's words. */
export function describeExit(exit: LauncherExit, command: string): SandboxExit {
  const outOfMemory = exit.outOfMemoryKills > 0 && exit.signal === SIGKILL;
  if (exit.startError !== 0) {
    const [, sentence] = getSystemErrorMap().get(-exit.startError) ?? ['', 'unknown error'];
    const startError = `fork/exec ${command}: ${sentence}`;
    return {
      description: startError,
      startError,
      exitCode: undefined,
      signal: undefined,
      outOfMemory,
    };
  }
  if (exit.signal === 0) {
    return {
      description: `exit status ${exit.exitCode}`,
      exitCode: exit.exitCode,
      signal: undefined,
      outOfMemory,
    };
  }
  return {
    description: `signal: ${SIGNAL_WORDS[exit.signal] ?? `signal ${exit.signal}`}`,
    exitCode: undefined,
    signal: signalName(exit.signal),
    outOfMemory,
  };
}

/** A sandbox ends with its launcher, by its kill; whether of memory, nobody saw. */
export function diedWithLauncher(): SandboxExit {
  return {
    description: 'signal: killed',
    exitCode: undefined,
    signal: 'SIGKILL',
    outOfMemory: false,
  };
}

function signalName(number: number): string {
  const entry = Object.entries(constants.signals).find(([, value]) => value === number);
  return entry?.[0] ?? `SIG${number}`;
}
