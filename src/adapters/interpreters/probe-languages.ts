/** Which languages this machine can run functions in, for `hearth doctor`. */
import { findDotnets } from './find-dotnets.ts';
import { findJavas, findNode, findPythons, findRubies } from './find-interpreters.ts';
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
    probe(
      'functions in Java',
      findJavas(runtimesDirectory),
      'apt-get install default-jdk-headless maven && bin/set-up java',
    ),
    probe('functions in Ruby', findRubies(), 'apt-get install ruby'),
    probe(
      'functions in .NET',
      findDotnets(runtimesDirectory),
      'install .NET 8 or newer, then bin/set-up dotnet',
    ),
  ];
}

function probe(name: string, found: readonly FoundInterpreter[], remedy: string): LanguageProbe {
  const isEnforced = found.length > 0;
  const detail = found.map(({ version, command }) => `${version} (${command})`).join(', ');
  return { name, isEnforced, detail: isEnforced ? detail : 'not found', remedy };
}
