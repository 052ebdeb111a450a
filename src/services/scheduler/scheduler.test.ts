import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { textOf } from '#kernel/bytes.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#kernel/units.ts';
import { ACCOUNT, BASE, DEAD_LETTERS, fails, QUEUE, start } from './harness.test.ts';

describe('a schedule', () => {
  it('fires a rate at once and then regularly, across restarts', async () => {
    const { call, pass, firedAt } = await start();
    await call('CreateSchedule', BASE);
    await pass(10 * MINUTE_MS - 1);
    await pass(1);
    await pass(10 * MINUTE_MS - 1);
    assert.deepEqual(firedAt(), ['2026-01-01T00:00', '2026-01-01T00:10']);
  });

  it('follows the wall clock of its zone through daylight saving', async () => {
    const { call, pass, firedAt } = await start(Date.parse('2026-03-07T00:00:00Z'));
    await call('CreateSchedule', {
      ...BASE,
      ScheduleExpression: 'cron(0 9 * * ? *)',
      ScheduleExpressionTimezone: 'America/New_York',
    });
    await pass(3 * DAY_MS);
    assert.deepEqual(firedAt(), ['2026-03-07T14:00', '2026-03-08T13:00', '2026-03-09T13:00']);
  });

  it('fires once at its time, and is gone after that where asked', async () => {
    const { call, pass, firedAt } = await start();
    const once = { ...BASE, ScheduleExpression: 'at(2026-01-01T09:00:00)' };
    const ScheduleExpressionTimezone = 'Asia/Seoul';
    await call('CreateSchedule', { ...once, ScheduleExpressionTimezone });
    await call('CreateSchedule', { ...once, Name: 'gone', ActionAfterCompletion: 'DELETE' });
    await pass(DAY_MS);
    assert.deepEqual(firedAt(), ['2026-01-01T00:00', '2026-01-01T09:00']);
    const { Schedules } = await call('ListSchedules', {});
    assert.deepEqual(
      Schedules.map(({ Name }) => Name),
      ['s'],
    );
  });

  it('keeps to its start and its end', async () => {
    const { call, clock, pass, firedAt } = await start();
    const StartDate = clock.now() + 5 * MINUTE_MS;
    await call('CreateSchedule', { ...BASE, StartDate, EndDate: StartDate + 20 * MINUTE_MS });
    await pass(HOUR_MS);
    assert.deepEqual(firedAt(), ['2026-01-01T00:05', '2026-01-01T00:15', '2026-01-01T00:25']);
  });

  it('fires within its flexible window, once', async () => {
    const { call, pass, firedAt } = await start();
    const FlexibleTimeWindow = { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 };
    const ScheduleExpression = 'cron(0 * * * ? *)';
    await call('CreateSchedule', { ...BASE, FlexibleTimeWindow, ScheduleExpression });
    await pass(6 * HOUR_MS + 15 * MINUTE_MS);
    const hours = firedAt().map((at) => at.slice(11, 13));
    assert.deepEqual(hours, ['01', '02', '03', '04', '05', '06']);
    const minutes = firedAt().map((at) => Number(at.slice(14)));
    assert.ok(minutes.every((minute) => minute < 15) && new Set(minutes).size > 1);
  });

  it('makes up for the first missed firing and the last minutes’, or dead-letters what is too old', async () => {
    const { call, clock, pass, deliveries, firedAt } = await start();
    const RetryPolicy = { MaximumEventAgeInSeconds: 3600 };
    const Target = { ...BASE.Target, RetryPolicy, DeadLetterConfig: { Arn: DEAD_LETTERS } };
    await call('CreateSchedule', { ...BASE, Target, ScheduleExpression: 'cron(0 * * * ? *)' });
    await clock.advance(2 * HOUR_MS);
    await pass(1);
    // That of 01:00, and that which is due now.
    assert.deepEqual(firedAt(), ['2026-01-01T02:00', '2026-01-01T02:00']);
    assert.equal(deliveries[0]?.delivery.targetArn, QUEUE);
    await clock.advance(2 * HOUR_MS + MINUTE_MS);
    await pass(1);
    assert.deepEqual(firedAt().slice(2), ['2026-01-01T04:01', '2026-01-01T04:01']);
    const letter = deliveries[2]?.delivery;
    assert.equal(letter?.targetArn, DEAD_LETTERS);
    assert.equal(letter.options?.attributes?.['SCHEDULED_TIME']?.value, '2026-01-01T03:00:00Z');
    assert.equal(deliveries[3]?.delivery.targetArn, QUEUE);
  });

  it('does not fire while it is disabled', async () => {
    const { call, pass, firedAt } = await start();
    await call('CreateSchedule', { ...BASE, State: 'DISABLED' });
    await pass(HOUR_MS);
    assert.deepEqual(firedAt(), []);
    await call('UpdateSchedule', BASE);
    await pass(0);
    assert.deepEqual(firedAt(), ['2026-01-01T01:00']);
  });
});

