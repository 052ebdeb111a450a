import type { Operations, UsagePlanKey } from '#aws/models/apigateway.types.gen.ts';
import type { Transaction } from '#ports/world/database.ts';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import { badRequest, conflict, notFound } from '../errors.ts';
import type { Place } from '../model.ts';
import { pageOf } from '../paging.ts';
import { findDocument, listDocuments, saveDocument } from '../store-documents.ts';
import { requirePlan } from './usage-plans.ts';

/** Takes a key out of all plans. */
export async function removeFromPlans(tx: Transaction, place: Place, keyId: string): Promise<void> {
  for (const plan of await listDocuments(tx, place, 'usage-plan')) {
    const keys = plan.keys.filter(({ id }) => id !== keyId);
    if (keys.length === plan.keys.length) continue;
    await saveDocument(tx, place, { kind: 'usage-plan', id: plan.id ?? '' }, { ...plan, keys });
  }
}

/** Puts a key under a plan. */
export function createUsagePlanKey({
  database,
}: ApiGatewayDependencies): Operations['CreateUsagePlanKey'] {
  return async (context, { usagePlanId, keyId, keyType }) =>
    await database.transact(async (tx) => {
      if (keyType !== 'API_KEY') throw badRequest('Invalid key type specified');
      const plan = await requirePlan(tx, context, usagePlanId);
      const key = await findDocument(tx, context, 'api-key', keyId);
      if (key === undefined) throw notFound('Invalid API Key identifier specified');
      if (plan.keys.some(({ id }) => id === keyId)) {
        throw conflict(`Usage plan ${usagePlanId} already has this key`);
      }
      const added: UsagePlanKey = {
        id: keyId,
        type: keyType,
        ...(key.value === undefined ? {} : { value: key.value }),
        ...(key.name === undefined ? {} : { name: key.name }),
      };
      const keys = [added, ...plan.keys];
      await saveDocument(tx, context, { kind: 'usage-plan', id: usagePlanId }, { ...plan, keys });
      return added;
    });
}

/** Tells of a plan's key. */
export function getUsagePlanKey({
  database,
}: ApiGatewayDependencies): Operations['GetUsagePlanKey'] {
  return async (context, { usagePlanId, keyId }) => {
    const plan = await database.read((queries) => requirePlan(queries, context, usagePlanId));
    const key = plan.keys.find(({ id }) => id === keyId);
    if (key === undefined) throw notFound('Invalid API Key identifier specified');
    return key;
  };
}

/** Lists a plan's keys whose names begin as asked, the newest first; none of a plan that is not there. */
export function getUsagePlanKeys({
  database,
}: ApiGatewayDependencies): Operations['GetUsagePlanKeys'] {
  return async (context, { usagePlanId, nameQuery = '', ...page }) => {
    const plan = await database.read((queries) =>
      findDocument(queries, context, 'usage-plan', usagePlanId),
    );
    const keys = (plan?.keys ?? []).filter(({ name = '' }) => name.startsWith(nameQuery));
    return pageOf(keys, page);
  };
}

/** Takes a key out of a plan. */
export function deleteUsagePlanKey({
  database,
}: ApiGatewayDependencies): Operations['DeleteUsagePlanKey'] {
  return async (context, { usagePlanId, keyId }) =>
    await database.transact(async (tx) => {
      const plan = await requirePlan(tx, context, usagePlanId);
      const keys = plan.keys.filter(({ id }) => id !== keyId);
      if (keys.length === plan.keys.length) throw notFound('Invalid API Key identifier specified');
      await saveDocument(tx, context, { kind: 'usage-plan', id: usagePlanId }, { ...plan, keys });
      return {};
    });
}
