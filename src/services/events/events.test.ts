import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { textOf, utf8 } from '#kernel/bytes.ts';
import { ACCOUNT, DEAD_LETTERS, openHarness, QUEUE } from './harness.test.ts';
import { PUT_EVENTS_BYTES_MAX } from './limits.ts';

function fails(code: string, message: string) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof Error && 'code' in error);
    assert.equal(error.code, code);
    assert.equal(error.message, message);
    return true;
  };
}

describe('PutEvents', () => {
  it('delivers an event to the targets of every rule that it matches, in AWS’s shape', async () => {
    const { makeRule, put, received, deliveries } = await openHarness();
    await makeRule({ source: ['shop'], detail: { total: [{ numeric: ['>', 9] }] } });
    await put({ total: 9 });
    const { Entries, FailedEntryCount } = await put({ total: 10 }, { Resources: ['a'] });
    assert.equal(FailedEntryCount, 0);
    assert.equal(
      JSON.stringify(received()),
      JSON.stringify([
        {
          version: '0',
          id: Entries?.[0]?.EventId,
          'detail-type': 'order',
          source: 'shop',
          account: ACCOUNT,
          time: '2026-01-01T00:00:00Z',
          region: 'us-east-1',
          resources: ['a'],
          detail: { total: 10 },
        },
      ]),
    );
    assert.equal(deliveries[0]?.sourceArn, `arn:aws:events:us-east-1:${ACCOUNT}:rule/rule`);
    assert.equal(deliveries[0]?.sourceService, 'events.amazonaws.com');
  });

  // Recorded: test_put_events_without_source, test_put_event_without_detail, test_put_event_malformed_detail.
  it('fails each bad entry for itself', async () => {
    const { call, makeRule, received } = await openHarness();
    await makeRule({ source: ['shop'] });
    const entry = { Source: 'shop', DetailType: 'order', Detail: '{"a":1}' };
    const { Entries, FailedEntryCount } = await call('PutEvents', {
      Entries: [
        { DetailType: 'order', Detail: '{}' },
        { Source: 'shop', DetailType: 'order' },
        { ...entry, Detail: '[]' },
        { ...entry, Detail: '"x"' },
        { ...entry, Source: 'aws.s3' },
        entry,
      ],
    });
    assert.equal(FailedEntryCount, 5);
    const messages = Entries?.map(({ ErrorCode, ErrorMessage }) => [ErrorCode, ErrorMessage]);
    assert.deepEqual(messages, [
      ['InvalidArgument', 'Parameter Source is not valid. Reason: Source is a required argument.'],
      ['InvalidArgument', 'Parameter Detail is not valid. Reason: Detail is a required argument.'],
      ['MalformedDetail', 'Detail is malformed.'],
      ['MalformedDetail', 'Detail is malformed.'],
      ['NotAuthorizedForSourceException', 'Not authorized for the source.'],
      [undefined, undefined],
    ]);
    assert.equal(received().length, 1);
  });

  it('takes entries up to the limit of all together, and none above', async () => {
    const { call } = await openHarness();
    const entry = (bytes: number) => {
      const empty = { Source: 'shop', DetailType: 'order', Detail: '{"a":""}' };
      const used = utf8(empty.Source + empty.DetailType + empty.Detail).byteLength;
      return { ...empty, Detail: `{"a":"${'x'.repeat(bytes - used)}"}` };
    };
    const { FailedEntryCount } = await call('PutEvents', {
      Entries: [entry(PUT_EVENTS_BYTES_MAX)],
    });
    assert.equal(FailedEntryCount, 0);
    await assert.rejects(
      call('PutEvents', { Entries: [entry(PUT_EVENTS_BYTES_MAX - 99), entry(100)] }),
      fails('ValidationException', 'Total size of the entries in the request is over the limit.'),
    );
  });

  it('hands an event on to another bus, and from there to no third one', async () => {
    const { call, put, received } = await openHarness();
    const busArn = (name: string) => `arn:aws:events:us-east-1:${ACCOUNT}:event-bus/${name}`;
    const buses = ['first', 'second', 'third'];
    for (const Name of buses) await call('CreateEventBus', { Name });
    for (const [index, EventBusName] of buses.entries()) {
      const next = buses[index + 1];
      await call('PutRule', { Name: 'on', EventBusName, EventPattern: '{"source":["shop"]}' });
      const toNext = next === undefined ? [] : [{ Id: 'bus', Arn: busArn(next) }];
      const Targets = [...toNext, { Id: 'queue', Arn: QUEUE, Input: JSON.stringify(EventBusName) }];
      await call('PutTargets', { Rule: 'on', EventBusName, Targets });
    }
    await put({}, { EventBusName: busArn('first') });
    assert.deepEqual(new Set(received()), new Set(['first', 'second']));
  });

  it('keeps what a target refuses in its dead-letter queue, with the reason', async () => {
    const { makeRule, put, deliveries, answers, metrics } = await openHarness();
    await makeRule({ source: ['shop'] }, { DeadLetterConfig: { Arn: DEAD_LETTERS } });
    answers.set(QUEUE, 'missing');
    await put({ a: 1 });
    const [letter] = deliveries;
    assert.equal(letter?.targetArn, DEAD_LETTERS);
    assert.equal(letter.options?.attributes?.['ERROR_CODE']?.value, 'NO_RESOURCE');
    assert.equal(letter.options?.attributes?.['TARGET_ARN']?.value, QUEUE);
    assert.ok(textOf(letter.payload).includes('"detail":{"a":1}'));
    assert.deepEqual(metrics, [
      'MatchedEvents',
      'TriggeredRules',
      'Invocations',
      'FailedInvocations',
      'InvocationsSentToDlq',
    ]);
  });

  it('delivers nothing for a rule that is disabled', async () => {
    const { makeRule, put, call, received } = await openHarness();
    await makeRule({ source: ['shop'] });
    await call('DisableRule', { Name: 'rule' });
    await put({});
    assert.equal(received().length, 0);
    await call('EnableRule', { Name: 'rule' });
    await put({});
    assert.equal(received().length, 1);
  });
});

