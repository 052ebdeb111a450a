import assert from 'node:assert/strict';
import { it } from 'node:test';
import { openHarness } from './harness.test.ts';

it('rules count what matches them, those of a custom bus with its name', async () => {
  const { call, makeRule, put, metrics, measured } = await openHarness();
  await call('CreateEventBus', { Name: 'shop' });
  await makeRule({ source: ['shop'] });
  await makeRule({ source: ['shop'] }, {}, 'shop');
  await put({});
  assert.deepEqual(metrics.splice(0), ['MatchedEvents', 'TriggeredRules', 'Invocations']);
  const [ofDefault] = measured.splice(0);
  assert.deepEqual(Object.keys(ofDefault ?? {}), ['RuleName']);
  await put({}, { EventBusName: 'shop' });
  assert.deepEqual(metrics.splice(0), ['MatchedEvents', 'TriggeredRules', 'Invocations']);
  for (const dimensions of measured.splice(0)) {
    assert.deepEqual(dimensions, { EventBusName: 'shop', RuleName: ofDefault?.['RuleName'] });
  }
  await put({}, { Source: 'other' });
  assert.deepEqual(metrics, []);
});
