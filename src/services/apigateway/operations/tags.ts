import type { Operations } from '#aws/models/apigateway.types.gen.ts';
import { parseArn } from '#kernel/arn.ts';
import type { Transaction } from '#ports/world/database.ts';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import { badRequest, notFound } from '../errors.ts';
import type { Place } from '../model.ts';
import { findApi, findStage, saveApi, saveStage } from '../store-apis.ts';
import { findDocument, saveDocument, type DocumentKind } from '../store-documents.ts';

type TagMap = Readonly<Record<string, string>>;

/** What bears tags: they are read, and written where there are others. */
interface Bearer {
  readonly tags: TagMap;
  save(tags: TagMap): Promise<void>;
}

const KINDS: Readonly<Record<string, Exclude<DocumentKind, 'account' | 'base-path'>>> = {
  apikeys: 'api-key',
  usageplans: 'usage-plan',
  domainnames: 'domain-name',
  clientcertificates: 'certificate',
  vpclinks: 'vpc-link',
};

/**
 * What an ARN names: `arn:aws:apigateway:REGION::/restapis/ID/stages/NAME`.
 * @throws AwsError BadRequestException, NotFoundException
 */
async function requireBearer(tx: Transaction, place: Place, resourceArn: string): Promise<Bearer> {
  const arn = parseArn(resourceArn);
  const [, collection = '', id = '', inner, name = ''] = arn?.resource.split('/') ?? [];
  if (arn?.service !== 'apigateway' || id === '') {
    throw badRequest('Invalid ARN specified in the request');
  }
  const found =
    collection === 'restapis'
      ? await apiBearer(tx, place, { id, stageName: inner === 'stages' ? name : undefined })
      : await documentBearer(tx, place, KINDS[collection], id);
  if (found === undefined) throw notFound('Invalid resource identifier specified');
  return found;
}

async function apiBearer(
  tx: Transaction,
  place: Place,
  { id, stageName }: { readonly id: string; readonly stageName: string | undefined },
): Promise<Bearer | undefined> {
  const record = await findApi(tx, place, id);
  if (record === undefined) return undefined;
  if (stageName === undefined) {
    const save = (tags: TagMap) => saveApi(tx, { ...record, api: { ...record.api, tags } });
    return { tags: record.api.tags ?? {}, save };
  }
  const stage = await findStage(tx, id, stageName);
  if (stage === undefined) return undefined;
  return { tags: stage.tags ?? {}, save: (tags) => saveStage(tx, id, { ...stage, tags }) };
}

async function documentBearer(
  tx: Transaction,
  place: Place,
  kind: Exclude<DocumentKind, 'account' | 'base-path'> | undefined,
  id: string,
): Promise<Bearer | undefined> {
  if (kind === undefined) return undefined;
  const document = await findDocument(tx, place, kind, id);
  if (document === undefined) return undefined;
  const lookup = 'value' in document ? { lookup: document.value ?? '' } : {};
  return {
    tags: document.tags ?? {},
    save: (tags) => saveDocument(tx, place, { kind, id, ...lookup }, { ...document, tags }),
  };
}

/** Adds tags. */
export function tagResource({ database }: ApiGatewayDependencies): Operations['TagResource'] {
  return async (context, { resourceArn, tags }) =>
    await database.transact(async (tx) => {
      const bearer = await requireBearer(tx, context, resourceArn);
      await bearer.save({ ...bearer.tags, ...tags });
      return {};
    });
}

/** Takes tags away. */
export function untagResource({ database }: ApiGatewayDependencies): Operations['UntagResource'] {
  return async (context, { resourceArn, tagKeys }) =>
    await database.transact(async (tx) => {
      const bearer = await requireBearer(tx, context, resourceArn);
      const kept = Object.entries(bearer.tags).filter(([key]) => !tagKeys.includes(key));
      await bearer.save(Object.fromEntries(kept));
      return {};
    });
}

/** Tells the tags of what an ARN names. */
export function getTags({ database }: ApiGatewayDependencies): Operations['GetTags'] {
  return async (context, { resourceArn }) =>
    await database.transact(async (tx) => {
      const { tags } = await requireBearer(tx, context, resourceArn);
      return { tags };
    });
}
