/** Text messages: their settings and numbers are kept, none is ever sent. */
import { invalidParameter, invalidSmsAttribute } from './errors.ts';

/** What an account has set in a Region. */
export interface SmsSettings {
  readonly attributes: Readonly<Record<string, string>>;
  /** Numbers of the sandbox, with their status. */
  readonly sandbox: Readonly<Record<string, 'Pending' | 'Verified'>>;
}

export const NO_SMS_SETTINGS: SmsSettings = { attributes: {}, sandbox: {} };

/** What is in force where nothing is set. Recorded: `test_get_sms_attributes_from_unmodified_region`. */
export const SMS_DEFAULTS: Readonly<Record<string, string>> = { MonthlySpendLimit: '1' };

const isPercentage = (value: string): boolean => /^\d{1,3}$/.test(value) && Number(value) <= 100;
const isAnything = (): boolean => true;

/** @see https://docs.aws.amazon.com/sns/latest/api/API_SetSMSAttributes.html */
const ATTRIBUTES: Readonly<Record<string, (value: string) => boolean>> = {
  MonthlySpendLimit: (value) => /^\d+$/.test(value),
  DeliveryStatusIAMRole: isAnything,
  DeliveryStatusSuccessSamplingRate: isPercentage,
  DefaultSenderID: (value) => /^(?=.*[A-Za-z])[A-Za-z0-9]{1,11}$/.test(value),
  DefaultSMSType: (value) => value === 'Promotional' || value === 'Transactional',
  UsageReportS3Bucket: isAnything,
};

/** @throws AwsError InvalidParameter; recorded: `test_set_invalid_sms_attributes` */
export function checkSmsAttributes(attributes: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(attributes)) {
    // `constructor` and its like are names that anybody may send.
    const check = Object.hasOwn(ATTRIBUTES, name) ? ATTRIBUTES[name] : undefined;
    if (check === undefined) throw invalidSmsAttribute(`${name} is not a valid attribute`);
    if (!check(value)) throw invalidSmsAttribute(`${name} is invalid`);
  }
}

/** @throws AwsError InvalidParameter where a text is no number of E.164 */
export function checkPhoneNumber(number: string): void {
  if (/^\+?[1-9]\d{1,14}$/.test(number.replaceAll(/[-./ ]/g, ''))) return;
  throw invalidParameter(`PhoneNumber Reason: ${number} is not valid to publish to`);
}
