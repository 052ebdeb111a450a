import type { Account, ClientCertificate, Operations } from '#aws/models/apigateway.types.gen.ts';
import { DAY_MS } from '#kernel/units.ts';
import type { Queries } from '#ports/world/database.ts';
import type { ApiGatewayDependencies } from '../dependencies.ts';
import { badRequest, noSuch } from '../errors.ts';
import { newId } from '../ids.ts';
import { THROTTLE_BURST_DEFAULT, THROTTLE_RATE_DEFAULT } from '../limits.ts';
import { compact, type Place } from '../model.ts';
import { pageOf } from '../paging.ts';
import { applyPatch, refuseByPath, text, type PatchTable } from '../patch/index.ts';
import { deleteDocument, findDocument, listDocuments, saveDocument } from '../store-documents.ts';

const ACCOUNT: Account = {
  throttleSettings: { burstLimit: THROTTLE_BURST_DEFAULT, rateLimit: THROTTLE_RATE_DEFAULT },
  features: ['UsagePlans'],
  apiKeyVersion: '4',
};

/** Tells what holds for all APIs of an account. */
export function getAccount({ database }: ApiGatewayDependencies): Operations['GetAccount'] {
  return async (context) => {
    const set = await database.read((queries) => findDocument(queries, context, 'account', ''));
    return { ...ACCOUNT, ...set };
  };
}

const ACCOUNT_TABLE: PatchTable = {
  refuse: refuseByPath,
  fields: [text('/cloudwatchRoleArn')],
};

/** Sets the role with which logs are written. */
export function updateAccount({ database }: ApiGatewayDependencies): Operations['UpdateAccount'] {
  return async (context, { patchOperations }) =>
    await database.transact(async (tx) => {
      const now = { ...ACCOUNT, ...(await findDocument(tx, context, 'account', '')) };
      const account = applyPatch(ACCOUNT_TABLE, now, patchOperations);
      const role = account.cloudwatchRoleArn ?? '';
      if (role !== '' && !/^arn:[\w-]+:iam::\d{12}:role\/.+/.test(role)) {
        throw badRequest(`Invalid ARN specified in the request: ${role}`);
      }
      await saveDocument(tx, context, { kind: 'account', id: '' }, account);
      return account;
    });
}

const CERTIFICATE_DAYS = 365;

/** @throws AwsError NotFoundException */
async function requireCertificate(
  queries: Queries,
  place: Place,
  id: string,
): Promise<ClientCertificate> {
  const certificate = await findDocument(queries, place, 'certificate', id);
  if (certificate === undefined) throw noSuch('Client Certificate');
  return certificate;
}

/** Keeps a certificate by its id; back ends are never shown one here, and it has no key. */
export function generateClientCertificate({
  database,
  random,
  clock,
}: ApiGatewayDependencies): Operations['GenerateClientCertificate'] {
  return async (context, input) => {
    const nowMs = clock.now();
    const body = Buffer.from(random.bytes(96)).toString('base64');
    const certificate = {
      ...compact(input),
      clientCertificateId: newId(random),
      pemEncodedCertificate: `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----`,
      createdDate: nowMs,
      expirationDate: nowMs + CERTIFICATE_DAYS * DAY_MS,
    };
    const id = certificate.clientCertificateId;
    await database.transact((tx) =>
      saveDocument(tx, context, { kind: 'certificate', id }, certificate),
    );
    return certificate;
  };
}

/** Tells of one certificate. */
export function getClientCertificate({
  database,
}: ApiGatewayDependencies): Operations['GetClientCertificate'] {
  return async (context, { clientCertificateId }) => {
    const found = await database.read((queries) =>
      requireCertificate(queries, context, clientCertificateId),
    );
    return { ...found, tags: found.tags ?? {} };
  };
}

/** Lists certificates. */
export function getClientCertificates({
  database,
}: ApiGatewayDependencies): Operations['GetClientCertificates'] {
  return async (context, input) =>
    pageOf(await database.read((queries) => listDocuments(queries, context, 'certificate')), input);
}

/** Deletes a certificate. */
export function deleteClientCertificate({
  database,
}: ApiGatewayDependencies): Operations['DeleteClientCertificate'] {
  return async (context, { clientCertificateId }) =>
    await database.transact(async (tx) => {
      await requireCertificate(tx, context, clientCertificateId);
      await deleteDocument(tx, context, 'certificate', clientCertificateId);
      return {};
    });
}

const CERTIFICATE: PatchTable = { refuse: refuseByPath, fields: [text('/description')] };

/** Changes what is said of a certificate. */
export function updateClientCertificate({
  database,
}: ApiGatewayDependencies): Operations['UpdateClientCertificate'] {
  return async (context, { clientCertificateId, patchOperations }) =>
    await database.transact(async (tx) => {
      const now = await requireCertificate(tx, context, clientCertificateId);
      const changed = applyPatch(CERTIFICATE, now, patchOperations);
      const id = clientCertificateId;
      await saveDocument(tx, context, { kind: 'certificate', id }, changed);
      return { ...changed, tags: changed.tags ?? {} };
    });
}
