/** `/_hearth/bill`: what the caller's account used in a month, and what AWS would ask for it. */
import { AwsError } from '#aws/errors.ts';
import type { HttpSurface } from '#aws/operation.ts';
import type { Billing } from '#billing/index.ts';
import { utf8 } from '#kernel/bytes.ts';
import type { AccessControl } from '#ports/peers/access-control.ts';
import type { Principal } from '#ports/peers/credential-issuer.ts';
import type { Clock } from '#ports/world/clock.ts';

/** By which a policy lets somebody see AWS's own bill. */
const ACTION = 'ce:GetCostAndUsage';

export interface BillSurfaceOptions {
  readonly billing: Pick<Billing, 'bill' | 'usageByFunction'>;
  /** The one by which functions run. */
  readonly clock: Clock;
  /** Where policies are evaluated. */
  readonly access: AccessControl | undefined;
}

/** Answers a signed GET, `?month=2026-11` (UTC; the present one by default), with the bill as JSON. */
export function createBillSurface(options: BillSurfaceOptions): HttpSurface['handle'] {
  const { billing, clock, access } = options;
  return async ({ request, authenticate }) => {
    if (request.method !== 'GET') throw refusal(405, 'Use GET to read the bill.');
    const sender = await authenticate({ service: 'lambda' });
    if (sender === undefined) throw refusal(403, 'A bill is for its account: sign the request.');
    await authorise(access, sender.principal);
    const month = request.query.get('month') ?? new Date(clock.now()).toISOString().slice(0, 7);
    if (!/^\d{4}-(?:0[1-9]|1[0-2])$/.test(month)) throw refusal(400, 'Say a month as 2026-11.');
    const query = { accountId: sender.principal.accountId, month };
    const { lines, total } = await billing.bill(query);
    const functions = await billing.usageByFunction(query);
    const told = { ...query, currency: 'USD', total, lines, functions };
    const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
    return { status: 200, headers, body: utf8(`${JSON.stringify(told)}\n`) };
  };
}

/** @throws AwsError AccessDeniedException */
async function authorise(access: AccessControl | undefined, principal: Principal): Promise<void> {
  const who = { kind: 'principal', principal } as const;
  const decision = await access?.decide({ who, action: ACTION, resource: '*' });
  if (decision === undefined || decision.kind === 'allowed') return;
  throw new AwsError({
    code: 'AccessDeniedException',
    status: 403,
    message: `User: ${principal.arn} is not authorized to perform: ${ACTION} on resource: *`,
  });
}

function refusal(status: number, message: string): AwsError {
  return new AwsError({ code: 'BillRefused', message, status });
}
