/**
 * DynamoDB's numbers: at most 38 significant digits, magnitudes from 1E-130 to 9.99E+125, exact.
 * @see
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 */
import { validation } from '../errors.ts';

const DIGITS_MAX = 38;
const EXPONENT_MAX = 125;
const EXPONENT_MIN = -130;
/**
 * Longer texts cannot be a number within range without being padded; they are refused before BigInt
 * sees them.
 */
const TEXT_LENGTH_MAX = 2000;
const NUMBER = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d{1,9}))?$/;

/**
 * A number as sign, digits and the power of ten of the first digit: -1.23E4 is { negative, '123', 4
 * }.
 */
export interface Decimal {
  readonly isNegative: boolean;
  /** Without leading or trailing zeros; empty for zero. */
  readonly digits: string;
  readonly exponent: number;
}

const ZERO: Decimal = { isNegative: false, digits: '', exponent: 0 };

/**
 * Reads a number.
 * @throws ValidationException for what is no number, too long, too great or too small
 */
export function parseNumber(text: string): Decimal {
  const match = text.length > TEXT_LENGTH_MAX ? null : NUMBER.exec(text);
  if (match === null) {
    const detail = text === '' ? '' : `: ${text}`;
    throw validation(`The parameter cannot be converted to a numeric value${detail}`);
  }
  const [, sign, whole = '', fraction = match[4] ?? '', , power = '0'] = match;
  return checked(fromParts(sign === '-', whole + fraction, whole.length - 1 + Number(power)));
}

/** Drops zeros at both ends; `exponent` is that of the first digit given. */
function fromParts(isNegative: boolean, digits: string, exponent: number): Decimal {
  let start = 0;
  while (start < digits.length && digits.charCodeAt(start) === 48) start += 1;
  let end = digits.length;
  while (end > start && digits.charCodeAt(end - 1) === 48) end -= 1;
  if (start === end) return ZERO;
  return { isNegative, digits: digits.slice(start, end), exponent: exponent - start };
}

function checked(number: Decimal): Decimal {
  if (number.exponent > EXPONENT_MAX) {
    throw validation(
      'Number overflow. Attempting to store a number with magnitude larger than supported range',
    );
  }
  if (number.exponent < EXPONENT_MIN) {
    throw validation(
      'Number underflow. Attempting to store a number with magnitude smaller than supported range',
    );
  }
  if (number.digits.length > DIGITS_MAX) {
    throw validation('Attempting to store more than 38 significant digits in a Number');
  }
  return number;
}

const SHORT_INTEGER = /^(?:0|-?[1-9]\d{0,14})$/;

/**
 * The text in which DynamoDB gives a number back: no exponent, no superfluous zeros, `0` without a
 * sign.
 * @throws ValidationException as parseNumber
 */
export function canonicalNumber(text: string): string {
  return SHORT_INTEGER.test(text) ? text : formatNumber(parseNumber(text));
}

/** The canonical text of a number. */
export function formatNumber(number: Decimal): string {
  const { digits, exponent } = number;
  if (digits === '') return '0';
  const sign = number.isNegative ? '-' : '';
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return sign + digits.padEnd(exponent + 1, '0');
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}

/**
 * The sum, or the difference where `isSubtracted`.
 * @throws ValidationException where the result cannot be stored
 */
export function addNumbers(left: string, right: string, isSubtracted: boolean): string {
  const a = parseNumber(left);
  const b = parseNumber(right);
  const scale = Math.min(lowestExponent(a), lowestExponent(b));
  const sum = scaled(a, scale) + (isSubtracted ? -scaled(b, scale) : scaled(b, scale));
  const digits = (sum < 0n ? -sum : sum).toString();
  return formatNumber(checked(fromParts(sum < 0n, digits, scale + digits.length - 1)));
}

function lowestExponent(number: Decimal): number {
  return number.exponent - number.digits.length + 1;
}

/** The number as an integer of units of 10^scale. */
function scaled(number: Decimal, scale: number): bigint {
  if (number.digits === '') return 0n;
  const magnitude = BigInt(number.digits + '0'.repeat(lowestExponent(number) - scale));
  return number.isNegative ? -magnitude : magnitude;
}

/** Negative, zero or positive, as `left` is less than, equal to or greater than `right`. */
export function compareNumbers(left: string, right: string): number {
  if (left === right) return 0;
  if (SHORT_INTEGER.test(left) && SHORT_INTEGER.test(right)) return Number(left) - Number(right);
  const a = parseNumber(left);
  const b = parseNumber(right);
  const signs = signOf(a) - signOf(b);
  if (signs !== 0) return signs;
  return a.isNegative ? -compareMagnitudes(a, b) : compareMagnitudes(a, b);
}

function signOf(number: Decimal): number {
  if (number.digits === '') return 0;
  return number.isNegative ? -1 : 1;
}

function compareMagnitudes(a: Decimal, b: Decimal): number {
  if (a.exponent !== b.exponent) return a.exponent - b.exponent;
  if (a.digits === b.digits) return 0;
  return a.digits < b.digits ? -1 : 1;
}

/**
 * Bytes that a number weighs: one, and one for each two digits before the point and behind it, and
 * one for a minus sign. As measured at the 400 KB limit (conformance suites, 2026-08), where the
 * guide rounds otherwise.
 */
export function numberBytes(text: string): number {
  const { digits, exponent, isNegative } = parseNumber(text);
  if (digits === '') return 1;
  const whole = Math.max(0, Math.min(digits.length, exponent + 1));
  const wholeDigits = digits.length > whole ? Math.max(0, exponent + 1) : whole;
  const fractionDigits = digits.length - whole;
  return 1 + Math.ceil(wholeDigits / 2) + Math.ceil(fractionDigits / 2) + (isNegative ? 1 : 0);
}
