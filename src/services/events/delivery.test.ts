import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ACCOUNT, DEAD_LETTERS, openHarness, QUEUE } from './harness.test.ts';

interface Received {
  readonly id: string;
  readonly region: string;
  readonly account: string;
}

describe('an event that is handed on to another bus', () => {
  // Recorded: test_event_bus_to_event_bus_cross_account_region, test_put_events_bus_to_bus.
  it('keeps its id within the Region, and gets another one on its way to the next', async () => {
    const harness = await openHarness();
    const { call, put, received } = harness;
    const EventPattern = JSON.stringify({ source: ['shop'] });
    const arnOf = (region: string, bus: string): string =>
      `arn:aws:events:${region}:${ACCOUNT}:event-bus/${bus}`;
    await call('CreateEventBus', { Name: 'near' });
    await harness.makeRule({ source: ['shop'] });
    const Targets = [
      { Id: 'near', Arn: arnOf('us-east-1', 'near') },
      { Id: 'far', Arn: arnOf('eu-west-1', 'default') },
    ];
    await call('PutTargets', { Rule: 'rule', Targets });
    for (const EventBusName of ['near', arnOf('eu-west-1', 'default')]) {
      await call('PutRule', { Name: 'on', EventPattern, EventBusName });
      const there = [{ Id: 'queue', Arn: QUEUE }];
      await call('PutTargets', { Rule: 'on', EventBusName, Targets: there });
    }
    await put({});
    const events = received() as Received[];
    assert.equal(events.length, 3);
    assert.equal(new Set(events.map(({ id }) => id)).size, 2);
    for (const event of events)
      assert.deepEqual([event.account, event.region], [ACCOUNT, 'us-east-1']);
  });
});

describe('a bus of another account', () => {
  const OTHER = '222222222222';
  const far = `arn:aws:events:us-east-1:${OTHER}:event-bus/default`;

  it('takes no events, of rules or of clients, unless its policy lets the account in', async () => {
    const { call, put, makeRule, deliveries, metrics } = await openHarness();
    await makeRule({ source: ['shop'] }, { Arn: far, DeadLetterConfig: { Arn: DEAD_LETTERS } });
    await put({});
    const [letter] = deliveries;
    assert.equal(letter?.options?.attributes?.['ERROR_CODE']?.value, 'NO_PERMISSIONS');
    await assert.rejects(put({}, { EventBusName: far }), {
      code: 'AccessDeniedException',
      message:
        `User: arn:aws:iam::${ACCOUNT}:root is not authorized to perform: events:PutEvents on resource: ${far} ` +
        'because no resource-based policy allows the events:PutEvents action',
    });
    const Action = 'events:PutEvents';
    await call('PutPermission', { Action, Principal: ACCOUNT, StatementId: 's' }, OTHER);
    metrics.length = 0;
    await put({});
    assert.deepEqual(metrics, ['MatchedEvents', 'TriggeredRules', 'Invocations']);
    assert.equal((await put({}, { EventBusName: far })).FailedEntryCount, 0);
  });

  it('is shown and changed by its own account alone', async () => {
    const { call } = await openHarness();
    const denied = { code: 'AccessDeniedException' };
    const rule = { Name: 'r', EventBusName: far };
    await assert.rejects(call('PutRule', { ...rule, EventPattern: '{"source":["s"]}' }), denied);
    await assert.rejects(call('ListRules', { EventBusName: far }), denied);
    await assert.rejects(call('DescribeEventBus', { Name: far }), denied);
    const archive = { ArchiveName: 'a', EventSourceArn: far };
    await assert.rejects(call('CreateArchive', archive), denied);
    await assert.rejects(call('TagResource', { ResourceARN: far, Tags: [] }), denied);
    await call('DescribeEventBus', { Name: far }, OTHER);
  });
});

describe('a template that is filled to what is no JSON', () => {
  const InputPathsMap = { list: '$.detail.list', object: '$.detail' };
  const send = async (InputTemplate: string) => {
    const harness = await openHarness();
    await harness.makeRule(
      { source: ['shop'] },
      {
        InputTransformer: { InputPathsMap, InputTemplate },
        DeadLetterConfig: { Arn: DEAD_LETTERS },
      },
    );
    await harness.put({ list: ['A', 'B'] });
    return harness;
  };

  // Recorded: test_input_transformer_nested_keys_replacement[<listmulti> multiple list items].
  it('is not delivered: the event goes to the dead letters as it came', async () => {
    for (const template of [
      '<list> of items',
      '{"a": "<list>"}',
      '{"a": "x/<object>"}',
      '{<list>}',
    ]) {
      const { deliveries, received, metrics } = await send(template);
      assert.deepEqual(
        deliveries.map(({ targetArn }) => targetArn),
        [DEAD_LETTERS],
        template,
      );
      assert.equal(deliveries[0]?.options?.attributes?.['ERROR_CODE']?.value, 'INVALID_JSON');
      assert.deepEqual((received()[0] as { detail: unknown }).detail, { list: ['A', 'B'] });
      assert.deepEqual(metrics, [
        'MatchedEvents',
        'TriggeredRules',
        'Invocations',
        'FailedInvocations',
        'InvocationsSentToDlq',
      ]);
    }
  });

  it('is another thing than one whose lines are texts, or that is a text with a list in it', async () => {
    for (const template of ['"<list>"\n"b"', '"<object>"', '{"a": <list>}', '[<object>]']) {
      const { deliveries } = await send(template);
      assert.deepEqual(
        deliveries.map(({ targetArn }) => targetArn),
        [QUEUE],
        template,
      );
    }
  });
});
