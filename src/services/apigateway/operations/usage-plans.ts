import type { ApiStage, Operations, UsagePlan } from '#aws/models/apigateway.types.gen.ts';
import { DAY_MS } from '#kernel/units.ts';
import type { Queries } from '#ports/world/database.ts';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import { badRequest, notFound } from '../errors.ts';
import { newId } from '../ids.ts';
import { compact, omit, type Place } from '../model.ts';
import { pageOf } from '../paging.ts';
import {
  applyPatch,
  number,
  place as placeOf,
  refuseByPath,
  text,
  type PatchTable,
} from '../patch/index.ts';
import { findApi, findStage } from '../store-apis.ts';
import {
  addUsage,
  deleteDocument,
  findDocument,
  listDocuments,
  readUsage,
  saveDocument,
  type PlanRecord,
} from '../store-documents.ts';

/** A plan as it is told: its stages are, be there any or none. */
function describePlan(record: PlanRecord): UsagePlan {
  const { apiStages = [], ...plan } = omit(record, 'keys', 'createdDate');
  const quota = plan.quota === undefined ? undefined : { offset: 0, ...plan.quota };
  return { ...compact({ ...plan, quota }), apiStages };
}

/** As a plan is told on its own: with its tags, be there any or none. */
function describeWithTags(plan: PlanRecord): UsagePlan {
  return { ...describePlan(plan), tags: plan.tags ?? {} };
}

/** @throws AwsError NotFoundException */
export async function requirePlan(queries: Queries, place: Place, id: string): Promise<PlanRecord> {
  const plan = await findDocument(queries, place, 'usage-plan', id);
  if (plan === undefined) throw notFound('Invalid Usage Plan ID specified');
  return plan;
}

/** @throws AwsError NotFoundException */
async function checkStages(
  { webSocketStages }: ApiGatewayDependencies,
  queries: Queries,
  { accountId, region }: Place,
  plan: PlanRecord,
): Promise<void> {
  const place = { accountId, region };
  for (const { apiId = '', stage = '' } of plan.apiStages ?? []) {
    const api = await findApi(queries, place, apiId);
    const isThere =
      api === undefined
        ? await webSocketStages.has(queries, { ...place, apiId, stageName: stage })
        : (await findStage(queries, apiId, stage)) !== undefined;
    if (isThere) continue;
    throw notFound(
      `Invalid API Stage {api: ${apiId}, stage: ${stage}} specified for usageplan ${plan.id ?? ''}`,
    );
  }
}

/** Makes a plan: how much of which stages its keys may use. */
export function createUsagePlan(
  dependencies: ApiGatewayDependencies,
): Operations['CreateUsagePlan'] {
  const { database, random, clock } = dependencies;
  return async (context, input) =>
    await database.transact(async (tx) => {
      checkQuota(input.quota);
      const plan: PlanRecord & { id: string } = {
        ...compact(input),
        id: newId(random),
        keys: [],
        createdDate: clock.now(),
      };
      await checkStages(dependencies, tx, context, plan);
      await saveDocument(tx, context, { kind: 'usage-plan', id: plan.id }, plan);
      return describePlan(plan);
    });
}

function checkQuota(quota: UsagePlan['quota']): void {
  if (quota === undefined) return;
  if (quota.limit === undefined || quota.period === undefined) {
    throw badRequest('Usage plan quota must have a limit and a period');
  }
}

/** Tells of one plan. */
export function getUsagePlan({ database }: ApiGatewayDependencies): Operations['GetUsagePlan'] {
  return async (context, { usagePlanId }) =>
    describeWithTags(await database.read((queries) => requirePlan(queries, context, usagePlanId)));
}

/** Lists plans, those of a key where that is asked for, the oldest first. */
export function getUsagePlans({ database }: ApiGatewayDependencies): Operations['GetUsagePlans'] {
  return async (context, { keyId, ...page }) => {
    const plans = await database.read((queries) => listDocuments(queries, context, 'usage-plan'));
    const found = plans.filter(
      ({ keys }) => keyId === undefined || keys.some(({ id }) => id === keyId),
    );
    found.sort((a, b) => a.createdDate - b.createdDate);
    return pageOf(found.map(describePlan), page);
  };
}

/** Deletes a plan that has no stages any more. */
export function deleteUsagePlan({
  database,
}: ApiGatewayDependencies): Operations['DeleteUsagePlan'] {
  return async (context, { usagePlanId }) =>
    await database.transact(async (tx) => {
      const plan = await requirePlan(tx, context, usagePlanId);
      if ((plan.apiStages ?? []).length > 0) {
        throw badRequest(
          `Cannot delete Usage Plan ${usagePlanId} because it is associated with API Stages`,
        );
      }
      await deleteDocument(tx, context, 'usage-plan', usagePlanId);
      return {};
    });
}

function stagesOf(document: Readonly<Record<string, unknown>>): readonly ApiStage[] {
  return (document['apiStages'] ?? []) as readonly ApiStage[];
}

/** `API:STAGE` */
function readStage(value: string | undefined): ApiStage {
  const [apiId, stage, ...more] = (value ?? '').split(':');
  if (!apiId || !stage || more.length > 0) throw badRequest('Invalid API Stage specified');
  return { apiId, stage };
}