describe('a target’s input', () => {
  const detail = { payload: { acc_id: '0a', sf_id: 'baz' }, id: 'u', list: ['A', 'B'] };

  it('is a constant, a part of the event, or the event', async () => {
    const inputs = [
      [{ Input: '{"b":2}' }, { b: 2 }],
      [{ InputPath: '$.detail.payload' }, detail.payload],
      [{ InputPath: "$.detail['list'][1]" }, 'B'],
    ] as const;
    for (const [target, expected] of inputs) {
      const { makeRule, put, received } = await openHarness();
      await makeRule({ source: ['shop'] }, target);
      await put(detail);
      assert.deepEqual(received(), [expected]);
    }
  });

  // Recorded: test_input_transformer_nested_keys_replacement, test_input_transformer_predefined_variables.
  it('is a template whose values lose their quotes inside quotes', async () => {
    const templates = [
      [
        '{"p": "users/<id>", "b": <payload>}',
        `{"p": "users/u", "b": ${JSON.stringify(detail.payload)}}`,
      ],
      ['{"id" : <id>}', '{"id" : "u"}'],
      ['"<payload> of <id>"', '"{acc_id:0a,sf_id:baz} of u"'],
      ['"<list>"\n"<missing> system"', '"[A,B]"\n" system"'],
      ['"<aws.events.rule-name>"', '"rule"'],
    ] as const;
    for (const [InputTemplate, expected] of templates) {
      const { makeRule, put, deliveries } = await openHarness();
      const InputPathsMap = {
        id: '$.detail.id',
        payload: '$.detail.payload',
        list: '$.detail.list',
        missing: '$.detail.missing',
      };
      await makeRule({ source: ['shop'] }, { InputTransformer: { InputPathsMap, InputTemplate } });
      await put(detail);
      assert.equal(deliveries.map(({ payload }) => textOf(payload)).join(), expected);
    }
  });

  // Recorded: test_put_event_input_path_and_input_transformer, test_put_events_with_input_transformer_missing_keys.
  it('is refused without a role where a role calls the target', async () => {
    const { makeRule } = await openHarness();
    for (const resource of [
      'kinesis:us-east-1:1:stream/s',
      'events:us-east-1:1:api-destination/d/1',
    ]) {
      const Arn = `arn:aws:${resource.replace(':1:', `:${ACCOUNT}:`)}`;
      await assert.rejects(
        makeRule({ source: ['shop'] }, { Arn }),
        fails('ValidationException', `RoleArn is required for target ${Arn}.`),
      );
      await makeRule({ source: ['shop'] }, { Arn, RoleArn: `arn:aws:iam::${ACCOUNT}:role/r` });
    }
  });

  it('is refused where it is said twice, or names what nothing gives', async () => {
    const { makeRule } = await openHarness();
    await assert.rejects(
      makeRule({ source: ['shop'] }, { InputPath: '$', Input: '{}' }),
      fails(
        'ValidationException',
        'Only one of Input, InputPath, or InputTransformer must be provided for target target.',
      ),
    );
    await assert.rejects(
      makeRule({ source: ['shop'] }, { InputTransformer: { InputTemplate: '"<notdefinedkey>"' } }),
      fails(
        'ValidationException',
        'InputTemplate for target target contains invalid placeholder notdefinedkey.',
      ),
    );
  });
});

