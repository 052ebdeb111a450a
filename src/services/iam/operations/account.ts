/** The account itself: its alias, its users' passwords, its counts and its report. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html */
import type {
  CreateAccountAliasRequest,
  GetAccountPasswordPolicyResponse,
  GetAccountSummaryResponse,
  GetCredentialReportResponse,
  ListAccountAliasesRequest,
  ListAccountAliasesResponse,
  UpdateAccountPasswordPolicyRequest,
} from '#aws/models/iam.types.gen.ts';
import type { Operation, Service } from '#aws/operation.ts';
import type { Queries } from '#ports/world/database.ts';
import { credentialReport } from '../credential-report.ts';
import type { IamDependencies } from '../dependencies.ts';
import { exists, noReport, notFound } from '../errors.ts';
import {
  ATTACHMENTS_MAX,
  ACCESS_KEYS_MAX,
  INLINE_CHARACTERS_MAX,
  POLICY_CHARACTERS_MAX,
  POLICY_VERSIONS_MAX,
  TRUST_CHARACTERS_MAX,
} from '../limits.ts';
import { deleteDocument, findDocument, listDocuments, putDocument } from '../store-documents.ts';
import { listEntities } from '../store-entities.ts';
import { listPolicyRows } from '../store-policies.ts';

/** An account has one of each. */
const ONLY = 'account';

/** The operations on it. */
export function accountOperations(dependencies: IamDependencies): Service['operations'] {
  return {
    CreateAccountAlias: createAccountAlias(dependencies),
    DeleteAccountAlias: deleteAccountAlias(dependencies),
    DeleteAccountPasswordPolicy: deletePasswordPolicy(dependencies),
    GenerateCredentialReport: generateCredentialReport(dependencies),
    GetAccountPasswordPolicy: getPasswordPolicy(dependencies),
    GetAccountSummary: getAccountSummary(dependencies),
    GetCredentialReport: getCredentialReport(dependencies),
    ListAccountAliases: listAccountAliases(dependencies),
    UpdateAccountPasswordPolicy: updatePasswordPolicy(dependencies),
  };
}

/** An alias takes the place of the one before. */
function createAccountAlias({
  database,
}: IamDependencies): Operation<CreateAccountAliasRequest, object> {
  return async ({ accountId }, { AccountAlias: alias }) => {
    await database.transact(async (tx) => {
      const current = await findDocument(tx, accountId, 'account-alias', ONLY);
      if (current?.alias === alias) throw exists(`The account alias ${alias} already exists.`);
      await putDocument(tx, accountId, 'account-alias', { name: ONLY, body: { alias } });
    });
    return {};
  };
}

function deleteAccountAlias({
  database,
}: IamDependencies): Operation<CreateAccountAliasRequest, object> {
  return async ({ accountId }, { AccountAlias: alias }) => {
    await database.transact(async (tx) => {
      const current = await findDocument(tx, accountId, 'account-alias', ONLY);
      if (current?.alias !== alias) throw notFound(`The account alias ${alias} cannot be found.`);
      await deleteDocument(tx, accountId, 'account-alias', ONLY);
    });
    return {};
  };
}

function listAccountAliases({
  database,
}: IamDependencies): Operation<ListAccountAliasesRequest, ListAccountAliasesResponse> {
  return async ({ accountId }) => {
    const found = await database.read((queries) =>
      listDocuments(queries, accountId, 'account-alias'),
    );
    return { AccountAliases: found.map(({ alias }) => alias), IsTruncated: false };
  };
}

const PASSWORD_DEFAULTS = {
  AllowUsersToChangePassword: false,
  MinimumPasswordLength: 6,
  RequireLowercaseCharacters: false,
  RequireNumbers: false,
  RequireSymbols: false,
  RequireUppercaseCharacters: false,
};

/** What is not said goes back to its default. */
function updatePasswordPolicy({
  database,
}: IamDependencies): Operation<UpdateAccountPasswordPolicyRequest, object> {
  return async ({ accountId }, input) => {
    const body = { ...PASSWORD_DEFAULTS, ...input };
    await database.transact((tx) =>
      putDocument(tx, accountId, 'password-policy', { name: ONLY, body }),
    );
    return {};
  };
}