describe('what a target receives', () => {
  it('is its input with the attributes of the firing filled in', async () => {
    const { call, pass, deliveries } = await start();
    const Input = '{"arn":"<aws.scheduler.schedule-arn>","at":"<aws.scheduler.scheduled-time>"}';
    await call('CreateSchedule', { ...BASE, Target: { ...BASE.Target, Input } });
    await pass(0);
    const arn = `arn:aws:scheduler:us-east-1:${ACCOUNT}:schedule/default/s`;
    const [first] = deliveries;
    assert.ok(first);
    assert.deepEqual(JSON.parse(textOf(first.delivery.payload)), {
      arn,
      at: '2026-01-01T00:00:00Z',
    });
    assert.equal(first.delivery.sourceService, 'scheduler.amazonaws.com');
    assert.equal(first.delivery.sourceArn, arn);
  });

  it('is a whole event where the target is a bus', async () => {
    const { call, pass, deliveries } = await start();
    const Target = {
      ...BASE.Target,
      Arn: `arn:aws:events:us-east-1:${ACCOUNT}:event-bus/default`,
      EventBridgeParameters: { DetailType: 'tick', Source: 'clock' },
      Input: '{"a":1}',
    };
    await call('CreateSchedule', { ...BASE, Target });
    await pass(0);
    const event = JSON.parse(textOf(deliveries[0]?.delivery.payload ?? new Uint8Array())) as object;
    assert.deepEqual(
      { ...event, id: '' },
      {
        version: '0',
        id: '',
        'detail-type': 'tick',
        source: 'clock',
        account: ACCOUNT,
        time: '2026-01-01T00:00:00Z',
        region: 'us-east-1',
        resources: [`arn:aws:scheduler:us-east-1:${ACCOUNT}:schedule/default/s`],
        detail: { a: 1 },
      },
    );
  });

  it('goes to the dead-letter queue where the target is gone', async () => {
    const { call, pass, deliveries, answers } = await start();
    answers.set(QUEUE, 'missing');
    const Target = { ...BASE.Target, DeadLetterConfig: { Arn: DEAD_LETTERS } };
    await call('CreateSchedule', { ...BASE, Target });
    await pass(0);
    const attributes = deliveries[0]?.delivery.options?.attributes;
    assert.equal(attributes?.['ERROR_CODE']?.value, 'ResourceNotFoundException');
    assert.equal(attributes['TARGET_ARN']?.value, QUEUE);
  });
});

