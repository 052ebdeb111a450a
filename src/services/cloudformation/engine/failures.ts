/** What failed, and how that is stored and told. */
import { AwsError } from '#aws/errors.ts';
import type { Resource } from '../model.ts';
import { ownOf } from '../own.ts';
import { addEvent } from '../store-stacks.ts';
import { putResource, resourceEvent, type Deployment } from './deployment.ts';

/** A resource could not be brought where it should be; its event says why. */
export class ResourceFailed extends Error {
  override readonly name = 'ResourceFailed';
}

/** What became of a phase; `reason` where it failed. */
export interface PhaseResult {
  readonly reason?: string;
}

/** Which resources failed, as a stack's reason tells it; nothing where none did. */
export function failedTo(verb: string, ids: readonly string[]): string {
  if (ids.length === 0) return '';
  return `The following resource(s) failed to ${verb}: [${ids.join(', ')}]. `;
}

/** What is no failure of a resource is ours. */
export function rethrowBugs(errors: Iterable<unknown>): void {
  for (const error of errors) if (!(error instanceof ResourceFailed)) throw error;
}

/** Stores that it failed, and why. @throws ResourceFailed */
export async function fail(
  deployment: Deployment,
  row: Resource,
  status: string,
  error: unknown,
): Promise<never> {
  const statusReason = reasonOf(deployment, row.type, error);
  await putResource(deployment, { ...row, status, statusReason });
  throw new ResourceFailed(statusReason, { cause: error });
}

/** Tells that it failed, and why; its row stays as it is: it is to be tried again from there. */
export async function tellFailed(
  deployment: Deployment,
  row: Resource,
  status: string,
  error: unknown,
): Promise<void> {
  const statusReason = reasonOf(deployment, row.type, error);
  const { dependencies, stack } = deployment;
  await dependencies.database.transact((tx) =>
    addEvent(tx, stack.id, resourceEvent(deployment, { ...row, status, statusReason })),
  );
}

/** Tells of what is being made that nobody waits for any more; rows stay as they are. */
export async function tellCancelled(deployment: Deployment): Promise<void> {
  const { dependencies, stack, resources } = deployment;
  const cancelled = [...resources.values()].filter(({ status }) => status === 'CREATE_IN_PROGRESS');
  await dependencies.database.transact(async (tx) => {
    for (const row of cancelled) {
      const statusReason = 'Resource creation cancelled';
      const told = { ...row, status: 'CREATE_FAILED', statusReason };
      await addEvent(tx, stack.id, resourceEvent(deployment, told));
    }
  });
}

function reasonOf(
  { dependencies: { random, log } }: Deployment,
  type: string,
  error: unknown,
): string {
  if (!(error instanceof AwsError)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log.error('a resource failed because of a bug', { stack });
    return 'Internal Failure';
  }
  if (isOwnWord(error)) return error.message;
  const code = handlerCode(error);
  const from = `(Service: ${serviceOf(type)}, Status Code: ${error.status}, Request ID: ${random.uuid()})`;
  // What does not become what it is to be is no service's answer.
  const text = code === 'NotStabilized' ? error.message : `${error.message} ${from}`;
  return `Resource handler returned message: "${text}" (RequestToken: ${random.uuid()}, HandlerErrorCode: ${code})`;
}

/** What CloudFormation itself says, not whoever makes a resource. */
function isOwnWord({ code, message }: AwsError): boolean {
  if (code === 'CustomResourceFailed' || code === 'NoCustomResponse') return true;
  const own =
    /^(?:Action (?:denied|not allowed)|Template|Properties|No export|Custom|Unable|Embedded)/;
  return code === 'ValidationError' && own.test(message);
}

/** Services as AWS's handlers name them, where types of resources have another word. */
const SERVICES: Readonly<Record<string, string>> = {
  DynamoDB: 'DynamoDb',
  Events: 'EventBridge',
  IAM: 'Iam',
  Logs: 'CloudWatchLogs',
  SNS: 'Sns',
  SQS: 'Sqs',
  SSM: 'Ssm',
};

function serviceOf(type: string): string {
  const name = type.split('::')[1] ?? type;
  return ownOf(SERVICES, name) ?? name;
}

function handlerCode({ code, status }: AwsError): string {
  if (/AlreadyExists|ResourceInUse|EntityAlreadyExists|BucketAlready|Conflict/.test(code)) {
    return 'AlreadyExists';
  }
  if (/NotFound|NoSuch|NonExistent/.test(code)) return 'NotFound';
  if (/AccessDenied|Unauthorized/.test(code) || status === 403) return 'AccessDenied';
  if (/LimitExceeded|Quota/.test(code)) return 'ServiceLimitExceeded';
  if (code === 'NotStabilized') return code;
  return status >= 500 ? 'ServiceInternalError' : 'InvalidRequest';
}
