/** The same functions under each isolation that is here: frozen, thawed, out of memory, out of time. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, it } from 'node:test';
import { findNode } from '#adapters/interpreters/index.ts';
import { findLauncher } from '#adapters/launcher/index.ts';
import { ISOLATIONS, describeIsolated } from '../attack/sandboxed.ts';
import { payloadOf } from '../support/invoke-plane.ts';
import { RealPlane } from '../support/real-plane.ts';

const ROOT = path.join(import.meta.dirname, '../..');

for (const isolation of ISOLATIONS) {
  describeIsolated(`functions under ${isolation.name}`, isolation, () => {
    let plane: RealPlane;
    before(async () => {
      const directory = mkdtempSync(path.join(tmpdir(), 'hearth-isolation-'));
      // Code is mounted from below it, for another user than the server's.
      chmodSync(directory, 0o755);
      const node = findNode();
      const driver = await isolation.open({
        launcher: findLauncher(ROOT) ?? '',
        directory: path.join(directory, 'sandboxes'),
        onEndpointConnection: (connection) => connection.destroy(),
        onDiagnostic: (line) => console.error(line),
        baseMounts: node.mounts,
      });
      plane = new RealPlane({ directory, driver, node, options: { freezeAfterMs: 0 } });
    });
    after(async () => plane[Symbol.asyncDispose]());

    async function call(name: string, event: object): Promise<string> {
      const outcome = await plane.invoke(name, event);
      const payload = await payloadOf(outcome);
      assert.ok(outcome.kind !== 'throttled');
      await outcome.report;
      return payload;
    }

    it('keep their process from event to event, standing still between', async () => {
      const name = plane.deploy({
        'index.js': `let calls = 0, ticks = 0; setInterval(() => { ticks += 1; }, 5);
          exports.handler = async () => {
            const before = ticks;
            await new Promise((resolve) => setTimeout(resolve, 30));
            return [++calls, before < 20, ticks > before];
          };`,
      });
      assert.equal(await call(name, {}), '[1,true,true]');
      await new Promise((resolve) => {
        setTimeout(resolve, 300);
      });
      assert.equal(await call(name, {}), '[2,true,true]');
    });

    it('are told apart where memory ran out, where they ended, and where they were late', async () => {
      const code = `import os, time
def handler(event, context):
    if "mib" in event: return len(bytearray(event["mib"] << 20))
    if "status" in event: os._exit(event["status"])
    time.sleep(event["sleep"])`;
      const name = plane.deploy(
        { 'index.py': code },
        { runtime: 'python3.12', memorySizeMiB: 192, timeoutMs: 6000 },
      );
      assert.equal(await call(name, { mib: 64 }), String(64 * 1024 * 1024));
      assert.match(await call(name, { mib: 256 }), /"errorType":"Runtime.OutOfMemory"/);
      assert.match(await call(name, { status: 3 }), /ExitError.*exit status 3/);
      assert.match(await call(name, { sleep: 60 }), /Sandbox\.Timedout/);
      assert.equal(await call(name, { mib: 1 }), String(1024 * 1024));
      const used = plane.reports.map(({ maxMemoryUsedMiB }) => maxMemoryUsedMiB);
      assert.ok(
        used.some((mebibytes) => mebibytes === 192),
        used.join(' '),
      );
    });
  });
}
