import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { SandboxZygote } from '#ports/world/sandbox.ts';
import { Zygotes } from './zygotes.ts';

const NODE: SandboxZygote = { command: ['/bin/node'], environment: { A: '1' } };

/** A launcher that boots what it is asked for when it is told to. */
class FakeLink {
  readonly requests: (readonly (string | number)[])[] = [];
  readonly boots: PromiseWithResolvers<readonly string[] | undefined>[] = [];
  readonly isDead = false;

  request(...fields: readonly (string | number)[]): Promise<readonly string[] | undefined> {
    this.requests.push(fields);
    if (fields[0] !== 'zygote') return Promise.resolve([]);
    const boot = Promise.withResolvers<readonly string[] | undefined>();
    this.boots.push(boot);
    return boot.promise;
  }
}

function open(hasLibrary = true): {
  readonly link: FakeLink;
  readonly zygotes: Zygotes;
  readonly lines: string[];
  [Symbol.dispose](): void;
} {
  const directory = mkdtempSync(join(tmpdir(), 'hearth-zygotes-'));
  if (hasLibrary) writeFileSync(join(directory, 'hearth-zygote.so'), '');
  const link = new FakeLink();
  const lines: string[] = [];
  const binary = join(directory, 'hearth-launcher');
  const zygotes = new Zygotes(link, {
    binary,
    mode: 'namespaces',
    onDiagnostic: (line) => lines.push(line),
  });
  return { link, zygotes, lines, [Symbol.dispose]: () => rmSync(directory, { recursive: true }) };
}

describe('zygotes', () => {
  it('are begun once, and are not there until they are ready', async () => {
    using test = open();
    const { link, zygotes } = test;
    assert.equal(zygotes.take(NODE, { mounts: [] }), undefined);
    assert.equal(zygotes.take(NODE, { mounts: [] }), undefined);
    assert.equal(link.boots.length, 1);
    const prepared = zygotes.prepare(NODE, { mounts: [] });
    link.boots[0]?.resolve(['7']);
    await prepared;
    assert.equal(zygotes.isReady(NODE), true);
    assert.equal(zygotes.take(NODE, { mounts: [] }), 7);
    assert.equal(link.boots.length, 1);
  });

  it('are told where their library lies, which is mounted in them alone', () => {
    using test = open();
    test.zygotes.take(NODE, { mounts: [{ source: '/runtime', target: '/var/runtime' }] });
    const [fields = []] = test.link.requests;
    assert.deepEqual(fields.slice(0, 4), ['zygote', 2, '/runtime', '/var/runtime']);
    assert.ok(fields.includes('LD_PRELOAD=/var/lang/zygote/hearth-zygote.so'));
    assert.ok(fields.includes('A=1'));
  });

  it('that failed are not begun again at once', async () => {
    using test = open();
    const { link, zygotes, lines } = test;
    const prepared = zygotes.prepare(NODE, { mounts: [] });
    link.boots[0]?.reject(new Error('no memory'));
    await prepared;
    assert.equal(zygotes.take(NODE, { mounts: [] }), undefined);
    assert.equal(link.boots.length, 1);
    assert.match(lines.join(), /no memory/);
  });

  it('that could not be forked are ended', async () => {
    using test = open();
    const { link, zygotes } = test;
    const prepared = zygotes.prepare(NODE, { mounts: [] });
    link.boots[0]?.resolve(['7']);
    await prepared;
    zygotes.forget(NODE, 'too late');
    assert.equal(zygotes.isReady(NODE), false);
    assert.deepEqual(link.requests.at(-1), ['retire', 7]);
  });

  it('are never there without their library', async () => {
    using test = open(false);
    await test.zygotes.prepare(NODE, { mounts: [] });
    assert.equal(test.zygotes.isReady(NODE), false);
    assert.equal(test.link.requests.length, 0);
  });
});
