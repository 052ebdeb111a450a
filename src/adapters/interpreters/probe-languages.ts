/** Which languages this machine can run functions in, for `hearth doctor`. */
import { findDotnetRoots, findDotnets } from './find-dotnets.ts';
import {
  findJavas,
  findNode,
  findPythons,
  findRubies,
  findVirtualMachines,
} from './find-interpreters.ts';
import type { FoundInterpreter } from './find-interpreters.ts';

/** One language, in the form of the doctor's other findings. */
export interface LanguageProbe {
  readonly name: string;
  readonly isEnforced: boolean;
  readonly detail: string;
  /** The command that brings it. */
  readonly remedy?: string;
}

/** Looks for every language of AWS's managed runtimes; `runtimesDirectory` holds the runtime clients. */
export function probeLanguages(runtimesDirectory: string): readonly LanguageProbe[] {
  return [
    probe('functions in Node.js', [findNode()], 'bin/set-up'),
    probe('functions in Python', findPythons(), 'apt-get install python3'),
    probePrepared('functions in Java', {
      found: findJavas(runtimesDirectory),
      isThere: () => findVirtualMachines().length > 0,
      prepare: 'bin/set-up java (with Maven)',
      remedy: 'apt-get install default-jdk-headless maven && bin/set-up java',
    }),
    probe('functions in Ruby', findRubies(), 'apt-get install ruby'),
    probePrepared('functions in .NET', {
      found: findDotnets(runtimesDirectory),
      isThere: () => findDotnetRoots().length > 0,
      prepare: 'bin/set-up dotnet',
      remedy: 'install .NET 8 or newer, then bin/set-up dotnet',
    }),
  ];
}

/** A language that may be there without the runtime client between functions and the server, which is made on demand. */
interface Prepared {
  readonly found: readonly FoundInterpreter[];
  /** Whether this machine has it. */
  readonly isThere: () => boolean;
  /** What makes the client, and what brings the language with it. */
  readonly prepare: string;
  readonly remedy: string;
}

function probePrepared(name: string, { found, isThere, prepare, remedy }: Prepared): LanguageProbe {
  if (found.length > 0 || !isThere()) return probe(name, found, remedy);
  const detail = 'it is there, the runtime client for it is not yet';
  return { name, isEnforced: false, detail, remedy: prepare };
}

function probe(name: string, found: readonly FoundInterpreter[], remedy: string): LanguageProbe {
  const isEnforced = found.length > 0;
  const detail = found.map(({ version, command }) => `${version} (${command})`).join(', ');
  return { name, isEnforced, detail: isEnforced ? detail : 'not found', remedy };
}
