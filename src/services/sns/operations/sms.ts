/** Settings of text messages, numbers that want none, and the sandbox. */
import type { Operations, SMSSandboxPhoneNumber } from '#aws/models/sns.types.gen.ts';
import type { RequestContext } from '#aws/operation.ts';
import type { Queries } from '#ports/world/database.ts';
import type { SnsDependencies } from '../dependencies.ts';
import { invalidParameter, noSuchPhoneNumber } from '../errors.ts';
import {
  checkPhoneNumber,
  checkSmsAttributes,
  NO_SMS_SETTINGS,
  SMS_DEFAULTS,
  type SmsSettings,
} from '../sms.ts';
import { findSmsSettings, saveSmsSettings } from '../store-platforms.ts';

async function settingsOf(queries: Queries, context: RequestContext): Promise<SmsSettings> {
  return (await findSmsSettings<SmsSettings>(queries, context)) ?? NO_SMS_SETTINGS;
}

/** Sets defaults of an account's text messages. */
export function setSmsAttributes({ database }: SnsDependencies): Operations['SetSMSAttributes'] {
  return async (context, { attributes: changed }) => {
    checkSmsAttributes(changed);
    await database.transact(async (tx) => {
      const settings = await settingsOf(tx, context);
      const attributes = { ...settings.attributes, ...changed };
      await saveSmsSettings(tx, context, { ...settings, attributes });
    });
    return {};
  };
}

/** Tells what is set, all of it or what is named. */
export function getSmsAttributes({ database }: SnsDependencies): Operations['GetSMSAttributes'] {
  return async (context, { attributes: names = [] }) => {
    const settings = await database.read((queries) => settingsOf(queries, context));
    const all = Object.entries({ ...SMS_DEFAULTS, ...settings.attributes });
    const chosen = all.filter(([name]) => names.length === 0 || names.includes(name));
    return { attributes: Object.fromEntries(chosen) };
  };
}

/** Nobody opts out of messages that nobody gets. */
export function checkIfPhoneNumberIsOptedOut(): Operations['CheckIfPhoneNumberIsOptedOut'] {
  return async (_context, { phoneNumber }) => {
    checkPhoneNumber(phoneNumber);
    return { isOptedOut: false };
  };
}

/** Recorded: `test_opt_in_non_existing_phone_number`. */
export function optInPhoneNumber(): Operations['OptInPhoneNumber'] {
  return async () => ({});
}

/** None. */
export function listPhoneNumbersOptedOut(): Operations['ListPhoneNumbersOptedOut'] {
  return async () => ({ phoneNumbers: [] });
}

/** None. */
export function listOriginationNumbers(): Operations['ListOriginationNumbers'] {
  return async () => ({ PhoneNumbers: [] });
}

/** Every account stays in the sandbox. */
export function getSmsSandboxAccountStatus(): Operations['GetSMSSandboxAccountStatus'] {
  return async () => ({ IsInSandbox: true });
}

/** Adds a number that waits for its one-time password. */
export function createSmsSandboxPhoneNumber({
  database,
}: SnsDependencies): Operations['CreateSMSSandboxPhoneNumber'] {
  return async (context, { PhoneNumber: number }) => {
    checkPhoneNumber(number);
    await database.transact(async (tx) => {
      const settings = await settingsOf(tx, context);
      const sandbox: SmsSettings['sandbox'] = { ...settings.sandbox, [number]: 'Pending' };
      await saveSmsSettings(tx, context, { ...settings, sandbox });
    });
    return {};
  };
}

/** Any password of the right form verifies: none was sent. */
export function verifySmsSandboxPhoneNumber({
  database,
}: SnsDependencies): Operations['VerifySMSSandboxPhoneNumber'] {
  return async (context, { PhoneNumber: number, OneTimePassword: password }) => {
    if (!/^\d{5,8}$/.test(password)) throw invalidParameter('OneTimePassword');
    await database.transact(async (tx) => {
      const settings = await settingsOf(tx, context);
      if (settings.sandbox[number] === undefined) throw noSuchPhoneNumber();
      const sandbox: SmsSettings['sandbox'] = { ...settings.sandbox, [number]: 'Verified' };
      await saveSmsSettings(tx, context, { ...settings, sandbox });
    });
    return {};
  };
}

/** Takes a number out of the sandbox. */
export function deleteSmsSandboxPhoneNumber({
  database,
}: SnsDependencies): Operations['DeleteSMSSandboxPhoneNumber'] {
  return async (context, { PhoneNumber: number }) => {
    await database.transact(async (tx) => {
      const settings = await settingsOf(tx, context);
      const { [number]: known, ...sandbox } = settings.sandbox;
      if (known === undefined) throw noSuchPhoneNumber();
      await saveSmsSettings(tx, context, { ...settings, sandbox });
    });
    return {};
  };
}

/** Lists the numbers of the sandbox. */
export function listSmsSandboxPhoneNumbers({
  database,
}: SnsDependencies): Operations['ListSMSSandboxPhoneNumbers'] {
  return async (context) => {
    const { sandbox } = await database.read((queries) => settingsOf(queries, context));
    const PhoneNumbers = Object.entries(sandbox).map(
      ([PhoneNumber, Status]): SMSSandboxPhoneNumber => ({ PhoneNumber, Status }),
    );
    return { PhoneNumbers };
  };
}
