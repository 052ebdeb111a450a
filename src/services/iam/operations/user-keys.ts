/** Users' SSH keys and signing certificates. @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_UploadSSHPublicKey.html */
import { X509Certificate } from 'node:crypto';
import type {
  DeleteSSHPublicKeyRequest,
  DeleteSigningCertificateRequest,
  GetSSHPublicKeyRequest,
  GetSSHPublicKeyResponse,
  ListSSHPublicKeysRequest,
  ListSSHPublicKeysResponse,
  ListSigningCertificatesRequest,
  ListSigningCertificatesResponse,
  SSHPublicKey,
  SigningCertificate,
  UpdateSSHPublicKeyRequest,
  UpdateSigningCertificateRequest,
  UploadSSHPublicKeyRequest,
  UploadSSHPublicKeyResponse,
  UploadSigningCertificateRequest,
  UploadSigningCertificateResponse,
} from '#aws/models/iam.types.gen.ts';
import type { Operation, Service } from '#aws/operation.ts';
import { uniqueId } from '#kernel/credential-ids.ts';
import type { Queries } from '#ports/world/database.ts';
import type { IamDependencies } from '../dependencies.ts';
import { wholeSeconds } from '../describe.ts';
import {
  exists,
  invalidPublicKey,
  limitExceeded,
  malformedCertificate,
  notFound,
} from '../errors.ts';
import { SIGNING_CERTIFICATES_MAX, SSH_KEYS_MAX } from '../limits.ts';
import { pageOf } from '../paging.ts';
import { readPublicKey } from '../public-key.ts';
import {
  deleteDocument,
  findDocument,
  listDocuments,
  putDocument,
  type PublicKey,
} from '../store-documents.ts';
import { getEntity } from '../store-entities.ts';
import { userNameOf } from '../user-name.ts';

type KeyKind = 'signing-certificate' | 'ssh-key';

/** The operations on them. */
export function userKeyOperations(dependencies: IamDependencies): Service['operations'] {
  return {
    DeleteSSHPublicKey: deleteSshKey(dependencies),
    DeleteSigningCertificate: deleteSigningCertificate(dependencies),
    GetSSHPublicKey: getSshKey(dependencies),
    ListSSHPublicKeys: listSshKeys(dependencies),
    ListSigningCertificates: listSigningCertificates(dependencies),
    UpdateSSHPublicKey: updateSshKey(dependencies),
    UpdateSigningCertificate: updateSigningCertificate(dependencies),
    UploadSSHPublicKey: uploadSshKey(dependencies),
    UploadSigningCertificate: uploadSigningCertificate(dependencies),
  };
}

/** A user's key of an id. */
async function requireKey(
  queries: Queries,
  accountId: string,
  kind: KeyKind,
  { userName, id }: { readonly userName: string; readonly id: string },
): Promise<PublicKey> {
  const { name } = await getEntity(queries, accountId, 'user', userName);
  const found = await findDocument(queries, accountId, kind, id);
  if (found?.userName === name) return found;
  const noun = kind === 'ssh-key' ? 'Public Key' : 'Certificate';
  throw notFound(`The ${noun} with id ${id} cannot be found.`);
}

function stored(body: PublicKey) {
  return { name: body.id, userName: body.userName, body };
}

function statusOf({ isActive }: PublicKey): 'Active' | 'Inactive' {
  return isActive ? 'Active' : 'Inactive';
}

function uploadSshKey({
  database,
  clock,
  random,
}: IamDependencies): Operation<UploadSSHPublicKeyRequest, UploadSSHPublicKeyResponse> {
  return async ({ accountId }, { UserName, SSHPublicKeyBody }) =>
    database.transact(async (tx) => {
      const { name: userName } = await getEntity(tx, accountId, 'user', UserName);
      const read = readPublicKey(SSHPublicKeyBody);
      if (read === undefined) throw invalidPublicKey();
      const others = await listDocuments(tx, accountId, 'ssh-key', userName);
      if (others.some(({ body }) => body === read.ssh)) {
        throw exists('The SSH public key already exists for this user.');
      }
      if (others.length >= SSH_KEYS_MAX) {
        throw limitExceeded(`Cannot exceed quota for SSHPublicKeysPerUser: ${SSH_KEYS_MAX}`);
      }
      const id = uniqueId('APKA', random.bytes(11));
      const key = {
        id,
        userName,
        createdAtMs: wholeSeconds(clock.now()),
        isActive: true,
        body: read.ssh,
      };
      await putDocument(tx, accountId, 'ssh-key', stored(key));
      return { SSHPublicKey: describeSshKey(key, SSHPublicKeyBody.trim()) };
    });
}

function describeSshKey(key: PublicKey, SSHPublicKeyBody: string): SSHPublicKey {
  return {
    UserName: key.userName,
    SSHPublicKeyId: key.id,
    Fingerprint: readPublicKey(key.body)?.fingerprint ?? '',
    SSHPublicKeyBody,
    Status: statusOf(key),
    UploadDate: key.createdAtMs,
  };
}