function getPasswordPolicy({
  database,
}: IamDependencies): Operation<object, GetAccountPasswordPolicyResponse> {
  return async ({ accountId }) => {
    const found = await database.read((queries) =>
      findDocument(queries, accountId, 'password-policy', ONLY),
    );
    if (found === undefined) {
      throw notFound(`The Password Policy with domain name ${accountId} cannot be found.`);
    }
    return {
      PasswordPolicy: { ...found, ExpirePasswords: Number(found['MaxPasswordAge'] ?? 0) > 0 },
    };
  };
}

function deletePasswordPolicy({ database }: IamDependencies): Operation<object, object> {
  return async ({ accountId }) => {
    const isDeleted = await database.transact((tx) =>
      deleteDocument(tx, accountId, 'password-policy', ONLY),
    );
    if (!isDeleted) throw notFound('The account policy with name PasswordPolicy cannot be found.');
    return {};
  };
}

function getAccountSummary({
  database,
}: IamDependencies): Operation<object, GetAccountSummaryResponse> {
  return async ({ accountId }) => {
    const counts = await database.read((queries) => countsOf(queries, accountId));
    return { SummaryMap: { ...QUOTAS, ...counts } };
  };
}

async function countsOf(queries: Queries, accountId: string): Promise<Record<string, number>> {
  const entities = async (kind: Parameters<typeof listEntities>[2]): Promise<number> =>
    (await listEntities(queries, accountId, kind, '/')).length;
  const documents = async (kind: Parameters<typeof listDocuments>[2]): Promise<number> =>
    (await listDocuments(queries, accountId, kind)).length;
  const policies = await listPolicyRows(queries, accountId);
  const devices = await listDocuments(queries, accountId, 'mfa-device');
  return {
    Groups: await entities('group'),
    InstanceProfiles: await entities('instance-profile'),
    Roles: await entities('role'),
    Users: await entities('user'),
    Policies: policies.length,
    PolicyVersionsInUse: policies.length,
    Providers: (await documents('oidc-provider')) + (await documents('saml-provider')),
    ServerCertificates: await documents('server-certificate'),
    MFADevices: devices.length,
    MFADevicesInUse: devices.filter(({ userName }) => userName !== undefined).length,
  };
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const QUOTAS: Readonly<Record<string, number>> = {
  AccessKeysPerUserQuota: ACCESS_KEYS_MAX,
  AccountAccessKeysPresent: 0,
  AccountMFAEnabled: 0,
  AccountPasswordPresent: 1,
  AccountSigningCertificatesPresent: 0,
  AssumeRolePolicySizeQuota: TRUST_CHARACTERS_MAX,
  AttachedPoliciesPerGroupQuota: ATTACHMENTS_MAX,
  AttachedPoliciesPerRoleQuota: ATTACHMENTS_MAX,
  AttachedPoliciesPerUserQuota: ATTACHMENTS_MAX,
  GlobalEndpointTokenVersion: 1,
  GroupPolicySizeQuota: INLINE_CHARACTERS_MAX.group,
  GroupsPerUserQuota: 10,
  GroupsQuota: 300,
  InstanceProfilesQuota: 1000,
  PoliciesQuota: 1500,
  PolicySizeQuota: POLICY_CHARACTERS_MAX,
  PolicyVersionsInUseQuota: 10_000,
  RolePolicySizeQuota: INLINE_CHARACTERS_MAX.role,
  RolesQuota: 1000,
  ServerCertificatesQuota: 20,
  SigningCertificatesPerUserQuota: 2,
  UserPolicySizeQuota: INLINE_CHARACTERS_MAX.user,
  UsersQuota: 5000,
  VersionsPerPolicyQuota: POLICY_VERSIONS_MAX,
};

function generateCredentialReport({ database, clock }: IamDependencies): Operation<object, object> {
  return async ({ accountId }) => {
    const body = { atMs: clock.now() };
    const isThere = await database.transact(async (tx) => {
      const found = await findDocument(tx, accountId, 'credential-report', ONLY);
      await putDocument(tx, accountId, 'credential-report', { name: ONLY, body });
      return found !== undefined;
    });
    if (isThere) return { State: 'COMPLETE' };
    return {
      State: 'STARTED',
      Description: 'No report exists. Starting a new report generation task',
    };
  };
}

function getCredentialReport({
  database,
}: IamDependencies): Operation<object, GetCredentialReportResponse> {
  return async ({ accountId }) =>
    database.read(async (queries) => {
      const found = await findDocument(queries, accountId, 'credential-report', ONLY);
      if (found === undefined) throw noReport();
      const Content = await credentialReport(queries, accountId);
      return { Content, ReportFormat: 'text/csv', GeneratedTime: found.atMs };
    });
}
