import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runtimeProgram } from '#adapters/simulated-sandbox/index.ts';
import {
  functionVersion,
  payloadOf,
  REQUEST_ID,
  RuntimeClient,
  TestPlane,
} from '../../../test/support/invoke-plane.ts';

const echo = runtimeProgram({ handler: async ({ payload }) => payload });

describe('invoke', () => {
  it('returns what the function responds, and reports it', async () => {
    await using test = new TestPlane({ program: echo });
    test.catalog.put(functionVersion());
    const outcome = await test.during(test.invoke({ payload: Buffer.from('{"a":1}') }));
    assert.equal(outcome.kind, 'returned');
    assert.equal(await payloadOf(outcome), '{"a":1}');
    await test.clock.settle();
    const [report] = test.reports;
    assert.equal(report?.failure, undefined);
    assert.equal(report?.maxMemoryUsedMiB, 32);
    assert.deepEqual(test.log.problems, []);
  });

  it('uses the environment again', async () => {
    let count = 0;
    await using test = new TestPlane({
      program: (process) => {
        let own = 0;
        count += 1;
        return runtimeProgram({
          handler: async () => {
            own += 1;
            return `${count}.${own}`;
          },
        })(process);
      },
    });
    test.catalog.put(functionVersion());
    assert.equal(await payloadOf(await test.during(test.invoke())), '1.1');
    assert.equal(await payloadOf(await test.during(test.invoke())), '1.2');
    assert.equal(test.driver.launches, 1);
  });

  it('needs one environment for a caller who calls again as soon as it is answered', async () => {
    await using test = new TestPlane({
      program: async (process) => {
        const api = '/2018-06-01/runtime/invocation';
        const client = new RuntimeClient(process.connect());
        for (;;) {
          const { requestId } = await client.next();
          await client.post(`${api}/${requestId}/response`, '1');
          await process.sleep(3);
        }
      },
    });
    test.catalog.put(functionVersion());
    const calls = async (): Promise<void> => {
      for (let count = 0; count < 5; count += 1) await payloadOf(await test.invoke());
    };
    await test.during(calls(), 100);
    assert.equal(test.driver.launches, 1);
  });

  it('writes INIT_START, START, the output, END and REPORT as AWS does', async () => {
    await using test = new TestPlane({
      program: runtimeProgram({
        init: async (process) => process.sleep(100.5),
        handler: async (_event, process) => {
          process.print('multi\nline\nstring\nanother\rline\n');
          await process.sleep(10.25);
          return 'null';
        },
      }),
    });
    test.catalog.put(functionVersion());
    await test.during(test.invoke(), 200);
    const id = REQUEST_ID;
    assert.deepEqual(test.messages.slice(1), [
      `START RequestId: ${id} Version: $LATEST\n`,
      'multi\n',
      'line\n',
      'string\n',
      'another\rline\n',
      `END RequestId: ${id}\n`,
      `REPORT RequestId: ${id}\tDuration: 10.25 ms\tBilled Duration: 111 ms\tMemory Size: 128 MB\t` +
        'Max Memory Used: 32 MB\tInit Duration: 100.50 ms\t\n',
    ]);
    assert.match(
      test.messages[0] ?? '',
      /^INIT_START Runtime Version: nodejs:24\S+\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:[0-9a-f]{64}\n$/,
    );
    assert.match(test.lines[0]?.stream.logStream ?? '', /^2026\/01\/01\/\[\$LATEST\][0-9a-f]{32}$/);
  });

  it('answers a timeout in the words of AWS, kills the processes and starts others', async () => {
    await using test = new TestPlane({
      program: runtimeProgram({
        handler: async (_event, process) => {
          await process.sleep(60_000);
          return 'never';
        },
      }),
    });
    test.catalog.put(functionVersion({ timeoutMs: 1000 }));
    const outcome = await test.during(test.invoke(), 1000);
    assert.equal(outcome.kind, 'failed');
    assert.equal(
      await payloadOf(outcome),
      `{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: ${REQUEST_ID} Error: Task timed out after 1.00 seconds"}`,
    );
    assert.equal(test.driver.sandboxes.size, 0);
    assert.equal(test.reports[0]?.failure, 'timeout');
    assert.match(
      test.messages.at(-1) ?? '',
      /\tDuration: 1000.00 ms\tBilled Duration: 1000 ms\t.*\tStatus: timeout\n$/,
    );
    await test.during(test.invoke(), 1000);
    assert.deepEqual([test.driver.launches, test.driver.restarts], [1, 1]);
  });

  it('lets a function that ends just inside its timeout return', async () => {
    await using test = new TestPlane({
      program: runtimeProgram({
        handler: async (_event, process) => {
          await process.sleep(999);
          return '"in time"';
        },
      }),
    });
    test.catalog.put(functionVersion({ timeoutMs: 1000 }));
    const outcome = await test.during(test.invoke(), 1000);
    assert.equal(await payloadOf(outcome), '"in time"');
  });

  it('answers a crash with the exit status, and none with status 0', async () => {
    for (const [status, reason] of [
      [3, 'Runtime exited with error: exit status 3'],
      [0, 'Runtime exited without providing a reason'],
    ] as const) {
      await using test = new TestPlane({
        program: async (process) => {
          const client = new RuntimeClient(process.connect());
          await client.next();
          return status;
        },
      });
      test.catalog.put(functionVersion());
      const outcome = await test.during(test.invoke());
      assert.equal(
        await payloadOf(outcome),
        `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: ${REQUEST_ID} Error: ${reason}"}`,
      );
      assert.equal(test.reports[0]?.failure, 'crash');
    }
  });

  it('tells when the function ran out of memory', async () => {
    await using test = new TestPlane({
      program: runtimeProgram({
        handler: async (_event, process) => {
          process.runOutOfMemory();
          return '';
        },
      }),
    });
    test.catalog.put(functionVersion());
    const outcome = await test.during(test.invoke());
    assert.equal(
      await payloadOf(outcome),
      `{"errorType":"Runtime.OutOfMemory","errorMessage":"RequestId: ${REQUEST_ID} Error: Runtime exited with error: signal: killed"}`,
    );
    assert.equal(test.reports[0]?.failure, 'out-of-memory');
    assert.match(test.messages.at(-1) ?? '', /\tStatus: error\tError Type: Runtime.OutOfMemory\n$/);
  });

  it("passes the function's own error through", async () => {
    await using test = new TestPlane({
      program: runtimeProgram({
        handler: async () => {
          throw new TypeError('no');
        },
      }),
    });
    test.catalog.put(functionVersion());
    const outcome = await test.during(test.invoke());
    assert.equal(outcome.kind, 'failed');
    assert.equal(await payloadOf(outcome), '{"errorType":"TypeError","errorMessage":"no"}');
    assert.equal(test.reports[0]?.failure, 'error');
    assert.doesNotMatch(test.messages.at(-1) ?? '', /Status/);
    await test.during(test.invoke());
    assert.equal(test.driver.launches, 1, 'the environment goes on');
  });

  it('runs a failed init again in the invocation, and answers what it says then', async () => {
    await using test = new TestPlane({
      program: runtimeProgram({
        init: async (process) => {
          await process.sleep(50);
          const error = new Error('cannot start');
          error.name = 'Runtime.ImportModuleError';
          throw error;
        },
        handler: async () => 'never',
      }),
    });
    test.catalog.put(functionVersion());
    const outcome = await test.during(test.invoke(), 200);
    assert.equal(
      await payloadOf(outcome),
      '{"errorType":"Runtime.ImportModuleError","errorMessage":"cannot start"}',
    );
    assert.deepEqual([test.driver.launches, test.driver.restarts], [1, 1]);
    const report =
      /Duration: 50.00 ms\tPhase: (\w+)\tStatus: error\tError Type: Runtime.ImportModuleError\n/;
    assert.equal(report.exec(test.messages[1] ?? '')?.[1], 'init');
    assert.equal(report.exec(test.messages[2] ?? '')?.[1], 'invoke');
    assert.match(test.messages[3] ?? '', /^START /);
    // As functions logged it in 2025 and 2026: neither init is billed beside the duration, and the line has its status.
    assert.match(
      test.messages.at(-1) ?? '',
      /Duration: 50\.00 ms\tBilled Duration: 50 ms\t.* MB\tStatus: error\tError Type: Runtime\.ImportModuleError\n$/,
    );
    assert.equal(test.reports[0]?.durationMs, 50);
    assert.equal(test.reports[0]?.initDurationMs, undefined);
  });

  it('runs an init that took more than 10 s again under the timeout of the function', async () => {
    let inits = 0;
    await using test = new TestPlane({
      program: runtimeProgram({
        init: async (process) => {
          inits += 1;
          await process.sleep(inits === 1 ? 10_001 : 2_000);
        },
        handler: async () => '"late"',
      }),
    });
    test.catalog.put(functionVersion({ timeoutMs: 3000 }));
    const outcome = await test.during(test.invoke(), 13_000);
    assert.equal(await payloadOf(outcome), '"late"');
    assert.match(
      test.messages[1] ?? '',
      /^INIT_REPORT Init Duration: 10000.00 ms\tPhase: init\tStatus: timeout\n$/,
    );
    assert.equal(test.reports[0]?.durationMs, 2000);
    assert.equal(test.reports[0]?.billedDurationMs, 2000);
  });

  it('lets an init of just 10 s pass', async () => {
    await using test = new TestPlane({
      program: runtimeProgram({
        init: async (process) => process.sleep(9_999),
        handler: async () => '"in time"',
      }),
    });
    test.catalog.put(functionVersion());
    const outcome = await test.during(test.invoke(), 10_000);
    assert.equal(await payloadOf(outcome), '"in time"');
    assert.equal(test.reports[0]?.billedDurationMs, 9_999);
  });

  it('throttles at the reserved concurrency, not below it', async () => {
    await using test = new TestPlane({
      program: runtimeProgram({
        handler: async (_event, process) => {
          await process.sleep(100);
          return '1';
        },
      }),
    });
    test.catalog.put(functionVersion(), 2);
    const outcomes = [test.invoke(), test.invoke(), test.invoke()];
    const [first, second, third] = await test.during(Promise.all(outcomes), 500);
    assert.deepEqual([first?.kind, second?.kind], ['returned', 'returned']);
    const reason = 'ReservedFunctionConcurrentInvocationLimitExceeded';
    assert.deepEqual(third, { kind: 'throttled', reason, retryAfterSeconds: 1 });
    const throttles = test.metrics.filter((it) => it.name === 'Throttles' && it.value === 1);
    assert.equal(throttles.length, 3);
  });

  it('tells nobody to try again where nothing is reserved', async () => {
    await using test = new TestPlane({ program: echo });
    test.catalog.put(functionVersion(), 0);
    const reason = 'ReservedFunctionConcurrentInvocationLimitExceeded';
    assert.deepEqual(await test.during(test.invoke()), { kind: 'throttled', reason });
  });

  it('answers ResourceNotFoundException for a function that is not there', async () => {
    await using test = new TestPlane({ program: echo });
    await assert.rejects(test.invoke({ functionName: 'nobody' }), {
      code: 'ResourceNotFoundException',
      message: 'Function not found: arn:aws:lambda:us-east-1:000000000000:function:nobody:$LATEST',
    });
  });

  it('gives the last 4 KB of the log to a caller who wants them', async () => {
    await using test = new TestPlane({
      program: runtimeProgram({
        handler: async (_event, process) => {
          process.print(`${'x'.repeat(5000)}\nlast line\n`);
          return '1';
        },
      }),
    });
    test.catalog.put(functionVersion());
    await test.during(test.invoke({ isLogTailWanted: true }));
    const tail = Buffer.from(test.reports[0]?.logTail ?? []).toString();
    assert.equal(tail.length, 4096);
    assert.match(tail, /last line\nEND RequestId: .*\nREPORT RequestId: .*\n$/);
  });

  it('tells in the log of a cold start, and of no other, what its init wrote', async () => {
    await using test = new TestPlane({
      program: runtimeProgram({
        init: async (process) => process.print('loading\n'),
        handler: async () => '1',
      }),
    });
    test.catalog.put(functionVersion());
    const tails: string[] = [];
    for (let count = 0; count < 2; count += 1) {
      await test.during(test.invoke({ isLogTailWanted: true }));
      tails.push(Buffer.from(test.reports.at(-1)?.logTail ?? []).toString());
    }
    assert.match(tails[0] ?? '', /^loading\nSTART RequestId: .*\nEND .*\nREPORT .*\n$/);
    assert.match(tails[1] ?? '', /^START RequestId: .*\nEND .*\nREPORT .*\n$/);
    const logging = { format: 'JSON', applicationLevel: 'INFO', systemLevel: 'INFO' } as const;
    test.catalog.put(
      functionVersion({ revisionId: 'revision-2', logging: { ...logging, logGroup: 'g' } }),
    );
    await test.during(test.invoke({ isLogTailWanted: true }));
    const tail = Buffer.from(test.reports.at(-1)?.logTail ?? []).toString();
    assert.match(tail, /^\{"time":"[^"]*","type":"platform.initStart",.*\}\nloading\n\{/);
  });

  it('retires environments when their function changes', async () => {
    await using test = new TestPlane({ program: echo });
    test.catalog.put(functionVersion());
    await test.during(test.invoke());
    test.catalog.put(functionVersion({ revisionId: 'revision-2' }));
    await test.clock.settle();
    assert.equal(test.driver.sandboxes.size, 0);
    await test.during(test.invoke());
    assert.equal(test.driver.launches, 2);
  });

  it('ends environments that wait too long, not before', async () => {
    await using test = new TestPlane({
      program: echo,
      options: { pool: { idleMs: 60_000, ageMsMax: 1e9 } },
    });
    test.catalog.put(functionVersion());
    await test.during(test.invoke());
    await test.clock.advance(59_999);
    assert.equal(test.driver.sandboxes.size, 1);
    await test.clock.advance(1);
    await test.clock.settle();
    assert.equal(test.driver.sandboxes.size, 0);
    assert.equal(test.plane.stats().memoryMiB, 0);
  });

  it('freezes an environment between events', async () => {
    await using test = new TestPlane({ program: echo, options: { freezeAfterMs: 20 } });
    test.catalog.put(functionVersion());
    await test.during(test.invoke());
    const [sandbox] = test.driver.sandboxes;
    assert.equal(sandbox?.process.isFrozen, false);
    await test.clock.advance(20);
    assert.equal(sandbox?.process.isFrozen, true);
    const outcome = await test.during(test.invoke());
    assert.equal(outcome.kind, 'returned');
    assert.equal(sandbox?.process.isFrozen, false);
  });
});