describe('a rule', () => {
  // Recorded: test_put_list_with_prefix_describe_delete_rule, test_describe_nonexistent_rule.
  it('is described as on AWS, with its bus in its ARN unless that is the default one', async () => {
    const { call } = await openHarness();
    await call('CreateEventBus', { Name: 'bus' });
    const EventPattern = '{"source":["a"]}';
    const arn = `arn:aws:events:us-east-1:${ACCOUNT}:rule/bus/r`;
    const put = await call('PutRule', { Name: 'r', EventBusName: 'bus', EventPattern });
    assert.deepEqual(put, { RuleArn: arn });
    const rule = { Name: 'r', Arn: arn, EventPattern, State: 'ENABLED', EventBusName: 'bus' };
    const described = await call('DescribeRule', { Name: 'r', EventBusName: 'bus' });
    assert.deepEqual(described, { ...rule, CreatedBy: ACCOUNT });
    assert.deepEqual(await call('ListRules', { EventBusName: 'bus' }), { Rules: [rule] });
    await call('DeleteRule', { Name: 'r', EventBusName: 'bus' });
    await assert.rejects(
      call('DescribeRule', { Name: 'r' }),
      fails('ResourceNotFoundException', 'Rule r does not exist on EventBus default.'),
    );
  });

  it('is refused without a pattern or a schedule, or with a malformed one', async () => {
    const { call } = await openHarness();
    await call('CreateEventBus', { Name: 'bus' });
    const refusals = [
      [
        {},
        'ValidationException',
        'Parameter(s) EventPattern or ScheduleExpression must be specified.',
      ],
      [
        { ScheduleExpression: 'cron(7 20 * * NOT *)' },
        'ValidationException',
        'Parameter ScheduleExpression is not valid.',
      ],
      [
        { ScheduleExpression: 'rate(1 minute)', EventBusName: 'bus' },
        'ValidationException',
        'ScheduleExpression is supported only on the default event bus.',
      ],
      [
        { EventPattern: '{"a":[]}' },
        'InvalidEventPatternException',
        'Event pattern is not valid. Reason: Empty arrays are not allowed\n at [Source: (String)"{"a":[]}"; line: 1, column: 8]',
      ],
      [
        { EventPattern: '{"a":[1]}', EventBusName: 'none' },
        'ResourceNotFoundException',
        'Event bus none does not exist.',
      ],
    ] as const;
    for (const [input, code, message] of refusals) {
      await assert.rejects(call('PutRule', { Name: 'r', ...input }), fails(code, message));
    }
  });

  it('keeps its targets until they are removed, and lists them by pages', async () => {
    const { call, makeRule } = await openHarness();
    await makeRule({ source: ['a'] });
    const Targets = ['a', 'b', 'c', 'd'].map((Id) => ({ Id, Arn: QUEUE }));
    await call('PutTargets', { Rule: 'rule', Targets });
    await assert.rejects(
      call('PutTargets', { Rule: 'rule', Targets: [{ Id: 'e', Arn: QUEUE }] }),
      fails('LimitExceededException', 'The requested resource exceeds the maximum number allowed.'),
    );
    const first = await call('ListTargetsByRule', { Rule: 'rule', Limit: 3 });
    assert.deepEqual(
      first.Targets?.map(({ Id }) => Id),
      ['a', 'b', 'c'],
    );
    const NextToken = first.NextToken ?? '';
    const second = await call('ListTargetsByRule', { Rule: 'rule', Limit: 3, NextToken });
    assert.deepEqual(second, {
      Targets: [
        { Id: 'd', Arn: QUEUE },
        { Id: 'target', Arn: QUEUE },
      ],
    });
    const names = await call('ListRuleNamesByTarget', { TargetArn: QUEUE });
    assert.deepEqual(names, { RuleNames: ['rule'] });
    await assert.rejects(
      call('DeleteRule', { Name: 'rule' }),
      fails('ValidationException', "Rule can't be deleted since it has targets."),
    );
    await call('RemoveTargets', { Rule: 'rule', Ids: ['a', 'b', 'c', 'd', 'target'] });
    await call('DeleteRule', { Name: 'rule' });
  });
});

