import { shortId } from '#aws/execute-api/index.ts';
import type { Operations, VpcLink } from '#aws/models/apigatewayv2.types.gen.ts';
import { checkTags } from '../check-settings.ts';
import type { Apigatewayv2Dependencies } from '../dependencies.ts';
import { badRequest } from '../errors.ts';
import { accountParts, partNotFound, requirePart } from '../find-parts.ts';
import { NAME_LENGTH_MAX } from '../limits.ts';
import { pageOf } from '../paging.ts';
import { deletePart, listParts, savePart } from '../store.ts';

const ID_LENGTH = 6;

/** Keeps a link; there is no network for it to lead to. */
export function createVpcLink({
  database,
  random,
  clock,
}: Apigatewayv2Dependencies): Operations['CreateVpcLink'] {
  return async (context, { Name, SubnetIds, SecurityGroupIds = [], Tags = {} }) => {
    checkName(Name);
    if (SubnetIds.length === 0) throw badRequest('SubnetIds must not be empty');
    checkTags(Tags);
    const id = shortId(random, ID_LENGTH);
    const body: VpcLink = {
      CreatedDate: clock.now(),
      Name,
      SecurityGroupIds,
      SubnetIds,
      Tags,
      VpcLinkId: id,
      VpcLinkStatus: 'AVAILABLE',
      VpcLinkStatusMessage: 'VPC link is ready to route traffic',
      VpcLinkVersion: 'V2',
    };
    await database.transact((tx) =>
      savePart(tx, accountParts(context), { kind: 'vpc-link', id, body }),
    );
    return body;
  };
}

function checkName(name: string): void {
  if (name.length > 0 && name.length <= NAME_LENGTH_MAX) return;
  throw badRequest('Name must be between 1 and 128 characters long.');
}

/** Tells of one link. */
export function getVpcLink({ database }: Apigatewayv2Dependencies): Operations['GetVpcLink'] {
  return async (context, { VpcLinkId }) =>
    database.read((queries) => requirePart(queries, accountParts(context), 'vpc-link', VpcLinkId));
}

/** Lists the account's links in the Region, a page at a time. */
export function getVpcLinks({ database }: Apigatewayv2Dependencies): Operations['GetVpcLinks'] {
  return async (context, input) =>
    pageOf(
      await database.read((queries) => listParts(queries, accountParts(context), 'vpc-link')),
      input,
    );
}

/** Changes the name. */
export function updateVpcLink({ database }: Apigatewayv2Dependencies): Operations['UpdateVpcLink'] {
  return async (context, { VpcLinkId: id, Name }) =>
    database.transact(async (tx) => {
      const known = await requirePart(tx, accountParts(context), 'vpc-link', id);
      if (Name !== undefined) checkName(Name);
      const body = { ...known, ...(Name === undefined ? {} : { Name }) };
      await savePart(tx, accountParts(context), { kind: 'vpc-link', id, body });
      return body;
    });
}

/** Deletes a link. */
export function deleteVpcLink({ database }: Apigatewayv2Dependencies): Operations['DeleteVpcLink'] {
  return async (context, { VpcLinkId: id }) => {
    await database.transact(async (tx) => {
      const isDeleted = await deletePart(tx, accountParts(context), 'vpc-link', id);
      if (!isDeleted) throw partNotFound('vpc-link', id);
    });
    return {};
  };
}
