/** Virtual devices for codes. @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateVirtualMFADevice.html */
import type {
  CreateVirtualMFADeviceRequest,
  CreateVirtualMFADeviceResponse,
  DeactivateMFADeviceRequest,
  DeleteVirtualMFADeviceRequest,
  EnableMFADeviceRequest,
  GetMFADeviceRequest,
  GetMFADeviceResponse,
  ListMFADevicesRequest,
  ListMFADevicesResponse,
  ListVirtualMFADevicesRequest,
  ListVirtualMFADevicesResponse,
  VirtualMFADevice,
} from '#aws/models/iam.types.gen.ts';
import type { Operation, Service } from '#aws/operation.ts';
import { formatArn } from '#kernel/arn.ts';
import { utf8 } from '#kernel/bytes.ts';
import type { Queries } from '#ports/world/database.ts';
import type { IamDependencies } from '../dependencies.ts';
import { describeUser, wholeSeconds } from '../describe.ts';
import { deleteConflict, exists, invalidCode, notFound } from '../errors.ts';
import { checkTagCount } from '../new-entity.ts';
import { areConsecutive, base32 } from '../one-time-code.ts';
import { pageOf } from '../paging.ts';
import {
  deleteDocument,
  findDocument,
  listDocuments,
  putDocument,
  type MfaDevice,
} from '../store-documents.ts';
import { findEntity, getEntity } from '../store-entities.ts';
import { userNameOf } from '../user-name.ts';

const KIND = 'mfa-device';
const SEED_BYTES = 40;

/** The operations on them. */
export function mfaDeviceOperations(dependencies: IamDependencies): Service['operations'] {
  return {
    CreateVirtualMFADevice: createDevice(dependencies),
    DeactivateMFADevice: deactivateDevice(dependencies),
    DeleteVirtualMFADevice: deleteDevice(dependencies),
    EnableMFADevice: enableDevice(dependencies),
    GetMFADevice: getDevice(dependencies),
    ListMFADevices: listDevices(dependencies),
    ListVirtualMFADevices: listVirtualDevices(dependencies),
    ResyncMFADevice: resyncDevice(dependencies),
  };
}

function createDevice({
  database,
  clock,
  random,
}: IamDependencies): Operation<CreateVirtualMFADeviceRequest, CreateVirtualMFADeviceResponse> {
  return async ({ accountId }, { VirtualMFADeviceName: name, Path = '/', Tags = [] }) => {
    checkTagCount(Tags);
    const arn = formatArn('iam', '', accountId, `mfa${Path}${name}`);
    const seed = base32(random.bytes(SEED_BYTES));
    const body: MfaDevice = {
      id: arn,
      arn,
      seed,
      createdAtMs: wholeSeconds(clock.now()),
      tags: Tags,
    };
    await database.transact(async (tx) => {
      if ((await findDocument(tx, accountId, KIND, arn)) !== undefined) {
        throw exists('MFADevice entity at the same path and name already exists.');
      }
      await putDocument(tx, accountId, KIND, { name: arn, body });
    });
    return {
      VirtualMFADevice: {
        SerialNumber: arn,
        Base32StringSeed: utf8(seed),
        // What its picture says; nothing here draws pictures.
        QRCodePNG: utf8(
          `otpauth://totp/Amazon%20Web%20Services:${name}@${accountId}?secret=${seed}`,
        ),
      },
    };
  };
}

/** The device of a serial number. @throws AwsError NoSuchEntity */
export async function requireMfaDevice(
  queries: Queries,
  accountId: string,
  serial: string,
): Promise<MfaDevice> {
  const found = await findDocument(queries, accountId, KIND, serial);
  if (found === undefined) {
    throw notFound(`VirtualMFADevice with serial number ${serial} doesn't exist.`);
  }
  return found;
}

function enableDevice({
  database,
  clock,
}: IamDependencies): Operation<EnableMFADeviceRequest, object> {
  return async ({ accountId }, input) => {
    await database.transact(async (tx) => {
      const user = await getEntity(tx, accountId, 'user', input.UserName);
      const device = await requireMfaDevice(tx, accountId, input.SerialNumber);
      if (device.userName !== undefined) throw exists('MFA Device is already in use.');
      const codes = [input.AuthenticationCode1, input.AuthenticationCode2] as const;
      if (!areConsecutive(device.seed, codes, clock.now())) throw invalidCode();
      const body = { ...device, userName: user.name, enabledAtMs: wholeSeconds(clock.now()) };
      await putDocument(tx, accountId, KIND, { name: device.arn, userName: user.name, body });
    });
    return {};
  };
}