const PLAN: PatchTable = {
  refuse: refuseByPath,
  fields: [
    text('/name'),
    text('/description'),
    text('/productCode'),
    number('/throttle/burstLimit', { ops: ['add', 'replace', 'remove'] }),
    number('/throttle/rateLimit', { ops: ['add', 'replace', 'remove'] }),
    number('/quota/limit', { ops: ['add', 'replace', 'remove'] }),
    number('/quota/offset', { ops: ['add', 'replace', 'remove'] }),
    text('/quota/period', { ops: ['add', 'replace', 'remove'] }),
    placeOf('/throttle', ['remove'], (plan) => omit(plan, 'throttle')),
    placeOf('/quota', ['remove'], (plan) => omit(plan, 'quota')),
    placeOf('/apiStages', ['add', 'remove'], (document, { op, value }) => {
      const { apiId, stage } = readStage(value);
      const others = stagesOf(document).filter((one) => one.apiId !== apiId || one.stage !== stage);
      if (op === 'remove' && others.length === stagesOf(document).length) {
        throw notFound(
          `Invalid API Stage {api: ${apiId}, stage: ${stage}} specified for usageplan ${String(document['id'])}`,
        );
      }
      return { ...document, apiStages: op === 'remove' ? others : [...others, { apiId, stage }] };
    }),
    placeOf('/apiStages/{}/throttle/{}', ['replace', 'add', 'remove'], throttleMethod),
  ],
};

/** `/apiStages/API:STAGE/throttle/PATH/METHOD/rateLimit` */
function throttleMethod(
  document: Readonly<Record<string, unknown>>,
  {
    op,
    keys: [stageText = '', rest = ''],
    value,
  }: { op: string; keys: readonly string[]; value?: string },
) {
  const named = readStage(stageText);
  const isLimit = /\/(?:rateLimit|burstLimit)$/.test(rest);
  const method = isLimit ? rest.slice(0, rest.lastIndexOf('/')) : rest;
  const limit = isLimit ? rest.slice(rest.lastIndexOf('/') + 1) : undefined;
  const apiStages = stagesOf(document).map((one) => {
    if (one.apiId !== named.apiId || one.stage !== named.stage) return one;
    const { [method]: now, ...others } = one.throttle ?? {};
    if (op === 'remove' || limit === undefined) return { ...one, throttle: others };
    return { ...one, throttle: { ...others, [method]: { ...now, [limit]: Number(value) } } };
  });
  return { ...document, apiStages };
}

/** Changes a plan. */
export function updateUsagePlan(
  dependencies: ApiGatewayDependencies,
): Operations['UpdateUsagePlan'] {
  const { database } = dependencies;
  return async (context, { usagePlanId, patchOperations }) =>
    await database.transact(async (tx) => {
      const now = await requirePlan(tx, context, usagePlanId);
      const plan = applyPatch(PLAN, now, patchOperations);
      await checkStages(dependencies, tx, context, plan);
      await saveDocument(tx, context, { kind: 'usage-plan', id: usagePlanId }, plan);
      return describeWithTags(plan);
    });
}

const USAGE_DAYS_MAX = 90;

/** What keys used of a plan each day, and what they have left. */
export function getUsage({ database }: ApiGatewayDependencies): Operations['GetUsage'] {
  return async (context, { usagePlanId, keyId, startDate, endDate }) =>
    await database.read(async (queries) => {
      const plan = await requirePlan(queries, context, usagePlanId);
      const days = daysBetween(startDate, endDate);
      const items: Record<string, number[][]> = {};
      for (const { id = '' } of plan.keys) {
        if (keyId !== undefined && id !== keyId) continue;
        const address = { ...context, planId: usagePlanId, keyId: id };
        const used = await readUsage(queries, address, { from: startDate, to: endDate });
        if (used.length === 0) continue;
        items[id] = leftEachDay(days, new Map(used.map((one) => [one.day, one.used])), plan);
      }
      return { usagePlanId, startDate, endDate, items };
    });
}

function leftEachDay(
  days: readonly string[],
  used: ReadonlyMap<string, number>,
  { quota }: PlanRecord,
): number[][] {
  let left = quota?.limit ?? 0;
  return days.map((day) => {
    const now = used.get(day) ?? 0;
    left = quota?.period === 'DAY' ? (quota.limit ?? 0) - now : left - now;
    return [now, Math.max(0, left)];
  });
}

function daysBetween(start: string, end: string): readonly string[] {
  const first = Date.parse(start);
  const count = Math.round((Date.parse(end) - first) / DAY_MS) + 1;
  if (!(count > 0 && count <= USAGE_DAYS_MAX)) throw badRequest('Invalid date range specified');
  return Array.from({ length: count }, (_, index) =>
    new Date(first + index * DAY_MS).toISOString().slice(0, 10),
  );
}

/** Gives a key more of a plan's quota for now. */
export function updateUsage({
  database,
  clock,
}: ApiGatewayDependencies): Operations['UpdateUsage'] {
  return async (context, { usagePlanId, keyId, patchOperations = [] }) =>
    await database.transact(async (tx) => {
      const plan = await requirePlan(tx, context, usagePlanId);
      if (!plan.keys.some(({ id }) => id === keyId)) {
        throw notFound('Invalid API Key identifier specified');
      }
      const day = new Date(clock.now()).toISOString().slice(0, 10);
      const address = { ...context, planId: usagePlanId, keyId };
      for (const { op, path, value } of patchOperations) {
        if (path !== '/remaining' || op !== 'replace')
          throw badRequest(`Invalid patch path ${path}`);
        const [today] = await readUsage(tx, address, { from: day, to: day });
        const used = (plan.quota?.limit ?? 0) - Number(value);
        await addUsage(tx, address, day, used - (today?.used ?? 0));
      }
      const used = await readUsage(tx, address, { from: day, to: day });
      const items = leftEachDay([day], new Map(used.map((one) => [one.day, one.used])), plan);
      return { usagePlanId, startDate: day, endDate: day, items: { [keyId]: items } };
    });
}
