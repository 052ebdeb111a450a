import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createRuntimeTable } from './runtime-table.ts';
import type { Interpreter } from './runtime-table.ts';

function interpreter(version: string): Interpreter {
  return { command: `/usr/lib/${version}/it`, mounts: [], version };
}

/** What a name runs on, of the given versions. */
function versionsFor(language: 'javas' | 'dotnets', versions: readonly string[]) {
  const table = createRuntimeTable({
    runtimesDirectory: '/runtimes',
    pythons: [],
    [language]: versions.map(interpreter),
  });
  return (name: string) => table.get(name)?.versionText.split('.v')[1];
}

it('runs functions in .NET on their version, else on the next newer one, never on an older one', () => {
  const both = versionsFor('dotnets', ['10.0.1', '8.0.20', '8.0.4']);
  assert.equal(both('dotnet8'), '8.0.20');
  assert.equal(both('dotnet10'), '10.0.1');
  assert.equal(versionsFor('dotnets', ['10.0.1'])('dotnet8'), '10.0.1');
  assert.equal(versionsFor('dotnets', ['8.0.20'])('dotnet10'), undefined);
});

it('runs functions in Java on their version, else on the next newer one, else on the newest', () => {
  const both = versionsFor('javas', ['21.0.2', '17.0.9']);
  assert.equal(both('java17'), '17.0.9');
  assert.equal(both('java11'), '17.0.9');
  assert.equal(both('java25'), '21.0.2');
});
