import { GIB } from '#kernel/units.ts';
import {
  FREE_GB_SECONDS,
  FREE_REQUESTS,
  FREE_STREAMED_GB,
  GB_SECOND_TIERS,
  PROVISIONED_KEPT_PRICE,
  PROVISIONED_RUN_PRICE,
  REQUEST_PRICE,
  STREAMED_GB_PRICE,
  TEMPORARY_STORAGE_PRICE,
} from './prices.ts';
import type { Tier } from './prices.ts';
import { gbSeconds } from './usage.ts';
import type { Usage } from './usage.ts';

/** One line of a bill. */
export interface BillLine {
  readonly name: string;
  /** What was used, before what is free. */
  readonly quantity: number;
  readonly free: number;
  readonly unit: 'requests' | 'GB-seconds' | 'GB';
  /** In US dollars, not rounded. */
  readonly amount: number;
}

export interface Bill {
  readonly lines: readonly BillLine[];
  /** In US dollars: the sum of the lines, each rounded to cents as AWS's bill shows them. */
  readonly total: number;
}

/**
 * The bill of one account's month; what is free is taken from x86 first.
 * @see https://aws.amazon.com/lambda/pricing/
 */
export function billOf(usage: Usage): Bill {
  const x86 = gbSeconds(usage.x86MibMs);
  const arm = gbSeconds(usage.armMibMs);
  const x86Free = Math.min(x86, FREE_GB_SECONDS);
  const armFree = Math.min(arm, FREE_GB_SECONDS - x86Free);
  const streamed = usage.streamedBytes / GIB;
  const lines = [
    compute('Compute, x86_64', x86, x86Free, GB_SECOND_TIERS.x86_64),
    compute('Compute, arm64', arm, armFree, GB_SECOND_TIERS.arm64),
    line('Requests', usage.requests, FREE_REQUESTS, REQUEST_PRICE),
    ...provisionedLines(usage),
    line('Ephemeral storage', gbSeconds(usage.temporaryMibMs), 0, TEMPORARY_STORAGE_PRICE),
    line('Streamed responses', streamed, FREE_STREAMED_GB, STREAMED_GB_PRICE),
  ].filter(({ quantity }) => quantity > 0);
  const cents = lines.reduce((sum, { amount }) => sum + Math.round(amount * 100), 0);
  return { lines, total: cents / 100 };
}

/** What so many units cost where their price falls from tier to tier. */
export function tieredAmount(quantity: number, tiers: readonly Tier[]): number {
  let amount = 0;
  let from = 0;
  for (const { upTo, price } of tiers) {
    amount += Math.max(0, Math.min(quantity, upTo) - from) * price;
    from = upTo;
  }
  return amount;
}

/** What provisioned concurrency costs: kept, run and asked; nothing of it is free. */
function provisionedLines(usage: Usage): BillLine[] {
  const { x86_64: keptX86, arm64: keptArm } = PROVISIONED_KEPT_PRICE;
  const { x86_64: runX86, arm64: runArm } = PROVISIONED_RUN_PRICE;
  return [
    line('Provisioned concurrency, x86_64', gbSeconds(usage.keptX86MibMs), 0, keptX86),
    line('Provisioned concurrency, arm64', gbSeconds(usage.keptArmMibMs), 0, keptArm),
    line('Provisioned compute, x86_64', gbSeconds(usage.provisionedX86MibMs), 0, runX86),
    line('Provisioned compute, arm64', gbSeconds(usage.provisionedArmMibMs), 0, runArm),
    line('Provisioned requests', usage.provisionedRequests, 0, REQUEST_PRICE),
  ];
}

function compute(name: string, quantity: number, free: number, tiers: readonly Tier[]): BillLine {
  const amount = tieredAmount(quantity - free, tiers);
  return { name, quantity, free, unit: 'GB-seconds', amount };
}

function line(name: string, quantity: number, freeMax: number, price: number): BillLine {
  const free = Math.min(quantity, freeMax);
  const unit = UNITS[name] ?? 'requests';
  return { name, quantity, free, unit, amount: (quantity - free) * price };
}

const UNITS: Readonly<Record<string, BillLine['unit']>> = {
  'Ephemeral storage': 'GB-seconds',
  'Streamed responses': 'GB',
  'Provisioned concurrency, x86_64': 'GB-seconds',
  'Provisioned concurrency, arm64': 'GB-seconds',
  'Provisioned compute, x86_64': 'GB-seconds',
  'Provisioned compute, arm64': 'GB-seconds',
};
