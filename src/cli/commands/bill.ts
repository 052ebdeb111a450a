import { isObject } from '#kernel/json.ts';
import type { CliCommand } from '../command.ts';
import { bold, table } from '../output.ts';

type Fields = Readonly<Record<string, unknown>>;

/** `hearth bill`: what was used in a month, and what AWS would ask for it. */
export const bill: CliCommand = {
  name: 'bill',
  summary: "show a month's use, and what AWS would ask for it",
  examples: ['hearth bill', 'hearth bill --month 2026-11', 'hearth bill --output json'],
  configure: (command) =>
    command.option('--month <month>', 'such as 2026-11, in UTC (default: the present one)'),
  run: async ({ client, options, output }) => {
    const { month } = options;
    const query = typeof month === 'string' ? `?month=${encodeURIComponent(month)}` : '';
    const told = await client().json({
      service: 'lambda',
      method: 'GET',
      path: `/_hearth/bill${query}`,
    });
    output.value(told, () => textOf(told));
  },
};

function textOf(told: Fields): string {
  const lines = rowsOf(told['lines']);
  const about = `Account ${String(told['accountId'])}, ${String(told['month'])}`;
  if (lines.length === 0) return `${about}: nothing was used.`;
  const asked = lines.map((line) => [
    String(line['name']),
    `${amount(line['quantity'])} ${String(line['unit'])}`,
    amount(line['free']),
    dollars(line['amount']),
  ]);
  const total = ['Total', '', '', dollars(told['total'])];
  const functions = rowsOf(told['functions']).map((one) => [
    String(one['functionName']),
    String(one['region']),
    amount(sum(one, 'requests', 'provisionedRequests')),
    amount(sum(one, ...COMPUTED) / MIB_MS_PER_GB_SECOND),
  ]);
  return [
    bold(about),
    table([['what', 'used', 'free', 'to pay'], ...asked, total]),
    '',
    table([['function', 'Region', 'requests', 'GB-seconds'], ...functions]),
  ].join('\n');
}

/** A GB is 1,024 MiB, as on AWS's bill. */
const MIB_MS_PER_GB_SECOND = 1024 * 1000;
const COMPUTED = ['x86MibMs', 'armMibMs', 'provisionedX86MibMs', 'provisionedArmMibMs'];

function rowsOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function sum(fields: Fields, ...names: readonly string[]): number {
  return names.reduce((total, name) => total + Number(fields[name]), 0);
}

/** With as many digits as tell something: what a function used once is a thousandth. */
function amount(value: unknown): string {
  return Number(value).toLocaleString('en-US', { maximumSignificantDigits: 6 });
}

function dollars(value: unknown): string {
  return `$${Number(value).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}
