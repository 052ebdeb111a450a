/** Passwords of users for single services. @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceSpecificCredential.html */
import type {
  CreateServiceSpecificCredentialRequest,
  CreateServiceSpecificCredentialResponse,
  DeleteServiceSpecificCredentialRequest,
  ListServiceSpecificCredentialsRequest,
  ListServiceSpecificCredentialsResponse,
  ResetServiceSpecificCredentialRequest,
  ResetServiceSpecificCredentialResponse,
  UpdateServiceSpecificCredentialRequest,
} from '#aws/models/iam.types.gen.ts';
import type { Operation, RequestContext, Service } from '#aws/operation.ts';
import { uniqueId } from '#kernel/credential-ids.ts';
import type { Queries } from '#ports/world/database.ts';
import type { IamDependencies } from '../dependencies.ts';
import { wholeSeconds } from '../describe.ts';
import { limitExceeded, noSuchCredential, noSuchService } from '../errors.ts';
import { SERVICE_CREDENTIALS_MAX } from '../limits.ts';
import { getEntity } from '../store-entities.ts';
import {
  deleteCredential,
  listCredentials,
  putCredential,
  type ServiceCredential,
} from '../store-service-credentials.ts';
import { userNameOf } from '../user-name.ts';

const SERVICES: ReadonlySet<string> = new Set([
  'bedrock.amazonaws.com',
  'cassandra.amazonaws.com',
  'codecommit.amazonaws.com',
]);
const PASSWORD_BYTES = 32;

/** The five operations on them. */
export function serviceSpecificCredentialOperations(
  dependencies: IamDependencies,
): Service['operations'] {
  return {
    CreateServiceSpecificCredential: create(dependencies),
    ListServiceSpecificCredentials: list(dependencies),
    UpdateServiceSpecificCredential: update(dependencies),
    ResetServiceSpecificCredential: reset(dependencies),
    DeleteServiceSpecificCredential: remove(dependencies),
  };
}

function create({
  database,
  clock,
  random,
}: IamDependencies): Operation<
  CreateServiceSpecificCredentialRequest,
  CreateServiceSpecificCredentialResponse
> {
  return async ({ accountId }, { UserName, ServiceName }) => {
    const credential = await database.transact(async (tx) => {
      const user = await getEntity(tx, accountId, 'user', UserName);
      if (!SERVICES.has(ServiceName)) throw noSuchService(ServiceName);
      const others = await listCredentials(tx, accountId, user.name);
      const same = others.filter(({ serviceName }) => serviceName === ServiceName);
      if (same.length >= SERVICE_CREDENTIALS_MAX) {
        throw limitExceeded(
          `Cannot exceed quota for ServiceSpecificCredentialsPerUser: ${SERVICE_CREDENTIALS_MAX}`,
        );
      }
      const taken = same.length === 0 ? '' : `+${same.length}`;
      const fresh: ServiceCredential = {
        accountId,
        userName: user.name,
        id: uniqueId('ACCA', random.bytes(11)),
        serviceName: ServiceName,
        serviceUserName: `${user.name}${taken}-at-${accountId}`,
        password: password(random),
        isActive: true,
        createdAtMs: clock.now(),
      };
      await putCredential(tx, fresh);
      return fresh;
    });
    return { ServiceSpecificCredential: withPassword(credential) };
  };
}

function list({
  database,
}: IamDependencies): Operation<
  ListServiceSpecificCredentialsRequest,
  ListServiceSpecificCredentialsResponse
> {
  return async ({ accountId, principal }, { UserName, ServiceName }) => {
    const name = userNameOf(principal, UserName);
    const found = await database.read(async (queries) => {
      const user = await getEntity(queries, accountId, 'user', name);
      return listCredentials(queries, accountId, user.name);
    });
    const wanted = found.filter(
      ({ serviceName }) => ServiceName === undefined || serviceName === ServiceName,
    );
    return { ServiceSpecificCredentials: wanted.map(describe) };
  };
}

function update({
  database,
}: IamDependencies): Operation<UpdateServiceSpecificCredentialRequest, object> {
  return async (context, input) => {
    await database.transact(async (tx) => {
      const credential = await find(tx, context, input);
      await putCredential(tx, { ...credential, isActive: input.Status === 'Active' });
    });
    return {};
  };
}

function reset({
  database,
  random,
}: IamDependencies): Operation<
  ResetServiceSpecificCredentialRequest,
  ResetServiceSpecificCredentialResponse
> {
  return async (context, input) => {
    const credential = await database.transact(async (tx) => {
      const changed = { ...(await find(tx, context, input)), password: password(random) };
      await putCredential(tx, changed);
      return changed;
    });
    return { ServiceSpecificCredential: withPassword(credential) };
  };
}

function remove({
  database,
}: IamDependencies): Operation<DeleteServiceSpecificCredentialRequest, object> {
  return async (context, input) => {
    await database.transact(async (tx) => deleteCredential(tx, await find(tx, context, input)));
    return {};
  };
}

/** @throws AwsError NoSuchEntity */
async function find(
  queries: Queries,
  { accountId, principal }: RequestContext,
  input: { readonly UserName?: string; readonly ServiceSpecificCredentialId: string },
): Promise<ServiceCredential> {
  const user = await getEntity(queries, accountId, 'user', userNameOf(principal, input.UserName));
  const all = await listCredentials(queries, accountId, user.name);
  const found = all.find(({ id }) => id === input.ServiceSpecificCredentialId);
  if (found === undefined) throw noSuchCredential(input.ServiceSpecificCredentialId);
  return found;
}

function describe(credential: ServiceCredential) {
  return {
    UserName: credential.userName,
    Status: credential.isActive ? 'Active' : 'Inactive',
    ServiceUserName: credential.serviceUserName,
    CreateDate: wholeSeconds(credential.createdAtMs),
    ServiceSpecificCredentialId: credential.id,
    ServiceName: credential.serviceName,
  };
}

function withPassword(credential: ServiceCredential) {
  return { ...describe(credential), ServicePassword: credential.password };
}

function password(random: IamDependencies['random']): string {
  return Buffer.from(random.bytes(PASSWORD_BYTES)).toString('base64');
}