describe('a bus', () => {
  // Recorded: test_create_multiple_event_buses_same_name, test_put_permission, test_remove_permission.
  it('has a policy that grows by statements and goes with the last', async () => {
    const { call } = await openHarness();
    await call('CreateEventBus', {
      Name: 'bus',
      Description: 'd',
      Tags: [{ Key: 'k', Value: 'v' }],
    });
    await assert.rejects(
      call('CreateEventBus', { Name: 'bus' }),
      fails('ResourceAlreadyExistsException', 'Event bus bus already exists.'),
    );
    const statement = { Action: 'events:PutEvents', EventBusName: 'bus' };
    await call('PutPermission', { ...statement, Principal: '222222222222', StatementId: 'a' });
    await assert.rejects(
      call('PutPermission', {
        ...statement,
        Action: 'events:Other',
        Principal: '*',
        StatementId: 'c',
      }),
      fails('ValidationException', "Provided value in parameter 'action' is not supported."),
    );
    await call('PutPermission', { ...statement, Principal: '*', StatementId: 'b' });
    const { Policy = '', Arn: arn = '' } = await call('DescribeEventBus', { Name: 'bus' });
    const common = { Effect: 'Allow', Action: 'events:PutEvents', Resource: arn };
    assert.deepEqual(JSON.parse(Policy), {
      Version: '2012-10-17',
      Statement: [
        { Sid: 'a', Principal: { AWS: 'arn:aws:iam::222222222222:root' }, ...common },
        { Sid: 'b', Principal: '*', ...common },
      ],
    });
    await call('RemovePermission', { EventBusName: 'bus', StatementId: 'a' });
    await assert.rejects(
      call('RemovePermission', { EventBusName: 'bus', StatementId: 'a' }),
      fails('ResourceNotFoundException', 'Statement with the provided id does not exist.'),
    );
    await call('RemovePermission', { EventBusName: 'bus', RemoveAllPermissions: true });
    assert.ok(!('Policy' in (await call('DescribeEventBus', { Name: 'bus' }))));
    const tags = await call('ListTagsForResource', { ResourceARN: arn });
    assert.deepEqual(tags, { Tags: [{ Key: 'k', Value: 'v' }] });
    await call('DeleteEventBus', { Name: 'bus' });
    await assert.rejects(
      call('ListTagsForResource', { ResourceARN: arn }),
      fails('ResourceNotFoundException', 'Event bus bus does not exist.'),
    );
  });

  it('is always there by default, and stays', async () => {
    const { call } = await openHarness();
    const { EventBuses } = await call('ListEventBuses', {});
    assert.deepEqual(
      EventBuses?.map(({ Name }) => Name),
      ['default'],
    );
    await assert.rejects(
      call('DeleteEventBus', { Name: 'default' }),
      fails('ValidationException', 'Cannot delete event bus default.'),
    );
  });
});

