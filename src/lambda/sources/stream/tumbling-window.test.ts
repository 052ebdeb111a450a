import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8 } from '#kernel/bytes.ts';
import { isObject } from '#kernel/json.ts';

import { createStreamedTable, startSources } from '../../../../test/support/event-sources.ts';
import { windowAt, withAnswer } from './tumbling-window.ts';

test('a window holds the times from its start to before its end', () => {
  assert.deepEqual(
    [59_999, 60_000, 119_999, 120_000].map((atMs) => windowAt(atMs, 60_000).startMs),
    [0, 60_000, 60_000, 120_000],
  );
});

test('a state of just 1 MB is kept, one byte more ends the window early', () => {
  const overhead = JSON.stringify({ a: '' }).length;
  const answer = (bytes: number) =>
    utf8(JSON.stringify({ state: { a: 'x'.repeat(bytes - overhead) } }));
  const window = windowAt(0, 1000);
  assert.equal(withAnswer(window, answer(1_048_576)).isTerminatedEarly, false);
  assert.equal(withAnswer(window, answer(1_048_577)).isTerminatedEarly, true);
  assert.deepEqual(withAnswer(window, utf8('null')).state, {});
});

test('the state goes from event to event, over a crash, until the window has ended', async () => {
  await using world = await startSources();
  const EventSourceArn = await createStreamedTable(world, 'KEYS_ONLY');
  const put = (id: string) =>
    world.dynamodb('PutItem', { TableName: 'things', Item: { id: { S: id } } });
  await world.pass(60_000);
  world.script = ({ Records, state }) => {
    const count = isObject(state) && typeof state['count'] === 'number' ? state['count'] : 0;
    return { returns: { state: { count: count + Records.length } } };
  };
  world.start();
  await world.map({ EventSourceArn, StartingPosition: 'LATEST', TumblingWindowInSeconds: 60 });
  await world.quiet();
  await put('a');
  await world.quiet();
  await world.crash();
  world.start();
  await put('b');
  await put('c');
  await world.pass(59_999);
  const seen = () =>
    world.events.map(({ Records, state, isFinalInvokeForWindow }) => [
      Records.length,
      state,
      isFinalInvokeForWindow,
    ]);
  assert.deepEqual(seen(), [
    [1, {}, false],
    [2, { count: 1 }, false],
  ]);
  await world.pass(1);
  assert.deepEqual(seen().at(-1), [0, { count: 3 }, true]);
  await put('d');
  await world.quiet();
  assert.deepEqual(seen().at(-1), [1, {}, false]);
  const [first] = world.events;
  assert.deepEqual(first?.['window'], {
    start: '2026-01-01T00:01:00Z',
    end: '2026-01-01T00:02:00Z',
  });
  assert.equal(first['eventSourceARN'], EventSourceArn);
  assert.equal(first['isWindowTerminatedEarly'], false);
});

test('an answer without a state fails the batch of a window, but not its last event', async () => {
  await using world = await startSources();
  const EventSourceArn = await createStreamedTable(world, 'KEYS_ONLY');
  await world.pass(60_000);
  const answers = [null, { states: {} }, { state: { n: 1 } }];
  world.script = () => ({ returns: answers[world.events.length - 1] ?? null });
  world.start();
  await world.map({ EventSourceArn, StartingPosition: 'LATEST', TumblingWindowInSeconds: 60 });
  await world.quiet();
  await world.dynamodb('PutItem', { TableName: 'things', Item: { id: { S: 'a' } } });
  await world.pass(120_000);
  assert.deepEqual(
    world.events.map(({ Records, state, isFinalInvokeForWindow }) => [
      Records.length,
      state,
      isFinalInvokeForWindow,
    ]),
    [
      [1, {}, false],
      [1, {}, false],
      [1, {}, false],
      [0, { n: 1 }, true],
    ],
  );
});
