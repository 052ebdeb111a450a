/** Users' passwords. @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateLoginProfile.html */
import type {
  ChangePasswordRequest,
  CreateLoginProfileRequest,
  CreateLoginProfileResponse,
  DeleteLoginProfileRequest,
  GetLoginProfileRequest,
  GetLoginProfileResponse,
  UpdateLoginProfileRequest,
} from '#aws/models/iam.types.gen.ts';
import type { Operation, Service } from '#aws/operation.ts';
import type { Queries } from '#ports/world/database.ts';
import type { IamDependencies } from '../dependencies.ts';
import { wholeSeconds } from '../describe.ts';
import { exists, notFound, passwordViolation, wrongPassword } from '../errors.ts';
import {
  deleteDocument,
  findDocument,
  putDocument,
  type LoginProfile,
} from '../store-documents.ts';
import { getEntity } from '../store-entities.ts';
import { userNameOf } from '../user-name.ts';

/** The operations on them. */
export function loginProfileOperations(dependencies: IamDependencies): Service['operations'] {
  return {
    ChangePassword: changePassword(dependencies),
    CreateLoginProfile: createLoginProfile(dependencies),
    DeleteLoginProfile: deleteLoginProfile(dependencies),
    GetLoginProfile: getLoginProfile(dependencies),
    UpdateLoginProfile: updateLoginProfile(dependencies),
  };
}

function createLoginProfile({
  database,
  clock,
}: IamDependencies): Operation<CreateLoginProfileRequest, CreateLoginProfileResponse> {
  return async ({ accountId, principal }, input) =>
    database.transact(async (tx) => {
      const named = userNameOf(principal, input.UserName);
      const { name } = await getEntity(tx, accountId, 'user', named);
      if ((await findDocument(tx, accountId, 'login-profile', name)) !== undefined) {
        throw exists(`Login Profile for user ${name} already exists.`);
      }
      await checkPassword(tx, accountId, input.Password ?? '');
      const body: LoginProfile = {
        id: name,
        userName: name,
        createdAtMs: clock.now(),
        password: input.Password ?? '',
        mustReset: input.PasswordResetRequired ?? false,
      };
      await putDocument(tx, accountId, 'login-profile', { name, userName: name, body });
      return { LoginProfile: describe(body) };
    });
}

function describe({ userName, createdAtMs, mustReset }: LoginProfile) {
  return {
    UserName: userName,
    CreateDate: wholeSeconds(createdAtMs),
    PasswordResetRequired: mustReset,
  };
}

async function requireProfile(
  queries: Queries,
  accountId: string,
  named: string,
): Promise<LoginProfile> {
  const { name } = await getEntity(queries, accountId, 'user', named);
  const found = await findDocument(queries, accountId, 'login-profile', name);
  if (found === undefined) throw notFound(`Login Profile for User ${name} cannot be found.`);
  return found;
}

function getLoginProfile({
  database,
}: IamDependencies): Operation<GetLoginProfileRequest, GetLoginProfileResponse> {
  return async ({ accountId, principal }, { UserName }) => {
    const named = userNameOf(principal, UserName);
    const found = await database.read((queries) => requireProfile(queries, accountId, named));
    return { LoginProfile: describe(found) };
  };
}

function updateLoginProfile({
  database,
}: IamDependencies): Operation<UpdateLoginProfileRequest, object> {
  return async ({ accountId }, { UserName, Password, PasswordResetRequired }) => {
    await database.transact(async (tx) => {
      const found = await requireProfile(tx, accountId, UserName);
      if (Password !== undefined) await checkPassword(tx, accountId, Password);
      const body = {
        ...found,
        password: Password ?? found.password,
        mustReset: PasswordResetRequired ?? found.mustReset,
      };
      const { userName } = found;
      await putDocument(tx, accountId, 'login-profile', { name: userName, userName, body });
    });
    return {};
  };
}

function deleteLoginProfile({
  database,
}: IamDependencies): Operation<DeleteLoginProfileRequest, object> {
  return async ({ accountId, principal }, { UserName }) => {
    await database.transact(async (tx) => {
      const found = await requireProfile(tx, accountId, userNameOf(principal, UserName));
      await deleteDocument(tx, accountId, 'login-profile', found.userName);
    });
    return {};
  };
}

function changePassword({ database }: IamDependencies): Operation<ChangePasswordRequest, object> {
  return async ({ accountId, principal }, { OldPassword, NewPassword }) => {
    await database.transact(async (tx) => {
      const found = await requireProfile(tx, accountId, userNameOf(principal, undefined));
      if (found.password !== OldPassword) throw wrongPassword();
      await checkPassword(tx, accountId, NewPassword);
      const { userName } = found;
      const body = { ...found, password: NewPassword, mustReset: false };
      await putDocument(tx, accountId, 'login-profile', { name: userName, userName, body });
    });
    return {};
  };
}

/** As the account's password policy asks; AWS's own where there is none. */
async function checkPassword(queries: Queries, accountId: string, password: string): Promise<void> {
  const policy = await findDocument(queries, accountId, 'password-policy', 'account');
  const least = Number(policy?.['MinimumPasswordLength'] ?? 8);
  if (password.length < least) {
    throw passwordViolation(`Password should have a minimum length of ${least}`);
  }
  for (const [setting, pattern, words] of REQUIREMENTS) {
    if (policy?.[setting] === true && !pattern.test(password)) {
      throw passwordViolation(`Password should have at least one ${words}`);
    }
  }
}

const REQUIREMENTS = [
  ['RequireUppercaseCharacters', /[A-Z]/, 'uppercase letter'],
  ['RequireLowercaseCharacters', /[a-z]/, 'lowercase letter'],
  ['RequireNumbers', /\d/, 'number'],
  ['RequireSymbols', /[!@#$%^&*()_+\-=[\]{}|']/, 'symbol'],
] as const;
