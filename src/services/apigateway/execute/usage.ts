/** API keys and usage plans: who may call at all, how fast, and how often. */
import type { Throttles } from '#aws/execute-api/index.ts';
import type { ApiKey, ApiStage, QuotaSettings } from '#aws/models/apigateway.types.gen.ts';
import { DAY_MS } from '#kernel/units.ts';
import type { ApiKeyUse, ApiKeyVerdict } from '#ports/peers/api-keys.ts';
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
  const { content, head, stage, resourcePath } = visit;
  const isHeader = content.api.apiKeySource !== 'AUTHORIZER';
  const value = (isHeader ? head.headers['x-api-key'] : caller.apiKey?.value) ?? '';
  const { accountId, region, apiId } = visit;
  const place = { accountId, region, apiId, stageName: stage.stageName ?? '' };
  const method = `${resourcePath}/${head.method}`;
  const verdict = await useApiKey(dependencies, throttles, { ...place, value, method });
  if (verdict.kind === 'granted') return { ...caller, apiKey: { id: verdict.keyId, value } };
  if (verdict.reason === 'throttled') throw tooMany();
  if (verdict.reason === 'exhausted') throw new GatewayFailure('QUOTA_EXCEEDED', 'Limit Exceeded');
  throw new GatewayFailure('INVALID_API_KEY', 'Forbidden');
}

/** Finds a key by its value and counts one use of it. */
export async function useApiKey(
  dependencies: ApiGatewayDependencies,
  throttles: Throttles,
  use: ApiKeyUse,
): Promise<ApiKeyVerdict> {
  const found = use.value === '' ? undefined : await findUse(dependencies, use);
  if (found === undefined) return { kind: 'refused', reason: 'unknown' };
  const { key, plan } = found;
  const { id: keyId = '' } = key;
  if (!isWithinPlan(dependencies, throttles, use, found)) {
    return { kind: 'refused', reason: 'throttled' };
  }
  const isLeft = plan.quota === undefined || (await count(dependencies, use, { plan, keyId }));
  return isLeft ? { kind: 'granted', keyId } : { kind: 'refused', reason: 'exhausted' };
}

interface Use {
  readonly key: ApiKey;
  readonly plan: PlanRecord;
}

/** The key and the plan by which it may call the stage. */
async function findUse(
  { database }: ApiGatewayDependencies,
  use: ApiKeyUse,
): Promise<Use | undefined> {
  return await database.read(async (queries) => {
    const key = await findKeyByValue(queries, use, use.value);
    if (key?.enabled !== true) return undefined;
    const plans = await listDocuments(queries, use, 'usage-plan');
    const plan = plans.find(
      ({ keys, apiStages = [] }) =>
        keys.some(({ id }) => id === key.id) && apiStages.some((one) => isOf(one, use)),
    );
    return plan && { key, plan };
  });
}

function isOf({ apiId, stage }: ApiStage, use: ApiKeyUse): boolean {
  return apiId === use.apiId && stage === use.stageName;
}

function isWithinPlan(
  { clock }: ApiGatewayDependencies,
  throttles: Throttles,
  use: ApiKeyUse,
  { key, plan }: Use,
): boolean {
  const nowMs = clock.monotonicMs();
  const shown = plan.apiStages?.find((one) => isOf(one, use));
  const ofMethod = shown?.throttle?.[use.method];
  const name = `plan/${plan.id}/${key.id}`;
  return ofMethod === undefined
    ? plan.throttle === undefined || throttles.take(name, plan.throttle, nowMs)
    : throttles.take(`${name}/${use.method}`, ofMethod, nowMs);
}

/** Counts one use; false where none is left. */
async function count(
  { database, clock }: ApiGatewayDependencies,
  { accountId, region }: ApiKeyUse,
  { plan, keyId }: { readonly plan: PlanRecord; readonly keyId: string },
): Promise<boolean> {
  const nowMs = clock.now();
  const address = { accountId, region, planId: plan.id ?? '', keyId };
  const to = dayOf(nowMs);
  return await database.transact(async (tx) => {
    const used = await readUsage(tx, address, { from: periodStart(plan.quota, nowMs), to });
    const sum = used.reduce((total, one) => total + one.used, 0);
    if (sum >= (plan.quota?.limit ?? Infinity)) return false;
    await addUsage(tx, address, to, 1);
    return true;
  });
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
