import type { ApiKey, Operations } from '#aws/models/apigateway.types.gen.ts';
import { textOf } from '#kernel/bytes.ts';
import type { Queries } from '#ports/world/database.ts';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import { badRequest, conflict, notFound } from '../errors.ts';
import { API_ID_CHARACTERS, newId, newKeyValue } from '../ids.ts';
import { API_KEY_DESCRIPTION_CHARACTERS_MAX, API_KEYS_MAX } from '../limits.ts';
import { compact, type Place } from '../model.ts';
import { pageOf } from '../paging.ts';
import { applyPatch, flag, refuseByTable, text, type PatchTable } from '../patch/index.ts';
import {
  deleteDocument,
  findDocument,
  findKeyByValue,
  listDocuments,
  saveDocument,
} from '../store-documents.ts';
import { removeFromPlans } from './usage-plan-keys.ts';

const VALUE_CHARACTERS_MIN = 20;

/** @throws AwsError BadRequestException */
function checkDescription(description: string | undefined): void {
  if ((description?.length ?? 0) < API_KEY_DESCRIPTION_CHARACTERS_MAX) return;
  throw badRequest('Invalid API Key description specified.');
}

/** Makes a key with which callers of an API are told apart. */
export function createApiKey(dependencies: ApiGatewayDependencies): Operations['CreateApiKey'] {
  const { database, random, clock } = dependencies;
  return async (context, input) => {
    const { generateDistinctId: _, stageKeys, ...given } = input;
    checkDescription(given.description);
    const value = given.value ?? newKeyValue(random);
    if (value.length < VALUE_CHARACTERS_MIN) {
      throw badRequest('API Key value should be at least 20 characters');
    }
    const nowMs = clock.now();
    const key: ApiKey & { id: string } = {
      ...compact(given),
      id: newId(random, API_ID_CHARACTERS),
      value,
      enabled: given.enabled ?? false,
      createdDate: nowMs,
      lastUpdatedDate: nowMs,
      stageKeys: (stageKeys ?? []).map(({ restApiId, stageName }) => `${restApiId}/${stageName}`),
    };
    return await database.transact(async (tx) => {
      if ((await findKeyByValue(tx, context, value)) !== undefined) {
        throw conflict('API Key already exists');
      }
      const keys = await listDocuments(tx, context, 'api-key');
      if (keys.length >= API_KEYS_MAX) throw badRequest('Maximum number of API keys reached');
      await saveDocument(tx, context, { kind: 'api-key', id: key.id, lookup: value }, key);
      return key;
    });
  };
}

/** @throws AwsError NotFoundException */
async function requireKey(queries: Queries, place: Place, id: string): Promise<ApiKey> {
  const key = await findDocument(queries, place, 'api-key', id);
  if (key === undefined) throw notFound('Invalid API Key identifier specified');
  return key;
}

function withoutValue(key: ApiKey): ApiKey {
  const { value: _, ...shown } = key;
  return shown;
}

/** Tells of one key; its value where that is asked for. */
export function getApiKey({ database }: ApiGatewayDependencies): Operations['GetApiKey'] {
  return async (context, { apiKey, includeValue }) => {
    const key = await database.read((queries) => requireKey(queries, context, apiKey));
    const shown = includeValue === true ? key : withoutValue(key);
    return { ...shown, tags: key.tags ?? {} };
  };
}

/** Lists keys whose names begin as asked, the newest first. */
export function getApiKeys({ database }: ApiGatewayDependencies): Operations['GetApiKeys'] {
  return async (context, { nameQuery = '', customerId, includeValues, ...page }) => {
    const keys = await database.read((queries) => listDocuments(queries, context, 'api-key'));
    const found = keys.filter(
      (key) =>
        (key.name ?? '').startsWith(nameQuery) &&
        (customerId === undefined || key.customerId === customerId),
    );
    found.sort((a, b) => (b.createdDate ?? 0) - (a.createdDate ?? 0));
    return pageOf(includeValues === true ? found : found.map(withoutValue), page);
  };
}

/** Deletes a key; plans lose it. */
export function deleteApiKey({ database }: ApiGatewayDependencies): Operations['DeleteApiKey'] {
  return async (context, { apiKey }) =>
    await database.transact(async (tx) => {
      await requireKey(tx, context, apiKey);
      await removeFromPlans(tx, context, apiKey);
      await deleteDocument(tx, context, 'api-key', apiKey);
      return {};
    });
}

const API_KEY: PatchTable = {
  refuse: refuseByTable(['/description', '/enabled', '/name', '/customerId']),
  fields: [
    text('/name'),
    text('/description', {
      read: (value) => {
        checkDescription(value);
        return value;
      },
    }),
    text('/customerId'),
    flag('/enabled'),
  ],
};

/** Changes a key, but never its value. */
export function updateApiKey({
  database,
  clock,
}: ApiGatewayDependencies): Operations['UpdateApiKey'] {
  return async (context, { apiKey, patchOperations }) =>
    await database.transact(async (tx) => {
      const patched = applyPatch(API_KEY, await requireKey(tx, context, apiKey), patchOperations);
      const key = { ...patched, lastUpdatedDate: clock.now() };
      const { value = '' } = key;
      await saveDocument(tx, context, { kind: 'api-key', id: apiKey, lookup: value }, key);
      return { ...withoutValue(key), tags: key.tags ?? {} };
    });
}

/**
 * Takes keys from a table of commas, whose first line names its columns.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-key-file-format.html
 */
export function importApiKeys(dependencies: ApiGatewayDependencies): Operations['ImportApiKeys'] {
  const make = createApiKey(dependencies);
  return async (context, { body }) => {
    const [head = '', ...lines] = textOf(body)
      .split(/\r?\n/)
      .filter((line) => line !== '');
    const names = head.split(',').map((name) => name.trim().toLowerCase());
    if (!names.includes('name') || !names.includes('key')) {
      throw badRequest('Failed to parse the CSV file: columns name and key are required');
    }
    const ids: string[] = [];
    for (const line of lines) {
      const cells = line.split(',').map((cell) => cell.trim());
      const at = (name: string) => cells[names.indexOf(name)];
      const given = { name: at('name'), value: at('key'), description: at('description') };
      const key = await make(context, {
        ...compact(given),
        enabled: at('enabled')?.toLowerCase() === 'true',
      });
      if (key.id !== undefined) ids.push(key.id);
    }
    return { ids, warnings: [] };
  };
}
