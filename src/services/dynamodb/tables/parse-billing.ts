import type {
  OnDemandThroughput,
  ProvisionedThroughput,
  StreamSpecification,
  WarmThroughput,
} from '#aws/models/dynamodb.types.gen.ts';
import { invalidParameters, validation } from '../errors.ts';
import type { StreamViewType, Table, Throughput } from './table.ts';

export const NO_THROUGHPUT: Throughput = { read: 0, write: 0 };
const UNITS_MAX = 1_000_000_000_000;

export interface BillingInput {
  readonly BillingMode?: string;
  readonly ProvisionedThroughput?: ProvisionedThroughput;
}

/**
 * A new table's mode and units.
 * @throws ValidationException where they do not go together
 */
export function parseBilling(input: BillingInput): Pick<Table, 'billingMode' | 'throughput'> {
  const units = input.ProvisionedThroughput;
  if (input.BillingMode === 'PAY_PER_REQUEST') {
    if (units !== undefined) {
      throw invalidParameters(
        'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is ' +
          'PAY_PER_REQUEST',
      );
    }
    return { billingMode: 'PAY_PER_REQUEST', throughput: NO_THROUGHPUT };
  }
  if (units === undefined) {
    throw invalidParameters(
      'ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED',
    );
  }
  return { billingMode: 'PROVISIONED', throughput: parseUnits(units) };
}

/** @throws ValidationException beyond what AWS counts to */
export function parseUnits(
  { ReadCapacityUnits: read, WriteCapacityUnits: write }: ProvisionedThroughput,
  index?: string,
): Throughput {
  const at = index === undefined ? '' : ` for index ${index}`;
  if (read > UNITS_MAX) {
    throw validation(`Given value ${read} for ReadCapacityUnits is out of bounds${at}`);
  }
  if (write > UNITS_MAX) {
    throw validation(`Given value ${write} for WriteCapacityUnits is out of bounds${at}`);
  }
  return { read, write };
}

/**
 * A global index's units.
 * @throws ValidationException where they do not go with the table's mode
 */
export function parseIndexUnits(
  mode: Table['billingMode'],
  name: string,
  units: ProvisionedThroughput | undefined,
): Throughput {
  if (mode === 'PROVISIONED') {
    if (units) return parseUnits(units, name);
    throw invalidParameters(`ProvisionedThroughput must be specified for index: ${name}`);
  }
  if (units === undefined) return NO_THROUGHPUT;
  throw invalidParameters(
    `ProvisionedThroughput should not be specified for index: ${name} when BillingMode is PAY_PER_REQUEST`,
  );
}

/**
 * The view that a stream is to have, or `undefined` where none is wanted.
 * @throws ValidationException where the specification contradicts itself
 */
export function parseStreamView(specification: StreamSpecification): StreamViewType | undefined {
  const { StreamEnabled: isEnabled, StreamViewType: view } = specification;
  if (isEnabled && view === undefined) {
    throw invalidParameters('StreamViewType must be specified when StreamEnabled is true');
  }
  if (!isEnabled && view !== undefined) {
    throw invalidParameters('StreamViewType can not be specified when StreamEnabled is false');
  }
  return view as StreamViewType | undefined; // The model's enumeration has the same four.
}

/** The members of requests that are kept as they came. */
export function keptThroughput(input: {
  readonly OnDemandThroughput?: OnDemandThroughput;
  readonly WarmThroughput?: WarmThroughput;
}): { readonly onDemandThroughput?: OnDemandThroughput; readonly warmThroughput?: WarmThroughput } {
  return {
    ...(input.OnDemandThroughput && { onDemandThroughput: input.OnDemandThroughput }),
    ...(input.WarmThroughput && { warmThroughput: input.WarmThroughput }),
  };
}
