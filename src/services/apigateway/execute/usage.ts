/** API keys and usage plans: who may call at all, how fast, and how often. */
import type { Throttles } from '#aws/execute-api/index.ts';
import type { ApiKey, QuotaSettings } from '#aws/models/apigateway.types.gen.ts';
import { DAY_MS } from '#kernel/units.ts';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import {
  addUsage,
  findKeyByValue,
  listDocuments,
  readUsage,
  type PlanRecord,
} from '../store-documents.ts';
import { GatewayFailure } from './failure.ts';
import type { Caller, Visit } from './visit.ts';

/** @throws GatewayFailure where the stage's own settings of a method let no more requests in */
export function throttleMethod(
  { clock }: ApiGatewayDependencies,
  throttles: Throttles,
  { apiId, stage, head, resourcePath }: Visit,
): void {
  const settings = stage.methodSettings ?? {};
  const own = `${resourcePath.replace(/^\//, '')}/${head.method}`;
  const found = settings[own] ?? settings['*/*'];
  if (found === undefined) return;
  const { throttlingRateLimit: rateLimit, throttlingBurstLimit: burstLimit } = found;
  const limits = {
    ...(rateLimit === undefined ? {} : { rateLimit }),
    ...(burstLimit === undefined ? {} : { burstLimit }),
  };
  const key = `stage/${apiId}/${stage.stageName}/${own}`;
  if (!throttles.take(key, limits, clock.monotonicMs())) throw tooMany();
}

function tooMany(): GatewayFailure {
  return new GatewayFailure('THROTTLED', 'Too Many Requests');
}

/**
 * The caller with his key, where the method asks for one; the use is counted.
 * @throws GatewayFailure INVALID_API_KEY, THROTTLED, QUOTA_EXCEEDED
 */
export async function useKey(
  dependencies: ApiGatewayDependencies,
  throttles: Throttles,
  visit: Visit,
  caller: Caller,
): Promise<Caller> {
  if (visit.method.apiKeyRequired !== true) return caller;
  const { content, head } = visit;
  const isHeader = content.api.apiKeySource !== 'AUTHORIZER';
  const value = isHeader ? head.headers['x-api-key'] : caller.apiKey?.value;
  const found = value === undefined ? undefined : await findUse(dependencies, visit, value);
  if (found === undefined) throw new GatewayFailure('INVALID_API_KEY', 'Forbidden');
  const { key, plan } = found;
  const { id = '' } = key;
  throttleKey(dependencies, throttles, visit, found);
  if (plan.quota !== undefined) await count(dependencies, visit, { plan, keyId: id });
  return { ...caller, apiKey: { id, value: key.value ?? '' } };
}

interface Use {
  readonly key: ApiKey;
  readonly plan: PlanRecord;
}

/** The key and the plan by which it may call the stage. */
async function findUse(
  { database }: ApiGatewayDependencies,
  visit: Visit,
  value: string,
): Promise<Use | undefined> {
  const { apiId, stage } = visit;
  return await database.read(async (queries) => {
    const key = await findKeyByValue(queries, visit, value);
    if (key?.enabled !== true) return undefined;
    const plans = await listDocuments(queries, visit, 'usage-plan');
    const plan = plans.find(
      ({ keys, apiStages = [] }) =>
        keys.some(({ id }) => id === key.id) &&
        apiStages.some((one) => one.apiId === apiId && one.stage === stage.stageName),
    );
    return plan && { key, plan };
  });
}

function throttleKey(
  { clock }: ApiGatewayDependencies,
  throttles: Throttles,
  { apiId, stage, head, resourcePath }: Visit,
  { key, plan }: Use,
): void {
  const nowMs = clock.monotonicMs();
  const method = `${resourcePath}/${head.method}`;
  const shown = plan.apiStages?.find((one) => one.apiId === apiId && one.stage === stage.stageName);
  const ofMethod = shown?.throttle?.[method];
  const name = `plan/${plan.id}/${key.id}`;
  const isIn =
    ofMethod === undefined
      ? plan.throttle === undefined || throttles.take(name, plan.throttle, nowMs)
      : throttles.take(`${name}/${method}`, ofMethod, nowMs);
  if (!isIn) throw tooMany();
}

async function count(
  { database, clock }: ApiGatewayDependencies,
  { accountId, region }: Visit,
  { plan, keyId }: { readonly plan: PlanRecord; readonly keyId: string },
): Promise<void> {
  const nowMs = clock.now();
  const address = { accountId, region, planId: plan.id ?? '', keyId };
  const to = dayOf(nowMs);
  const isLeft = await database.transact(async (tx) => {
    const used = await readUsage(tx, address, { from: periodStart(plan.quota, nowMs), to });
    const sum = used.reduce((total, one) => total + one.used, 0);
    if (sum >= (plan.quota?.limit ?? Infinity)) return false;
    await addUsage(tx, address, to, 1);
    return true;
  });
  if (!isLeft) throw new GatewayFailure('QUOTA_EXCEEDED', 'Limit Exceeded');
}

function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** The first day of the period that lasts: weeks begin on Sundays. */
function periodStart(quota: QuotaSettings | undefined, nowMs: number): string {
  const today = dayOf(nowMs);
  if (quota?.period === 'MONTH') return `${today.slice(0, 7)}-01`;
  if (quota?.period === 'WEEK') return dayOf(nowMs - new Date(nowMs).getUTCDay() * DAY_MS);
  return today;
}
