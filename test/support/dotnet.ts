/** The machine's .NET, else the one that the set-up brings for tests. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { findDotnetRoots, findDotnets } from '#adapters/interpreters/index.ts';

export const DOTNET_ROOTS = findDotnetRoots([resolve('.cache/dotnet')]);
/** Functions in C#, built by the set-up. */
export const DOTNET_FUNCTIONS = '.cache/dotnet-functions';
/** AWS's names of the versions of .NET that are here. */
export const DOTNET_RUNTIMES = [
  ...new Set(
    findDotnets(resolve('runtimes'), DOTNET_ROOTS).map(
      ({ version }) => `dotnet${Number.parseInt(version, 10)}`,
    ),
  ),
].filter((name) => name === 'dotnet8' || name === 'dotnet10');
/** Options of tests whose functions are written in C#. */
export const NEEDS_DOTNET =
  DOTNET_RUNTIMES.length > 0 && existsSync(`${DOTNET_FUNCTIONS}/stamp`)
    ? {}
    : { skip: 'there is no .NET 8 or 10 here, or its functions were not built: bin/set-up test' };
