/** Extensions, external and internal, beside functions under each isolation that is here. */
import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { after, before, it } from 'node:test';
import { payloadOf } from '../support/invoke-plane.ts';
import { describePlanes } from '../support/planes.ts';
import { PATIENT_TIMEOUT_MS } from '../support/real-plane.ts';
import type { RealPlane } from '../support/real-plane.ts';

/** An external extension that prints what it hears, and takes `delay` seconds for each event, `lastDelay` for the last. */
function extension(name: string, delay = 0, lastDelay = 0): string {
  return `#!/usr/bin/env python3
import json, os, sys, time, urllib.request as r
api = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2020-01-01/extension/"
ask = r.Request(api + "register", data=b'{"events": ["INVOKE", "SHUTDOWN"]}', headers={"Lambda-Extension-Name": "${name}", "Lambda-Extension-Accept-Feature": "accountId"})
with r.urlopen(ask) as answer:
    key = answer.headers["Lambda-Extension-Identifier"]
    print("registered", json.loads(answer.read()), flush=True)
while True:
    with r.urlopen(r.Request(api + "event/next", headers={"Lambda-Extension-Identifier": key})) as answer:
        event = json.loads(answer.read())
    print("heard", event["eventType"], event.get("shutdownReason", event.get("requestId")), flush=True)
    if event["eventType"] == "SHUTDOWN": time.sleep(${lastDelay}); sys.exit(0)
    time.sleep(${delay})
`;
}

const HELLO = { 'index.js': 'exports.handler = async () => "hello";' };

