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
    probeJava(runtimesDirectory),
    probe('functions in Ruby', findRubies(), 'apt-get install ruby'),
    probeDotnet(runtimesDirectory),
  ];
}

/** It may be there without the runtime client between functions and the server, which is made on demand. */
function probeJava(runtimesDirectory: string): LanguageProbe {
  const name = 'functions in Java';
  const found = findJavas(runtimesDirectory);
  const isBare = found.length === 0 && findVirtualMachines().length > 0;
  return isBare
    ? { name, isEnforced: false, detail: NOT_PREPARED, remedy: 'bin/set-up java (with Maven)' }
    : probe(name, found, 'apt-get install default-jdk-headless maven && bin/set-up java');
}

function probeDotnet(runtimesDirectory: string): LanguageProbe {
  const name = 'functions in .NET';
  const found = findDotnets(runtimesDirectory);
  const isBare = found.length === 0 && findDotnetRoots().length > 0;
  return isBare
    ? { name, isEnforced: false, detail: NOT_PREPARED, remedy: 'bin/set-up dotnet' }
    : probe(name, found, 'install .NET 8 or newer, then bin/set-up dotnet');
}

const NOT_PREPARED = 'it is there, the runtime client for it is not yet';

function probe(name: string, found: readonly FoundInterpreter[], remedy: string): LanguageProbe {
  const isEnforced = found.length > 0;
  const detail = found.map(({ version, command }) => `${version} (${command})`).join(', ');
  return { name, isEnforced, detail: isEnforced ? detail : 'not found', remedy };
}
