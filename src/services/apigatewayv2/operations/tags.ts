import type { Operations } from '#aws/models/apigatewayv2.types.gen.ts';
import { parseArn } from '#kernel/arn.ts';
import type { Transaction } from '#ports/world/database.ts';
import { checkTags } from '../check-settings.ts';
import type { Apigatewayv2Dependencies } from '../dependencies.ts';
import { badRequest, notFound } from '../errors.ts';
import { accountParts, partsOf, requireApi, requirePart } from '../find-parts.ts';
import type { Place, Tags } from '../model.ts';
import { saveApi, savePart, type Owner } from '../store.ts';

/** Kinds of parts that have tags. */
type TaggedKind = 'stage' | 'domain-name' | 'vpc-link';

/** Sets tags of an API, a stage, a domain or a link. */
export function tagResource({ database }: Apigatewayv2Dependencies): Operations['TagResource'] {
  return async (context, { ResourceArn, Tags: added = {} }) => {
    await database.transact((tx) =>
      changeTags(tx, context, ResourceArn, (tags) => ({ ...tags, ...added })),
    );
    return {};
  };
}

/** Takes tags away. */
export function untagResource({ database }: Apigatewayv2Dependencies): Operations['UntagResource'] {
  return async (context, { ResourceArn, TagKeys }) => {
    await database.transact((tx) =>
      changeTags(tx, context, ResourceArn, (tags) =>
        Object.fromEntries(Object.entries(tags).filter(([key]) => !TagKeys.includes(key))),
      ),
    );
    return {};
  };
}

/** Lists the tags of a resource. */
export function getTags({ database }: Apigatewayv2Dependencies): Operations['GetTags'] {
  return async (context, { ResourceArn }) => ({
    Tags: await database.transact((tx) => changeTags(tx, context, ResourceArn, undefined)),
  });
}

/** Stores what `change` makes of the tags, where there is one. @returns the tags as they then are */
async function changeTags(
  tx: Transaction,
  context: Place,
  resourceArn: string,
  change: ((tags: Tags) => Tags) | undefined,
): Promise<Tags> {
  const [, kind = '', id = '', below, name = ''] = resourceOf(resourceArn, context).split('/');
  if (kind === 'apis' && below === undefined) {
    const owned = await requireApi(tx, context, id);
    const tags = changed(owned.api.Tags, change);
    if (change !== undefined) await saveApi(tx, { ...owned, api: { ...owned.api, Tags: tags } });
    return tags;
  }
  if (kind === 'apis' && below === 'stages') {
    const owner = partsOf(await requireApi(tx, context, id));
    return changePart(tx, { owner, kind: 'stage', id: name }, change);
  }
  const owner = accountParts(context);
  if (kind === 'domainnames') return changePart(tx, { owner, kind: 'domain-name', id }, change);
  if (kind === 'vpclinks') return changePart(tx, { owner, kind: 'vpc-link', id }, change);
  throw badRequest(`Invalid resource ARN specified ${resourceArn}`);
}

async function changePart(
  tx: Transaction,
  { owner, kind, id }: { readonly owner: Owner; readonly kind: TaggedKind; readonly id: string },
  change: ((tags: Tags) => Tags) | undefined,
): Promise<Tags> {
  const part = await requirePart(tx, owner, kind, id);
  const tags = changed(part.Tags, change);
  if (change !== undefined) await savePart(tx, owner, { kind, id, body: { ...part, Tags: tags } });
  return tags;
}

function changed(tags: Tags = {}, change: ((tags: Tags) => Tags) | undefined): Tags {
  const after = change?.(tags) ?? tags;
  checkTags(after);
  return after;
}

/** `/apis/ID`, of `arn:aws:apigateway:REGION::/apis/ID`. */
function resourceOf(text: string, { region }: Place): string {
  const arn = parseArn(decodeURIComponent(text));
  if (arn?.service !== 'apigateway') throw badRequest(`Invalid resource ARN specified ${text}`);
  if (arn.region !== region) throw notFound(`Invalid resource ARN specified ${text}`);
  return arn.resource;
}