describe('a schedule', () => {
  it('fires each time that it is due, once however often the server restarts', async () => {
    const { call, clock, received, events, restart } = await openHarness();
    await call('PutRule', { Name: 'tick', ScheduleExpression: 'rate(5 minutes)' });
    await call('PutTargets', { Rule: 'tick', Targets: [{ Id: 'a', Arn: QUEUE }] });
    const first = new AbortController();
    const running = events.run(first.signal);
    await clock.advance(5 * 60_000 - 1);
    assert.equal(received().length, 0);
    await clock.advance(1);
    assert.equal(received().length, 1);
    first.abort();
    await running;
    const second = new AbortController();
    const runningAgain = restart().run(second.signal);
    await clock.advance(5 * 60_000 - 1);
    assert.equal(received().length, 1);
    await clock.advance(1);
    second.abort();
    await runningAgain;
    assert.deepEqual(
      received().map((event) => (event as { time: string }).time),
      ['2026-01-01T00:05:00Z', '2026-01-01T00:10:00Z'],
    );
    // Recorded: test_schedule_cron_target_sqs.
    const [event] = received() as Record<string, unknown>[];
    assert.deepEqual(
      [event?.['detail-type'], event?.['source'], event?.['resources'], event?.['detail']],
      ['Scheduled Event', 'aws.events', [`arn:aws:events:us-east-1:${ACCOUNT}:rule/tick`], {}],
    );
  });

  it('makes up for the first firing of those that were missed, and goes on as it was', async () => {
    const { call, clock, received, events } = await openHarness();
    await call('PutRule', { Name: 'tick', ScheduleExpression: 'cron(0 * * * ? *)' });
    await call('PutTargets', { Rule: 'tick', Targets: [{ Id: 'a', Arn: QUEUE }] });
    await clock.advance(3.5 * 3_600_000);
    const stop = new AbortController();
    const running = events.run(stop.signal);
    await clock.settle();
    await clock.advance(1_800_000);
    stop.abort();
    await running;
    assert.deepEqual(
      received().map((event) => (event as { time: string }).time),
      ['2026-01-01T01:00:00Z', '2026-01-01T04:00:00Z'],
    );
  });
});

describe('TestEventPattern', () => {
  it('tells whether an event matches, and refuses what is no event', async () => {
    const { call } = await openHarness();
    const event = {
      id: '1',
      account: '1',
      source: 'a',
      time: 't',
      region: 'r',
      'detail-type': 'd',
    };
    const test = (source: string) =>
      call('TestEventPattern', {
        Event: JSON.stringify(event),
        EventPattern: JSON.stringify({ source: [source] }),
      });
    assert.deepEqual(await test('a'), { Result: true });
    assert.deepEqual(await test('b'), { Result: false });
    await assert.rejects(
      call('TestEventPattern', { Event: '[]', EventPattern: '{"a":[1]}' }),
      fails('ValidationException', 'Parameter Event is not valid.'),
    );
  });
});
