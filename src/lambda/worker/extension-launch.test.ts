import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { ExtensionAnnouncement } from './extension-launch.ts';
import type { EndedProcess } from './extension-launch.ts';

/** What comes through, and what was told, of output that comes in these pieces. */
function read(pieces: readonly Uint8Array[]) {
  const names: string[][] = [];
  const ends: EndedProcess[] = [];
  const announcement = new ExtensionAnnouncement({
    onNames: (told) => names.push([...told]),
    onEnd: (ended) => ends.push(ended),
  });
  const output = Buffer.concat(pieces.map((piece) => announcement.push(piece))).toString('latin1');
  return { names, ends, output };
}

function cut(text: string, bytes: number): Uint8Array[] {
  const whole = Buffer.from(text, 'latin1');
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < whole.length; at += bytes) pieces.push(whole.subarray(at, at + bytes));
  return pieces;
}

describe('what the shell of a sandbox with extensions tells', () => {
  it('is taken out of the output, however it is cut on the way', () => {
    const ended = '\x1dHEARTH-ENDED 137\n\x1dHEARTH-ENDED 3 watcher\n';
    const text = `HEARTH-EXTENSIONS watcher other\nsaid\x1d \x1dHEARTH without end${ended}last`;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), (bytes) => {
        assert.deepEqual(read(cut(text, bytes)), {
          names: [['watcher', 'other']],
          ends: [
            { description: 'signal: killed', exitCode: undefined, signal: 'SIG9' },
            {
              extension: 'watcher',
              description: 'exit status 3',
              exitCode: 3,
              signal: undefined,
            },
          ],
          output: 'said\x1d \x1dHEARTH without endlast',
        });
      }),
      { numRuns: 80 },
    );
  });

  it('is nothing but names where there are no extensions', () => {
    const text = 'HEARTH-EXTENSIONS\nsaid \x1dHEARTH-ENDED 1\n';
    const { names, ends, output } = read(cut(text, 7));
    assert.deepEqual([names, ends, output], [[[]], [], 'said \x1dHEARTH-ENDED 1\n']);
  });

  it('is not believed where another line comes first', () => {
    assert.deepEqual(read(cut('no announcement\nsaid\n', 5)), {
      names: [[]],
      ends: [],
      output: 'no announcement\nsaid\n',
    });
  });
});
