/** AWS's durable execution SDK for JavaScript, unmodified. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  CreateEventSourceMappingCommand,
  InvokeCommand,
  ListDurableExecutionsByFunctionCommand,
  SendDurableExecutionCallbackFailureCommand,
  SendDurableExecutionCallbackHeartbeatCommand,
  SendDurableExecutionCallbackSuccessCommand,
  StopDurableExecutionCommand,
} from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { type ExampleServer, startServer } from '../../examples/server.ts';
import { createClients, createNodeFunction } from '../e2e/clients.ts';
import {
  begin,
  createDurable,
  ending,
  eventually,
  FLAGS,
  history,
  LIMIT,
  look,
  pass,
  result,
  until,
} from './durable-harness.ts';

describe('durable functions', LIMIT, () => {
  let server: ExampleServer;
  before(async () => {
    server = await startServer({ flags: FLAGS });
  });
  after(() => server.stop());

  it('do steps once, and go on after a wait of a day where they stopped', async () => {
    const source = `async (event, context) => {
      const first = await context.step('first', async () => ({ at: Date.now(), got: event.order }));
      await context.wait('a day', { days: 1 });
      const second = await context.step('second', async () => first.got + 1);
      return { first: first.got, second };
    }`;
    await createDurable(server, 'waits', source);
    const arn = await begin(server, 'waits', { order: 41 });
    await pass(server, 86_400);
    assert.deepEqual(await result(server, arn), { first: 41, second: 42 });
    assert.deepEqual(
      (await history(server, arn)).map(({ EventType }) => EventType),
      [
        'ExecutionStarted',
        'StepStarted',
        'StepSucceeded',
        'WaitStarted',
        'InvocationCompleted',
        'WaitSucceeded',
        'StepStarted',
        'StepSucceeded',
        'InvocationCompleted',
        'ExecutionSucceeded',
      ],
    );
  });

  it('try a step again after the pause that it asks for, and tell how often', async () => {
    const source = `async (event, context) => context.step('often', async ({ logger }) => {
      globalThis.calls = (globalThis.calls ?? 0) + 1;
      if (globalThis.calls < 3) throw new Error('not yet ' + globalThis.calls);
      return globalThis.calls;
    }, { retryStrategy: (error, attempt) => ({ shouldRetry: attempt < 5, delay: { hours: 1 } }) })`;
    await createDurable(server, 'retries', source);
    const arn = await begin(server, 'retries');
    await pass(server, 7200);
    assert.equal(await result(server, arn), 3);
    const events = await history(server, arn);
    const failures = events.flatMap(({ StepFailedDetails: details }) =>
      details === undefined ? [] : [[details.Error?.Payload?.ErrorMessage, details.RetryDetails]],
    );
    assert.deepEqual(failures, [
      ['not yet 1', { CurrentAttempt: 1, NextAttemptDelaySeconds: 3600 }],
      ['not yet 2', { CurrentAttempt: 2, NextAttemptDelaySeconds: 3600 }],
    ]);
    const success = events.find(({ EventType }) => EventType === 'StepSucceeded');
    assert.deepEqual(success?.StepSucceededDetails?.RetryDetails, { CurrentAttempt: 3 });
  });

  it('fail with the error of a step that is tried no more', async () => {
    const source = `async (event, context) => context.step('never', async () => {
      throw new RangeError('too far');
    }, { retryStrategy: () => ({ shouldRetry: false }) })`;
    await createDurable(server, 'fails', source);
    const { Status, Error: error } = await ending(server, await begin(server, 'fails'));
    assert.equal(Status, 'FAILED');
    assert.match(error?.ErrorMessage ?? '', /too far/);
    assert.equal(error?.ErrorType, 'StepError');
  });

  it('wait for a condition', async () => {
    const source = `async (event, context) => context.waitForCondition('ready', async (state) => state + 1, {
      initialState: 0,
      waitStrategy: (state) => state >= 3
        ? { shouldContinue: false }
        : { shouldContinue: true, delay: { minutes: 10 } },
    })`;
    await createDurable(server, 'conditions', source);
    const arn = await begin(server, 'conditions');
    await pass(server, 1200);
    assert.equal(await result(server, arn), 3);
  });

  it('run branches and items at once, each with waits of its own', async () => {
    const source = `async (event, context) => {
      const branches = await context.parallel('both', [
        async (branch) => { await branch.wait({ hours: 1 }); return 'slow'; },
        async (branch) => branch.step('quick', async () => 'quick'),
      ]);
      const items = await context.map('all', [1, 2, 3], async (item, n, index) => {
        await item.wait({ minutes: 5 });
        return item.step('double', async () => 2 * n);
      }, { maxConcurrency: 2 });
      return [branches.getResults(), items.getResults()];
    }`;
    await createDurable(server, 'branches', source);
    const arn = await begin(server, 'branches');
    await pass(server, 5400);
    assert.deepEqual(await result(server, arn), [
      ['slow', 'quick'],
      [2, 4, 6],
    ]);
  });

  it('go on when a callback is answered, and fail when it is refused', async () => {
    const source = `async (event, context) => {
      try {
        const [promise, id] = await context.createCallback('asked', { timeout: { days: 1 } });
        return { answer: await promise };
      } catch (error) {
        return { name: error.name, message: error.message };
      }
    }`;
    await createDurable(server, 'callbacks', source);
    const { lambda } = createClients(server);
    const answered = await begin(server, 'callbacks');
    const CallbackId = await callbackOf(answered);
    await lambda.send(
      new SendDurableExecutionCallbackSuccessCommand({ CallbackId, Result: Buffer.from('"yes"') }),
    );
    assert.deepEqual(await result(server, answered), { answer: '"yes"' });
    const again = lambda.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId }));
    await assert.rejects(again, { name: 'CallbackTimeoutException' });
    const refused = await begin(server, 'callbacks');
    await lambda.send(
      new SendDurableExecutionCallbackFailureCommand({
        CallbackId: await callbackOf(refused),
        Error: { ErrorType: 'Refused', ErrorMessage: 'no' },
      }),
    );
    assert.deepEqual(await result(server, refused), {
      name: 'CallbackExternalError',
      message: 'no',
    });
  });

  it('time out on callbacks that are late, and those whose heartbeat stops', async () => {
    const source = `async (event, context) => {
      try {
        return await context.waitForCallback('asked', async () => {}, event);
      } catch (error) {
        return { name: error.name, message: error.message };
      }
    }`;
    await createDurable(server, 'late', source);
    const { lambda } = createClients(server);
    const late = await begin(server, 'late', { timeout: { hours: 1 } });
    const options = { timeout: { hours: 5 }, heartbeatTimeout: { hours: 1 } };
    const silent = await begin(server, 'late', options);
    const alive = await begin(server, 'late', options);
    const CallbackId = await callbackOf(alive);
    for (const arn of [late, silent]) await callbackOf(arn);
    await pass(server, 2400);
    await lambda.send(new SendDurableExecutionCallbackHeartbeatCommand({ CallbackId }));
    await pass(server, 2400);
    const told = { name: 'CallbackTimeoutError' };
    assert.deepEqual(await result(server, late), { ...told, message: 'Callback timed out' });
    const quiet = { ...told, message: 'Callback timed out on heartbeat' };
    assert.deepEqual(await result(server, silent), quiet);
    await lambda.send(
      new SendDurableExecutionCallbackSuccessCommand({ CallbackId, Result: Buffer.from('"here"') }),
    );
    assert.equal(await result(server, alive), '"here"');
  });

  it('invoke other functions, durable and not, and are told how they end', async () => {
    await createDurable(
      server,
      'inner',
      `async (event, context) => {
      await context.wait({ hours: 1 });
      if (event.fail) throw new TypeError('inner fault');
      return event.n + 1;
    }`,
    );
    await createNodeFunction(
      server,
      'plain',
      `export const handler = async (event) => {
      if (event.fail) throw new RangeError('plain fault');
      return event.n * 2;
    };`,
    );
    const source = `async (event, context) => {
      const told = (error) => [error.name, error.message];
      return {
        inner: await context.invoke('inner', 'inner:1', { n: 1 }),
        plain: await context.invoke('plain', 'plain', { n: 4 }),
        faults: await Promise.all(['inner:1', 'plain', 'inner', 'nobody'].map((name) =>
          context.invoke('x' + name, name, { fail: true }).catch(told))),
      };
    }`;
    await createDurable(server, 'outer', source);
    const arn = await begin(server, 'outer');
    await pass(server, 7200);
    assert.deepEqual(await result(server, arn), {
      inner: 2,
      plain: 8,
      faults: [
        ['InvokeError', 'inner fault'],
        ['InvokeError', 'plain fault'],
        ['InvokeError', 'You cannot invoke a durable function using an unqualified ARN.'],
        [
          'InvokeError',
          `Function not found: arn:aws:lambda:us-east-1:${server.accountId}:function:nobody:$LATEST`,
        ],
      ],
    });
    const begun = (await history(server, arn)).find(
      ({ EventType }) => EventType === 'ChainedInvokeStarted',
    );
    const child = begun?.ChainedInvokeStartedDetails?.DurableExecutionArn ?? '';
    assert.equal(await result(server, child), 2);
  });

  it('answer who waits, and find an execution again by its name', async () => {
    const source = `async (event, context) => {
      await context.wait({ seconds: 30 });
      return { got: event };
    }`;
    const DurableConfig = { ExecutionTimeout: 900 };
    await createDurable(server, 'named', source, { DurableConfig });
    const { lambda } = createClients(server);
    const invoke = (event: object, more: object = {}) =>
      lambda.send(
        new InvokeCommand({
          FunctionName: 'named:1',
          DurableExecutionName: 'order-1',
          Payload: JSON.stringify(event),
          ...more,
        }),
      );
    const first = invoke({ n: 1 });
    const listed = await until(
      () => lambda.send(new ListDurableExecutionsByFunctionCommand({ FunctionName: 'named' })),
      ({ DurableExecutions: found = [] }) => found.length === 1,
    );
    const [{ DurableExecutionArn = '' } = {}] = listed.DurableExecutions ?? [];
    const second = invoke({ n: 1 });
    await eventually(server, DurableExecutionArn, 'WaitStarted');
    await assert.rejects(invoke({ n: 2 }), { name: 'DurableExecutionAlreadyStartedException' });
    await pass(server, 30);
    for (const { Payload, DurableExecutionArn: arn, ExecutedVersion } of [
      await first,
      await second,
      await invoke({ n: 1 }),
    ]) {
      assert.deepEqual(JSON.parse(Buffer.from(Payload ?? []).toString()), { got: { n: 1 } });
      assert.equal(arn, DurableExecutionArn);
      assert.equal(ExecutedVersion, '1');
    }
    const event = await invoke({ n: 1 }, { InvocationType: 'Event' });
    assert.equal(event.DurableExecutionArn, DurableExecutionArn);
    assert.match(
      DurableExecutionArn,
      /:function:named:1\/durable-execution\/order-1\/[0-9a-f-]{36}$/,
    );
  });

  it('end when they are stopped, and when their time is over', async () => {
    const source = `async (event, context) => { await context.wait({ days: 30 }); }`;
    const DurableConfig = { ExecutionTimeout: 3600, RetentionPeriodInDays: 1 };
    await createDurable(server, 'stops', source, { DurableConfig });
    const { lambda } = createClients(server);
    const stopped = await begin(server, 'stops');
    const late = await begin(server, 'stops');
    for (const arn of [stopped, late]) await eventually(server, arn, 'WaitStarted');
    const reason = { ErrorType: 'Enough', ErrorMessage: 'no more' };
    const stop = new StopDurableExecutionCommand({ DurableExecutionArn: stopped, Error: reason });
    const { StopTimestamp } = await lambda.send(stop);
    assert.deepEqual((await lambda.send(stop)).StopTimestamp, StopTimestamp);
    const told = await look(server, stopped);
    assert.deepEqual([told.Status, told.Error], ['STOPPED', reason]);
    await pass(server, 3600);
    const { Status, Error: error } = await ending(server, late);
    assert.deepEqual(
      [Status, error?.ErrorMessage],
      ['TIMED_OUT', 'Execution timed out after 3600 seconds.'],
    );
    const listed = new ListDurableExecutionsByFunctionCommand({
      FunctionName: 'stops',
      Statuses: ['TIMED_OUT'],
    });
    const { DurableExecutions: found = [] } = await lambda.send(listed);
    assert.deepEqual(
      found.map(({ DurableExecutionArn }) => DurableExecutionArn),
      [late],
    );
    await pass(server, 86_400);
    await assert.rejects(look(server, late), { name: 'ResourceNotFoundException' });
  });

  it('wait for a moved clock though a batch of a queue waits for them', async () => {
    const source = `async (event, context) => {
      await context.wait({ minutes: 10 });
      return event.Records.length;
    }`;
    await createDurable(server, 'mapped', source, { DurableConfig: { ExecutionTimeout: 900 } });
    const { lambda } = createClients(server);
    const { endpoint, region, credentials } = server;
    const sqs = new SQSClient({ endpoint, region, credentials });
    const Attributes = { VisibilityTimeout: '900' };
    const { QueueUrl } = await sqs.send(
      new CreateQueueCommand({ QueueName: 'mapped', Attributes }),
    );
    const EventSourceArn = `arn:aws:sqs:${region}:${server.accountId}:mapped`;
    await lambda.send(
      new CreateEventSourceMappingCommand({ FunctionName: 'mapped:1', EventSourceArn }),
    );
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'm' }));
    const listed = await until(
      () => lambda.send(new ListDurableExecutionsByFunctionCommand({ FunctionName: 'mapped' })),
      ({ DurableExecutions: found = [] }) => found.length === 1,
    );
    const [{ DurableExecutionArn = '' } = {}] = listed.DurableExecutions ?? [];
    await eventually(server, DurableExecutionArn, 'WaitStarted');
    await pass(server, 600);
    assert.equal(await result(server, DurableExecutionArn), 1);
    await pass(server, 900);
    const left = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
    assert.equal(left.Attributes?.['ApproximateNumberOfMessages'], '0');
  });

  async function callbackOf(arn: string): Promise<string> {
    const event = await eventually(server, arn, 'CallbackStarted');
    return event.CallbackStartedDetails?.CallbackId ?? '';
  }
});
