/** Certificates of servers. @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_UploadServerCertificate.html */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type {
  DeleteServerCertificateRequest,
  GetServerCertificateRequest,
  GetServerCertificateResponse,
  ListServerCertificatesRequest,
  ListServerCertificatesResponse,
  ServerCertificateMetadata,
  UpdateServerCertificateRequest,
  UploadServerCertificateRequest,
  UploadServerCertificateResponse,
} from '#aws/models/iam.types.gen.ts';
import type { Operation, Service } from '#aws/operation.ts';
import { formatArn } from '#kernel/arn.ts';
import { uniqueId } from '#kernel/credential-ids.ts';
import type { Queries } from '#ports/world/database.ts';
import type { IamDependencies } from '../dependencies.ts';
import { wholeSeconds } from '../describe.ts';
import { exists, keyMismatch, malformedCertificate, notFound } from '../errors.ts';
import { keyOf } from '../model.ts';
import { checkTagCount } from '../new-entity.ts';
import { pageOf } from '../paging.ts';
import {
  deleteDocument,
  findDocument,
  listDocuments,
  putDocument,
  type ServerCertificate,
} from '../store-documents.ts';

const KIND = 'server-certificate';

/** The operations on them. */
export function serverCertificateOperations(dependencies: IamDependencies): Service['operations'] {
  return {
    DeleteServerCertificate: deleteCertificate(dependencies),
    GetServerCertificate: getCertificate(dependencies),
    ListServerCertificates: listCertificates(dependencies),
    UpdateServerCertificate: updateCertificate(dependencies),
    UploadServerCertificate: uploadCertificate(dependencies),
  };
}

function uploadCertificate({
  database,
  clock,
  random,
}: IamDependencies): Operation<UploadServerCertificateRequest, UploadServerCertificateResponse> {
  return async ({ accountId }, input) => {
    const { ServerCertificateName: name, Path: path = '/', Tags = [] } = input;
    const { CertificateBody: body, CertificateChain: chain } = input;
    const expiresAtMs = expiryOf(body, input.PrivateKey);
    checkTagCount(Tags);
    const certificate: ServerCertificate = {
      name,
      path,
      id: uniqueId('ASCA', random.bytes(11)),
      arn: arnOf(accountId, path, name),
      createdAtMs: wholeSeconds(clock.now()),
      expiresAtMs,
      body,
      ...(chain !== undefined && { chain }),
      tags: Tags,
    };
    await database.transact(async (tx) => {
      if ((await findDocument(tx, accountId, KIND, name)) !== undefined) throw taken(name);
      await putDocument(tx, accountId, KIND, { name, body: certificate });
    });
    const ServerCertificateMetadata = describe(certificate);
    return { ServerCertificateMetadata, ...(Tags.length > 0 && { Tags }) };
  };
}

function arnOf(accountId: string, path: string, name: string): string {
  return formatArn('iam', '', accountId, `server-certificate${path}${name}`);
}

function taken(name: string) {
  return exists(`The Server Certificate with name ${name} already exists.`);
}

/** When a certificate ends; it has to be one, and the key's. */
function expiryOf(body: string, privateKey: string): number {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(body);
  } catch {
    throw malformedCertificate(
      'Unable to parse certificate. Please ensure the certificate is in PEM format.',
    );
  }
  let isTheirs = false;
  try {
    isTheirs = certificate.checkPrivateKey(createPrivateKey(privateKey));
  } catch {
    throw malformedCertificate('Unable to parse key. Please ensure the key is in PEM format.');
  }
  if (!isTheirs) throw keyMismatch();
  return Date.parse(certificate.validTo);
}

function describe(certificate: ServerCertificate): ServerCertificateMetadata {
  return {
    Path: certificate.path,
    ServerCertificateName: certificate.name,
    ServerCertificateId: certificate.id,
    Arn: certificate.arn,
    UploadDate: certificate.createdAtMs,
    Expiration: certificate.expiresAtMs,
  };
}

/** The certificate of a name. @throws AwsError NoSuchEntity */
export async function requireServerCertificate(
  queries: Queries,
  accountId: string,
  name: string,
): Promise<ServerCertificate> {
  const found = await findDocument(queries, accountId, KIND, name);
  if (found === undefined) {
    throw notFound(`The Server Certificate with name ${name} cannot be found.`);
  }
  return found;
}

function getCertificate({
  database,
}: IamDependencies): Operation<GetServerCertificateRequest, GetServerCertificateResponse> {
  return async ({ accountId }, { ServerCertificateName: name }) => {
    const found = await database.read((queries) =>
      requireServerCertificate(queries, accountId, name),
    );
    return {
      ServerCertificate: {
        ServerCertificateMetadata: describe(found),
        CertificateBody: found.body,
        ...(found.chain !== undefined && { CertificateChain: found.chain }),
        ...(found.tags.length > 0 && { Tags: found.tags }),
      },
    };
  };
}

function listCertificates({
  database,
}: IamDependencies): Operation<ListServerCertificatesRequest, ListServerCertificatesResponse> {
  return async ({ accountId }, { PathPrefix = '/', ...input }) => {
    const all = await database.read((queries) => listDocuments(queries, accountId, KIND));
    const wanted = all.filter(({ path }) => path.startsWith(PathPrefix));
    const page = pageOf(wanted, ({ name }) => keyOf(name), input);
    return { ServerCertificateMetadataList: page.elements.map(describe), ...page.rest };
  };
}

function updateCertificate({
  database,
}: IamDependencies): Operation<UpdateServerCertificateRequest, object> {
  return async ({ accountId }, { ServerCertificateName, NewServerCertificateName, NewPath }) => {
    await database.transact(async (tx) => {
      const found = await requireServerCertificate(tx, accountId, ServerCertificateName);
      const [name, path] = [NewServerCertificateName ?? found.name, NewPath ?? found.path];
      const isRenamed = keyOf(name) !== keyOf(found.name);
      if (isRenamed && (await findDocument(tx, accountId, KIND, name)) !== undefined) {
        throw taken(name);
      }
      await deleteDocument(tx, accountId, KIND, found.name);
      const body = { ...found, name, path, arn: arnOf(accountId, path, name) };
      await putDocument(tx, accountId, KIND, { name, body });
    });
    return {};
  };
}

function deleteCertificate({
  database,
}: IamDependencies): Operation<DeleteServerCertificateRequest, object> {
  return async ({ accountId }, { ServerCertificateName: name }) => {
    await database.transact(async (tx) => {
      await requireServerCertificate(tx, accountId, name);
      await deleteDocument(tx, accountId, KIND, name);
    });
    return {};
  };
}