function getSshKey({
  database,
}: IamDependencies): Operation<GetSSHPublicKeyRequest, GetSSHPublicKeyResponse> {
  return async ({ accountId }, { UserName: userName, SSHPublicKeyId: id, Encoding }) => {
    const key = await database.read((queries) =>
      requireKey(queries, accountId, 'ssh-key', { userName, id }),
    );
    const body = Encoding === 'PEM' ? (readPublicKey(key.body)?.pem ?? '') : key.body;
    return { SSHPublicKey: describeSshKey(key, body) };
  };
}

function listSshKeys({
  database,
}: IamDependencies): Operation<ListSSHPublicKeysRequest, ListSSHPublicKeysResponse> {
  return async ({ accountId, principal }, { UserName, ...input }) =>
    database.read(async (queries) => {
      const user = await getEntity(queries, accountId, 'user', userNameOf(principal, UserName));
      const keys = await listDocuments(queries, accountId, 'ssh-key', user.name);
      const page = pageOf(keys, ({ id }) => id, input);
      return {
        SSHPublicKeys: page.elements.map((key) => ({
          UserName: key.userName,
          SSHPublicKeyId: key.id,
          Status: statusOf(key),
          UploadDate: key.createdAtMs,
        })),
        ...page.rest,
      };
    });
}

function updateSshKey({ database }: IamDependencies): Operation<UpdateSSHPublicKeyRequest, object> {
  return async ({ accountId }, { UserName: userName, SSHPublicKeyId: id, Status }) => {
    await database.transact(async (tx) => {
      const key = await requireKey(tx, accountId, 'ssh-key', { userName, id });
      await putDocument(
        tx,
        accountId,
        'ssh-key',
        stored({ ...key, isActive: Status === 'Active' }),
      );
    });
    return {};
  };
}

function deleteSshKey({ database }: IamDependencies): Operation<DeleteSSHPublicKeyRequest, object> {
  return async ({ accountId }, { UserName: userName, SSHPublicKeyId: id }) => {
    await database.transact(async (tx) => {
      await requireKey(tx, accountId, 'ssh-key', { userName, id });
      await deleteDocument(tx, accountId, 'ssh-key', id);
    });
    return {};
  };
}

function uploadSigningCertificate({
  database,
  clock,
  random,
}: IamDependencies): Operation<UploadSigningCertificateRequest, UploadSigningCertificateResponse> {
  return async ({ accountId, principal }, { UserName, CertificateBody: body }) =>
    database.transact(async (tx) => {
      const named = userNameOf(principal, UserName);
      const { name: userName } = await getEntity(tx, accountId, 'user', named);
      if (!isCertificate(body)) throw malformedCertificate('Certificate could not be parsed.');
      const others = await listDocuments(tx, accountId, 'signing-certificate', userName);
      if (others.length >= SIGNING_CERTIFICATES_MAX) {
        const quota = `SigningCertificatesPerUser: ${SIGNING_CERTIFICATES_MAX}`;
        throw limitExceeded(`Cannot exceed quota for ${quota}`);
      }
      const id = uniqueId('', random.bytes(20));
      const certificate = {
        id,
        userName,
        createdAtMs: wholeSeconds(clock.now()),
        isActive: true,
        body,
      };
      await putDocument(tx, accountId, 'signing-certificate', stored(certificate));
      return { Certificate: describeCertificate(certificate) };
    });
}

function isCertificate(body: string): boolean {
  try {
    return new X509Certificate(body).subject !== '';
  } catch {
    return false;
  }
}

function describeCertificate(certificate: PublicKey): SigningCertificate {
  return {
    UserName: certificate.userName,
    CertificateId: certificate.id,
    CertificateBody: certificate.body,
    Status: statusOf(certificate),
    UploadDate: certificate.createdAtMs,
  };
}

function listSigningCertificates({
  database,
}: IamDependencies): Operation<ListSigningCertificatesRequest, ListSigningCertificatesResponse> {
  return async ({ accountId, principal }, { UserName, ...input }) =>
    database.read(async (queries) => {
      const user = await getEntity(queries, accountId, 'user', userNameOf(principal, UserName));
      const all = await listDocuments(queries, accountId, 'signing-certificate', user.name);
      const page = pageOf(all, ({ id }) => id, input);
      return { Certificates: page.elements.map(describeCertificate), ...page.rest };
    });
}

function updateSigningCertificate({
  database,
}: IamDependencies): Operation<UpdateSigningCertificateRequest, object> {
  return async ({ accountId, principal }, { UserName, CertificateId: id, Status }) => {
    const userName = userNameOf(principal, UserName);
    await database.transact(async (tx) => {
      const found = await requireKey(tx, accountId, 'signing-certificate', { userName, id });
      const changed = { ...found, isActive: Status === 'Active' };
      await putDocument(tx, accountId, 'signing-certificate', stored(changed));
    });
    return {};
  };
}

function deleteSigningCertificate({
  database,
}: IamDependencies): Operation<DeleteSigningCertificateRequest, object> {
  return async ({ accountId, principal }, { UserName, CertificateId: id }) => {
    const userName = userNameOf(principal, UserName);
    await database.transact(async (tx) => {
      await requireKey(tx, accountId, 'signing-certificate', { userName, id });
      await deleteDocument(tx, accountId, 'signing-certificate', id);
    });
    return {};
  };
}