describePlanes('extensions', (open) => {
  let plane: RealPlane;
  before(async () => {
    plane = await open();
  });
  after(async () => plane[Symbol.asyncDispose]());

  it('register, hear each event, and hear of the end', async () => {
    plane.write('layer', { 'extensions/watcher': extension('watcher') });
    const name = plane.deploy(HELLO, { layersDirectoryId: 'layer' });
    const requestId = 'c1a7d0d0-0000-4000-8000-000000000009';
    const outcome = await plane.invoke(name, {}, { requestId });
    assert.equal(await payloadOf(outcome), '"hello"');
    assert.ok(outcome.kind === 'returned');
    await outcome.report;
    const text = plane.messages.join('');
    assert.match(
      text,
      new RegExp(
        `registered \\{'functionName': '${name}', 'functionVersion': '\\$LATEST', 'handler': 'index.handler', 'accountId': '000000000000'\\}`,
      ),
    );
    assert.match(text, /EXTENSION\tName: watcher\tState: Ready\tEvents: \[INVOKE, SHUTDOWN\]\n/);
    assert.match(text, new RegExp(`heard INVOKE ${requestId}\\n`));
    assert.doesNotMatch(text, /HEARTH-EXTENSIONS/);
    plane.catalog.put({ ...versionOf(plane, name), revisionId: 'revision-2' });
    await until(() => plane.messages.join('').includes('heard SHUTDOWN spindown\n'));
  });

  it('prolong an event, but not its answer', async () => {
    plane.write('slow', { 'extensions/slow': extension('slow', 0.3) });
    const name = plane.deploy(HELLO, { layersDirectoryId: 'slow' });
    const outcome = await plane.invoke(name);
    const answeredAtMs = performance.now();
    assert.ok(outcome.kind === 'returned');
    const { durationMs } = await outcome.report;
    assert.ok(durationMs >= 290, `${durationMs}`);
    assert.ok(performance.now() - answeredAtMs >= 200);
  });

  it('hear of a timeout', async () => {
    plane.write('late', { 'extensions/late': extension('late', 0, 1) });
    const name = plane.deploy(
      { 'index.js': 'exports.handler = () => new Promise((r) => setTimeout(r, 60000));' },
      // A processor of its own: the shutdown ends after 2 s on a slow machine, too.
      { layersDirectoryId: 'late', timeoutMs: 500, memorySizeMiB: 1769 },
    );
    const outcome = await plane.invoke(name);
    assert.ok(outcome.kind === 'failed');
    // The extension's shutdown takes a second, for which no caller waits.
    const first = await Promise.race([outcome.report, Promise.resolve('the answer')]);
    assert.equal(first, 'the answer');
    assert.match(await payloadOf(outcome), /Sandbox\.Timedout/);
    await outcome.report;
    assert.match(plane.messages.join(''), /heard SHUTDOWN timeout\n/);
  });

  it('end the event where they crash', async () => {
    const dying = extension('crash').replace('    time.sleep(0)', '    sys.exit(9)');
    plane.write('crashing', { 'extensions/crash': dying });
    const name = plane.deploy(
      { 'index.js': 'exports.handler = () => new Promise((r) => setTimeout(r, 60000));' },
      { layersDirectoryId: 'crashing' },
    );
    const requestId = 'c1a7d0d0-0000-4000-8000-000000000010';
    assert.deepEqual(JSON.parse(await payloadOf(await plane.invoke(name, {}, { requestId }))), {
      errorType: 'Extension.Crash',
      errorMessage: `RequestId: ${requestId} Error: exit status 9`,
    });
  });

  it('end the init where they crash, or may not be run, and are in its log', async () => {
    const dying = extension('early').replace('while True:', 'sys.exit(3)\nwhile True:');
    plane.write('early', { 'extensions/early': dying });
    plane.write('inert', { 'extensions/inert': 'no program' });
    chmodSync(`${plane.pathOf('inert')}/extensions/inert`, 0o644);
    plane.write('foreign', { 'extensions/foreign': '\x7fELF\0\0of another processor' });
    chmodSync(`${plane.pathOf('foreign')}/extensions/foreign`, 0o755);
    plane.write('lacking', { 'extensions/lacking': '#!/no/such/interpreter\n' });
    // A status of its own, which a shell has for what it cannot run.
    plane.write('quitting', { 'extensions/quitting': '#!/bin/sh\nexit 126\n' });
    const ends = [
      ['early', 'Extension.Crash', 'exit status 3', 'Registered\tEvents: [INVOKE, SHUTDOWN]'],
      [
        'inert',
        'Extension.LaunchError',
        'fork/exec /opt/extensions/inert: permission denied',
        'LaunchError\tEvents: []\tError Type: PermissionDenied',
      ],
      [
        'foreign',
        'Extension.LaunchError',
        'fork/exec /opt/extensions/foreign: exec format error',
        'LaunchError\tEvents: []\tError Type: UnknownError',
      ],
      [
        'lacking',
        'Extension.LaunchError',
        'fork/exec /opt/extensions/lacking: no such file or directory',
        'LaunchError\tEvents: []\tError Type: UnknownError',
      ],
      ['quitting', 'Extension.Crash', 'exit status 126', 'Started\tEvents: []'],
    ] as const;
    for (const [layersDirectoryId, errorType, message, state] of ends) {
      const name = plane.deploy(HELLO, { layersDirectoryId });
      const requestId = 'c1a7d0d0-0000-4000-8000-000000000011';
      const errorMessage = `RequestId: ${requestId} Error: ${message}`;
      const outcome = await plane.invoke(name, {}, { requestId });
      assert.deepEqual(JSON.parse(await payloadOf(outcome)), { errorType, errorMessage });
      const told = `EXTENSION\tName: ${layersDirectoryId}\tState: ${state}\n`;
      const at = plane.messages.indexOf(told);
      assert.match(plane.messages[at + 1] ?? '', /^INIT_REPORT .*\tPhase: init\tStatus: error/);
    }
  });

  it('of the function itself register for events alone', async () => {
    const name = plane.deploy({
      'index.mjs': `
        const api = 'http://' + process.env.AWS_LAMBDA_RUNTIME_API + '/2020-01-01/extension/';
        const register = (events) => fetch(api + 'register', {
          method: 'POST', headers: { 'Lambda-Extension-Name': 'inner' }, body: JSON.stringify({ events }),
        });
        const refused = await register(['SHUTDOWN']);
        const taken = await register(['INVOKE']);
        const key = taken.headers.get('lambda-extension-identifier');
        const again = await register(['INVOKE']);
        let heard;
        const listen = () => fetch(api + 'event/next', { headers: { 'Lambda-Extension-Identifier': key } })
          .then((answer) => answer.json()).then((event) => { heard = event.eventType; return listen(); });
        void listen();
        export const handler = async () => {
          await new Promise((resolve) => setTimeout(resolve, 50));
          return [refused.status, (await refused.json()).errorType, taken.status, again.status, heard];
        };`,
    });
    assert.deepEqual(JSON.parse(await payloadOf(await plane.invoke(name))), [
      403,
      'Extension.InvalidEventType',
      200,
      403,
      'INVOKE',
    ]);
  });

  it('are not missed where a layer brings none', async () => {
    plane.write('plain', { 'nodejs/node_modules/x/index.js': 'module.exports = 1;' });
    const name = plane.deploy(HELLO, { layersDirectoryId: 'plain' });
    assert.equal(await payloadOf(await plane.invoke(name)), '"hello"');
    plane.catalog.put({ ...versionOf(plane, name), revisionId: 'revision-2' });
    assert.equal(await payloadOf(await plane.invoke(name)), '"hello"');
  });
});

function versionOf(plane: RealPlane, name: string) {
  const found = plane.catalog.functions.get(name);
  assert.ok(found?.kind === 'found');
  return found.version;
}

async function until(isTrue: () => boolean): Promise<void> {
  const endMs = performance.now() + PATIENT_TIMEOUT_MS;
  while (!isTrue()) {
    assert.ok(performance.now() < endMs, 'it did not happen');
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
}