describe('the operations', () => {
  // Recorded: tests_create_schedule_with_invalid_schedule_expression.
  it('refuse expressions in AWS’s words', async () => {
    const { call } = await start();
    const refused = [
      'cron(7 20 * * NOT *)',
      'cron(INVALID)',
      'cron(0 dummy ? * MON-FRI *)',
      'rate(10 years)',
      'rate(10 minutess)',
      'rate(foo minutes)',
      'rate(-10 minutes)',
      'at(2021-12-31)',
    ];
    for (const ScheduleExpression of refused) {
      await assert.rejects(
        call('CreateSchedule', { ...BASE, ScheduleExpression }),
        fails('ValidationException', `Invalid Schedule Expression ${ScheduleExpression}.`),
      );
    }
  });

  it('take a start five minutes ago, and none before', async () => {
    const { call, clock } = await start();
    const StartDate = clock.now() - 5 * MINUTE_MS;
    await call('CreateSchedule', { ...BASE, StartDate });
    await assert.rejects(
      call('CreateSchedule', { ...BASE, Name: 't', StartDate: StartDate - 1 }),
      fails(
        'ValidationException',
        'The StartDate you specify cannot be earlier than 5 minutes ago.',
      ),
    );
  });

  it('take a universal target that can be called, and say which can', async () => {
    const { call, pass, deliveries } = await start();
    const target = (operation: string, Input: string) => ({
      ...BASE,
      Target: { ...BASE.Target, Arn: `arn:aws:scheduler:::aws-sdk:${operation}`, Input },
    });
    const QueueUrl = `http://localhost/${ACCOUNT}/queue`;
    const message = JSON.stringify({ QueueUrl, MessageBody: 'at <aws.scheduler.scheduled-time>' });
    await assert.rejects(
      call('CreateSchedule', target('ec2:stopInstances', '{}')),
      /universal targets can call sqs:sendMessage, /,
    );
    await assert.rejects(
      call('CreateSchedule', target('sqs:sendMessage', '{}')),
      fails('ValidationException', 'Input is not what sqs:sendMessage takes here.'),
    );
    await call('CreateSchedule', target('sqs:sendMessage', message));
    await pass(0);
    const [fired] = deliveries.map(({ delivery }) => delivery);
    assert.equal(fired?.targetArn, QUEUE);
    assert.equal(textOf(fired.payload), 'at 2026-01-01T00:00:00Z');
  });

  it('describe a schedule with its defaults, and forget it when it is deleted', async () => {
    const { call, clock } = await start();
    await call('CreateSchedule', BASE);
    const nowMs = clock.now();
    const RetryPolicy = { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 };
    assert.deepEqual(await call('GetSchedule', { Name: 's' }), {
      Arn: `arn:aws:scheduler:us-east-1:${ACCOUNT}:schedule/default/s`,
      GroupName: 'default',
      ...BASE,
      ScheduleExpressionTimezone: 'UTC',
      State: 'ENABLED',
      CreationDate: nowMs,
      LastModificationDate: nowMs,
      Target: { ...BASE.Target, RetryPolicy },
      ActionAfterCompletion: 'NONE',
    });
    await call('DeleteSchedule', { Name: 's' });
    await assert.rejects(
      call('GetSchedule', { Name: 's' }),
      fails('ResourceNotFoundException', 'Schedule s does not exist.'),
    );
  });

  it('refuse targets that no template knows, and input that is no JSON where JSON is wanted', async () => {
    const { call } = await start();
    const create = (Arn: string, Input?: string) => {
      const target = { ...BASE.Target, Arn, ...(Input === undefined ? {} : { Input }) };
      return call('CreateSchedule', { ...BASE, Target: target });
    };
    await assert.rejects(
      create('arn:aws:s3:::bucket'),
      fails('ValidationException', 'Provided Arn is not in correct format.'),
    );
    const functionArn = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:f`;
    await assert.rejects(
      create(functionArn, 'text'),
      fails('ValidationException', `Input must be JSON for the target ${functionArn}.`),
    );
    await create(QUEUE, 'text');
  });

  it('answer a repeated creation by its token, and refuse any other', async () => {
    const { call } = await start();
    const first = await call('CreateSchedule', { ...BASE, ClientToken: 'token' });
    assert.deepEqual(await call('CreateSchedule', { ...BASE, ClientToken: 'token' }), first);
    await assert.rejects(
      call('CreateSchedule', { ...BASE, ClientToken: 'other' }),
      fails('ConflictException', 'Schedule s already exists.'),
    );
  });

  it('keep schedules in groups, which have tags and take their schedules with them', async () => {
    const { call } = await start();
    await assert.rejects(
      call('CreateSchedule', { ...BASE, GroupName: 'g' }),
      fails('ResourceNotFoundException', 'Schedule group g does not exist.'),
    );
    const Tags = [{ Key: 'k', Value: 'v' }];
    const { ScheduleGroupArn: ResourceArn } = await call('CreateScheduleGroup', {
      Name: 'g',
      Tags,
    });
    await call('CreateSchedule', { ...BASE, GroupName: 'g' });
    await call('CreateSchedule', BASE);
    assert.deepEqual(await call('ListTagsForResource', { ResourceArn }), { Tags });
    await call('UntagResource', { ResourceArn, TagKeys: ['k'] });
    assert.deepEqual(await call('ListTagsForResource', { ResourceArn }), { Tags: [] });
    const page = await call('ListSchedules', { MaxResults: 1 });
    assert.deepEqual(
      page.Schedules.map(({ GroupName }) => GroupName),
      ['default'],
    );
    const NextToken = page.NextToken ?? '';
    const rest = await call('ListSchedules', { MaxResults: 1, NextToken });
    assert.deepEqual(
      rest.Schedules.map(({ GroupName }) => GroupName),
      ['g'],
    );
    assert.equal(rest.NextToken, undefined);
    await call('DeleteScheduleGroup', { Name: 'g' });
    assert.equal((await call('ListSchedules', {})).Schedules.length, 1);
    const { ScheduleGroups } = await call('ListScheduleGroups', {});
    assert.deepEqual(
      ScheduleGroups.map(({ Name }) => Name),
      ['default'],
    );
  });
});