function resyncDevice({
  database,
  clock,
}: IamDependencies): Operation<EnableMFADeviceRequest, object> {
  return async ({ accountId }, input) => {
    const device = await database.read(async (queries) => {
      await getEntity(queries, accountId, 'user', input.UserName);
      return requireMfaDevice(queries, accountId, input.SerialNumber);
    });
    const codes = [input.AuthenticationCode1, input.AuthenticationCode2] as const;
    if (!areConsecutive(device.seed, codes, clock.now())) throw invalidCode();
    return {};
  };
}

function deactivateDevice({
  database,
}: IamDependencies): Operation<DeactivateMFADeviceRequest, object> {
  return async ({ accountId, principal }, { UserName, SerialNumber }) => {
    await database.transact(async (tx) => {
      const user = await getEntity(tx, accountId, 'user', userNameOf(principal, UserName));
      const device = await requireMfaDevice(tx, accountId, SerialNumber);
      const { userName, enabledAtMs: _enabledAtMs, ...body } = device;
      if (userName !== user.name) throw notFound('MFA Device invalid for user.');
      await putDocument(tx, accountId, KIND, { name: device.arn, body });
    });
    return {};
  };
}

function deleteDevice({
  database,
}: IamDependencies): Operation<DeleteVirtualMFADeviceRequest, object> {
  return async ({ accountId }, { SerialNumber }) => {
    await database.transact(async (tx) => {
      const device = await requireMfaDevice(tx, accountId, SerialNumber);
      if (device.userName !== undefined) {
        throw deleteConflict('MFA VirtualDevice in use. Must deactivate first.');
      }
      await deleteDocument(tx, accountId, KIND, device.arn);
    });
    return {};
  };
}

function getDevice({
  database,
}: IamDependencies): Operation<GetMFADeviceRequest, GetMFADeviceResponse> {
  return async ({ accountId }, { SerialNumber, UserName }) => {
    const device = await database.read((queries) =>
      requireMfaDevice(queries, accountId, SerialNumber),
    );
    if (UserName !== undefined && device.userName !== UserName) {
      throw notFound('MFA Device invalid for user.');
    }
    return {
      SerialNumber,
      ...(device.userName !== undefined && { UserName: device.userName }),
      ...(device.enabledAtMs !== undefined && { EnableDate: device.enabledAtMs }),
    };
  };
}

function listDevices({
  database,
}: IamDependencies): Operation<ListMFADevicesRequest, ListMFADevicesResponse> {
  return async ({ accountId, principal }, { UserName, ...input }) =>
    database.read(async (queries) => {
      const user = await getEntity(queries, accountId, 'user', userNameOf(principal, UserName));
      const devices = await listDocuments(queries, accountId, KIND, user.name);
      const page = pageOf(devices, ({ arn }) => arn, input);
      return {
        MFADevices: page.elements.map(({ arn, enabledAtMs = 0 }) => ({
          UserName: user.name,
          SerialNumber: arn,
          EnableDate: enabledAtMs,
        })),
        ...page.rest,
      };
    });
}

function listVirtualDevices({
  database,
}: IamDependencies): Operation<ListVirtualMFADevicesRequest, ListVirtualMFADevicesResponse> {
  return async ({ accountId }, { AssignmentStatus = 'Any', ...input }) =>
    database.read(async (queries) => {
      const devices = await listDocuments(queries, accountId, KIND);
      const wanted = devices.filter(
        ({ userName }) =>
          AssignmentStatus === 'Any' ||
          (userName !== undefined) === (AssignmentStatus === 'Assigned'),
      );
      const page = pageOf(wanted, ({ arn }) => arn, input);
      const VirtualMFADevices: VirtualMFADevice[] = [];
      for (const { arn, userName, enabledAtMs } of page.elements) {
        const user =
          userName === undefined
            ? undefined
            : await findEntity(queries, accountId, 'user', userName);
        VirtualMFADevices.push({
          SerialNumber: arn,
          ...(user !== undefined && { User: describeUser(user) }),
          ...(enabledAtMs !== undefined && { EnableDate: enabledAtMs }),
        });
      }
      return { VirtualMFADevices, ...page.rest };
    });
}
