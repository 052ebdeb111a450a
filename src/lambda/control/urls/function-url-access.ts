/** Who may ask a function's URL. */
import { requestKeys } from '#aws/access/index.ts';
import { ANONYMOUS, type RequestHead } from '#aws/operation.ts';
import type { Principal } from '#ports/peers/credential-issuer.ts';
import { requesterOf } from '#ports/peers/requester.ts';
import type { Queries } from '#ports/world/database.ts';

import { LATEST, policyArn } from '../../model/address.ts';
import { isAllowed } from '../../model/policy.ts';
import type { UrlRecord } from '../../model/records.ts';
import { aliases, policies } from '../../store.ts';
import type { Control } from '../control.ts';
import { urlAddress } from './function-urls.ts';

/** A request to a URL. */
interface UrlVisit {
  readonly record: UrlRecord;
  readonly http: RequestHead;
}

/** Both are needed since October 2025; where policies are not evaluated the first suffices, as it did before. */
const ACTIONS = ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'] as const;

/**
 * Without signatures the policy has to open the URL to everybody; with them it lets in other accounts, and where
 * policies are evaluated the caller's own count, too.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
 */
export function mayInvokeUrl(
  control: Control,
  visit: UrlVisit,
  caller: Principal | undefined,
): Promise<boolean> {
  const { record } = visit;
  const { functionName, qualifier, authType } = record;
  return control.database.read(async (queries) => {
    if (authType === 'AWS_IAM' && caller === undefined) return false;
    if (qualifier !== LATEST) {
      const alias = await aliases.get(queries, record, functionName, qualifier);
      if (alias === undefined) return false;
    }
    if (control.access !== undefined) return isLetInto(control, queries, visit, caller);
    if (caller !== undefined && caller.accountId === record.accountId) return true;
    const policy = await policies.get(queries, record, functionName, qualifier);
    const request = { action: ACTIONS[0], ...askedOf(control, visit, caller) };
    return isAllowed(policy?.statements ?? [], request, requesterOf(caller ?? ANONYMOUS));
  });
}

/** By all policies there are. */
async function isLetInto(
  control: Control,
  queries: Queries,
  visit: UrlVisit,
  caller: Principal | undefined,
): Promise<boolean> {
  const who = { kind: 'principal', principal: caller ?? ANONYMOUS } as const;
  const asked = { who, ...askedOf(control, visit, caller) };
  for (const action of ACTIONS) {
    const decision = await control.access?.decide({ ...asked, action }, queries);
    if (decision?.kind !== 'allowed') return false;
  }
  return true;
}

function askedOf({ clock }: Control, { record, http }: UrlVisit, caller: Principal | undefined) {
  const { qualifier, authType, region } = record;
  const keys = requestKeys(
    { principal: caller ?? ANONYMOUS, http, region, nowMs: clock.now() },
    { 'lambda:FunctionUrlAuthType': authType, 'lambda:InvokedViaFunctionUrl': 'true' },
  );
  return { resource: policyArn(urlAddress(record, qualifier)), keys };
}
