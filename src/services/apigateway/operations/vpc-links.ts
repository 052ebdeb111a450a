import type { Operations, VpcLink } from '#aws/models/apigateway.types.gen.ts';
import type { Queries } from '#ports/world/database.ts';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import { noSuch } from '../errors.ts';
import { newId } from '../ids.ts';
import { compact, type Place } from '../model.ts';
import { pageOf } from '../paging.ts';
import { applyPatch, refuseByTable, text, type PatchTable } from '../patch/index.ts';
import { deleteDocument, findDocument, listDocuments, saveDocument } from '../store-documents.ts';

const READY: VpcLink = {
  status: 'AVAILABLE',
  statusMessage: 'Your vpc link is ready for use',
};

/** @throws AwsError NotFoundException */
async function requireLink(queries: Queries, place: Place, id: string): Promise<VpcLink> {
  const link = await findDocument(queries, place, 'vpc-link', id);
  if (link === undefined) throw noSuch('Vpc Link');
  return link;
}

/** Keeps a link to a load balancer; there is no network behind it here. */
export function createVpcLink({
  database,
  random,
}: ApiGatewayDependencies): Operations['CreateVpcLink'] {
  return async (context, input) => {
    const link = { ...compact(input), id: newId(random) };
    await database.transact((tx) =>
      saveDocument(tx, context, { kind: 'vpc-link', id: link.id }, { ...link, ...READY }),
    );
    return { ...link, status: 'PENDING' };
  };
}

/** Tells of one link. */
export function getVpcLink({ database }: ApiGatewayDependencies): Operations['GetVpcLink'] {
  return async (context, { vpcLinkId }) => {
    const link = await database.read((queries) => requireLink(queries, context, vpcLinkId));
    return { ...link, tags: link.tags ?? {} };
  };
}

/** Lists links. */
export function getVpcLinks({ database }: ApiGatewayDependencies): Operations['GetVpcLinks'] {
  return async (context, input) =>
    pageOf(await database.read((queries) => listDocuments(queries, context, 'vpc-link')), input);
}

/** Deletes a link. */
export function deleteVpcLink({ database }: ApiGatewayDependencies): Operations['DeleteVpcLink'] {
  return async (context, { vpcLinkId }) =>
    await database.transact(async (tx) => {
      await requireLink(tx, context, vpcLinkId);
      await deleteDocument(tx, context, 'vpc-link', vpcLinkId);
      return {};
    });
}

const VPC_LINK: PatchTable = {
  refuse: refuseByTable(['/name', '/description']),
  fields: [text('/name'), text('/description')],
};

/** Changes a link's name or description. */
export function updateVpcLink({ database }: ApiGatewayDependencies): Operations['UpdateVpcLink'] {
  return async (context, { vpcLinkId, patchOperations }) =>
    await database.transact(async (tx) => {
      const now = await requireLink(tx, context, vpcLinkId);
      const link = applyPatch(VPC_LINK, now, patchOperations);
      await saveDocument(tx, context, { kind: 'vpc-link', id: vpcLinkId }, link);
      return { ...link, tags: link.tags ?? {} };
    });
}
