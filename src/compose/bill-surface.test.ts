import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimulatedClock } from '#adapters/simulated/index.ts';
import { AwsError } from '#aws/errors.ts';
import { NO_USAGE, billOf, type TotalsQuery } from '#billing/index.ts';
import { textOf } from '#kernel/bytes.ts';
import type { Decision } from '#kernel/policy/index.ts';
import type { Principal } from '#ports/peers/credential-issuer.ts';
import { createBillSurface } from './bill-surface.ts';

const ACCOUNT = '111111111111';
const ROOT: Principal = {
  accountId: ACCOUNT,
  arn: `arn:aws:iam::${ACCOUNT}:root`,
  userId: ACCOUNT,
};
const USAGE = { ...NO_USAGE, requests: 1_500_000, x86MibMs: 1024 * 1000 };

interface Asking {
  readonly method?: string;
  readonly query?: string;
  readonly principal?: Principal | undefined;
  readonly decision?: Decision;
}

/** What a surface on 2026-11-23 answers, and which totals were asked for. */
async function ask({ method = 'GET', query = '', principal, decision }: Asking) {
  const asked: TotalsQuery[] = [];
  const handle = createBillSurface({
    clock: new SimulatedClock(Date.UTC(2026, 10, 23)),
    access: decision && { decide: async () => decision },
    billing: {
      bill: async (one) => {
        asked.push(one);
        return billOf(USAGE);
      },
      usageByFunction: async () => [{ ...USAGE, region: 'us-east-1', functionName: 'hello' }],
    },
  });
  const request = {
    method,
    path: '/_hearth/bill',
    query: new URLSearchParams(query),
    headers: {},
    sourceIp: '127.0.0.1',
    body: (async function* () {})(),
  };
  const answer = await handle({
    request,
    requestId: 'r',
    signal: new AbortController().signal,
    authenticate: async () => principal && { principal, accessKeyId: 'AKIA', request },
  });
  return { asked, body: JSON.parse(textOf(answer.body as Uint8Array)) as Record<string, unknown> };
}

test('tells the bill of the caller’s account and of the present month, and what each function used', async () => {
  const { asked, body } = await ask({ principal: ROOT });
  assert.deepEqual(asked, [{ accountId: ACCOUNT, month: '2026-11' }]);
  const { total, month, currency, functions } = body;
  assert.deepEqual([total, month, currency], [0.1, '2026-11', 'USD']);
  assert.deepEqual((functions as { functionName: string }[])[0]?.functionName, 'hello');
});

test('tells another month’s, and takes nothing else for a month', async () => {
  const { asked } = await ask({ principal: ROOT, query: 'month=2025-01' });
  assert.equal(asked[0]?.month, '2025-01');
  for (const month of ['2026-13', '2026-00', '2026-1', 'november', '']) {
    await assert.rejects(ask({ principal: ROOT, query: `month=${month}` }), { status: 400 });
  }
});

test('tells nobody who did not sign, and only reads', async () => {
  await assert.rejects(ask({}), { status: 403 });
  await assert.rejects(ask({ principal: ROOT, method: 'POST' }), { status: 405 });
});

test('asks the policies where there are any', async () => {
  await ask({ principal: ROOT, decision: { kind: 'allowed' } });
  const ann = { ...ROOT, arn: `arn:aws:iam::${ACCOUNT}:user/ann` };
  const decision = { kind: 'not-allowed', by: 'identity-based policy' } as const;
  await assert.rejects(ask({ principal: ann, decision }), (error) => {
    assert.ok(error instanceof AwsError);
    assert.match(error.message, /user\/ann is not authorized to perform: ce:GetCostAndUsage/);
    return error.code === 'AccessDeniedException' && error.status === 403;
  });
});
