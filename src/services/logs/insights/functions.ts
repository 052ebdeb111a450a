/** Functions on single values. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-operations-functions.html */
import { isObject, parseJson } from '#kernel/json.ts';
import type { Value } from './syntax.ts';
import { compareValues, numberOf, periodMs, textOf } from './values.ts';

export interface Call {
  readonly values: readonly Value[];
  readonly now: number;
  /** The event's time, which `bin` asks for. */
  readonly eventTime: Value;
}

type Implementation = (call: Call) => Value;

function ofNumber(compute: (number: number) => number): Implementation {
  return ({ values: [value] }) => {
    const number = numberOf(value);
    return number === undefined ? undefined : finite(compute(number));
  };
}

function ofText(compute: (text: string, ...more: string[]) => Value): Implementation {
  return ({ values: [first, ...more] }) =>
    first === undefined
      ? undefined
      : compute(textOf(first), ...more.map((value) => (value === undefined ? '' : textOf(value))));
}

function finite(number: number): number | undefined {
  return Number.isFinite(number) ? number : undefined;
}

function best(values: readonly Value[], sign: number): Value {
  const known = values.filter((value) => value !== undefined);
  return known.sort((a, b) => sign * compareValues(a, b))[0];
}

function rounded(round: (number: number) => number): Implementation {
  return ({ values: [time, period] }) => {
    const ms = typeof period === 'string' ? periodMs(period) : undefined;
    const at = numberOf(time);
    return ms === undefined || at === undefined ? undefined : new Date(round(at / ms) * ms);
  };
}

function trimmed(pattern: (characters: string) => RegExp): Implementation {
  return ofText((text, characters = '') => text.replace(pattern(classOf(characters)), ''));
}

function classOf(characters: string): string {
  return characters === '' ? '\\s' : characters.replaceAll(/[\\\]^-]/g, '\\$&');
}

function substring(text: string, start = '0', length?: string): string {
  const from = Number(start);
  return text.slice(from, length === undefined ? undefined : from + Number(length));
}

/** JSON becomes a text again where a member is no scalar. */
function jsonParse(text: string): Value {
  const value = parseJson(text);
  if (typeof value === 'string' || typeof value === 'number') return value;
  return isObject(value) || Array.isArray(value) ? JSON.stringify(value) : undefined;
}

export const FUNCTIONS: Readonly<Record<string, Implementation>> = {
  abs: ofNumber(Math.abs),
  ceil: ofNumber(Math.ceil),
  floor: ofNumber(Math.floor),
  log: ofNumber(Math.log),
  sqrt: ofNumber(Math.sqrt),
  greatest: ({ values }) => best(values, -1),
  least: ({ values }) => best(values, 1),
  bin: ({ values: [period], eventTime, ...rest }) =>
    rounded(Math.floor)({ ...rest, eventTime, values: [eventTime, period] }),
  datefloor: rounded(Math.floor),
  dateceil: rounded(Math.ceil),
  frommillis: ({ values: [value] }) => {
    const ms = numberOf(value);
    return ms === undefined ? undefined : new Date(ms);
  },
  tomillis: ({ values: [value] }) => numberOf(value),
  now: ({ now }) => Math.floor(now / 1000),
  ispresent: ({ values: [value] }) => value !== undefined,
  coalesce: ({ values }) => values.find((value) => value !== undefined),
  isempty: ({ values: [value] }) => value === undefined || textOf(value) === '',
  isblank: ({ values: [value] }) => value === undefined || textOf(value).trim() === '',
  concat: ({ values }) =>
    values.map((value) => (value === undefined ? '' : textOf(value))).join(''),
  trim: trimmed((set) => new RegExp(`^[${set}]+|[${set}]+$`, 'g')),
  ltrim: trimmed((set) => new RegExp(`^[${set}]+`)),
  rtrim: trimmed((set) => new RegExp(`[${set}]+$`)),
  strlen: ofText((text) => text.length),
  toupper: ofText((text) => text.toUpperCase()),
  tolower: ofText((text) => text.toLowerCase()),
  substr: ofText(substring),
  replace: ofText((text, search = '', replacement = '') =>
    text.replaceAll(search, () => replacement),
  ),
  strcontains: ofText((text, search = '') => (text.includes(search) ? 1 : 0)),
  jsonparse: ofText(jsonParse),
  isvalidip: ofText((text) => isIpV4(text) || isIpV6(text)),
  isvalidipv4: ofText((text) => isIpV4(text)),
  isvalidipv6: ofText((text) => isIpV6(text)),
};

function isIpV4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
}

function isIpV6(text: string): boolean {
  return text.includes(':') && URL.canParse(`http://[${text}]`);
}
