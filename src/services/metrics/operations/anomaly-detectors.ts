/**
 * Anomaly detectors are kept and shown; nothing is trained. @see
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutAnomalyDetector.html
 */
import type {
  AnomalyDetector,
  DeleteAnomalyDetectorInput,
  DescribeAnomalyDetectorsInput,
  DescribeAnomalyDetectorsOutput,
  PutAnomalyDetectorInput,
  SingleMetricAnomalyDetector,
} from '#aws/models/cloudwatch.types.gen.ts';
import type { Operation, Service } from '#aws/operation.ts';
import type { MetricsDependencies } from '../dependencies.ts';
import { invalidCombination, missingParameter, noAnomalyDetector } from '../errors.ts';
import { ANOMALY_DETECTORS_PER_PAGE } from '../limits.ts';
import { dimensionsKey } from '../model.ts';
import { pageByName } from '../paging.ts';
import { DocumentStore } from '../store-documents.ts';

const detectors = new DocumentStore<AnomalyDetector>('anomaly-detector');

/** The three operations on them. */
export function anomalyDetectorOperations(
  dependencies: MetricsDependencies,
): Service['operations'] {
  return {
    PutAnomalyDetector: putAnomalyDetector(dependencies),
    DescribeAnomalyDetectors: describeAnomalyDetectors(dependencies),
    DeleteAnomalyDetector: deleteAnomalyDetector(dependencies),
  };
}

function putAnomalyDetector({
  database,
}: MetricsDependencies): Operation<PutAnomalyDetectorInput, Record<string, never>> {
  return (context, input) =>
    database.transact(async (tx) => {
      const subject = subjectOf(input, context.accountId);
      const { Configuration = {}, MetricCharacteristics } = input;
      const body: AnomalyDetector = {
        ...subject,
        Configuration: { ExcludedTimeRanges: [], ...Configuration },
        ...(MetricCharacteristics !== undefined && { MetricCharacteristics }),
        StateValue: 'PENDING_TRAINING',
      };
      await detectors.put(tx, context, { name: nameOf(subject), body, tags: {} });
      return {};
    });
}

function describeAnomalyDetectors({
  database,
}: MetricsDependencies): Operation<DescribeAnomalyDetectorsInput, DescribeAnomalyDetectorsOutput> {
  return async (context, input) => {
    const all = await database.read((queries) => detectors.list(queries, context));
    const wanted = all.filter(({ body }) => isWanted(body, input));
    const { page, rest } = pageByName(wanted, ({ name }) => name, {
      nextToken: input.NextToken,
      limit: input.MaxResults ?? ANOMALY_DETECTORS_PER_PAGE,
    });
    return { AnomalyDetectors: page.map(({ body }) => body), ...rest };
  };
}

function isWanted(detector: AnomalyDetector, input: DescribeAnomalyDetectorsInput): boolean {
  const { AnomalyDetectorTypes: types = ['SINGLE_METRIC'], Dimensions } = input;
  const type = detector.MetricMathAnomalyDetector ? 'METRIC_MATH' : 'SINGLE_METRIC';
  return (
    types.includes(type) &&
    detector.Namespace === (input.Namespace ?? detector.Namespace) &&
    detector.MetricName === (input.MetricName ?? detector.MetricName) &&
    (Dimensions === undefined || dimensionsKey(Dimensions) === dimensionsKey(detector.Dimensions))
  );
}

function deleteAnomalyDetector({
  database,
}: MetricsDependencies): Operation<DeleteAnomalyDetectorInput, Record<string, never>> {
  return (context, input) =>
    database.transact(async (tx) => {
      const name = nameOf(subjectOf(input, context.accountId));
      if ((await detectors.find(tx, context, name)) === undefined) throw noAnomalyDetector();
      await detectors.delete(tx, context, name);
      return {};
    });
}

type Subject = Omit<AnomalyDetector, 'Configuration' | 'StateValue'>;

/** What a detector watches: the old members of the request and the new ones say the same. */
function subjectOf(input: DeleteAnomalyDetectorInput, accountId: string): Subject {
  const { SingleMetricAnomalyDetector: single, MetricMathAnomalyDetector: math } = input;
  const { Namespace, MetricName, Stat, Dimensions } = input;
  const hasOld = [Namespace, MetricName, Stat, Dimensions].some((one) => one !== undefined);
  if ([single !== undefined, math !== undefined, hasOld].filter(Boolean).length > 1) {
    throw invalidCombination(
      'Only one of SingleMetricAnomalyDetector, MetricMathAnomalyDetector and the metric’s own ' +
        'parameters can be specified.',
    );
  }
  if (math !== undefined) return { MetricMathAnomalyDetector: math };
  return singleSubject(
    single ?? dropAbsent({ Namespace, MetricName, Stat, Dimensions }),
    accountId,
  );
}

function singleSubject(single: SingleMetricAnomalyDetector, accountId: string): Subject {
  const { Namespace, MetricName, Stat, Dimensions = [] } = single;
  for (const [name, value] of Object.entries({ Namespace, MetricName, Stat })) {
    if (value === undefined) throw missingParameter(`The parameter ${name} is required.`);
  }
  const metric = { ...dropAbsent({ Namespace, MetricName, Stat }), Dimensions };
  return {
    ...metric,
    SingleMetricAnomalyDetector: { AccountId: single.AccountId ?? accountId, ...metric },
  };
}

function nameOf({ Namespace, MetricName, Stat, Dimensions, ...subject }: Subject): string {
  const { MetricMathAnomalyDetector: math } = subject;
  if (math !== undefined) return JSON.stringify(math);
  return JSON.stringify([Namespace, MetricName, Stat, dimensionsKey(Dimensions)]);
}

type Known<Members> = { [Key in keyof Members]?: Exclude<Members[Key], undefined> };

function dropAbsent<Members extends object>(members: Members): Known<Members> {
  // What is left has no member that is undefined.
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  ) as Known<Members>;
}
