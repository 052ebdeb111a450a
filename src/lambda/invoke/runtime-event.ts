import { isObject, parseJson } from '#kernel/json.ts';
import { DAY_MS } from '#kernel/units.ts';
import type { RuntimeEvent } from '#lambda/worker/index.ts';
import type { Invocation } from '#ports/peers/invoker.ts';
import type { Random } from '#ports/world/random.ts';
import { newTraceHeader, withSampling } from '#lambda/model/trace-header.ts';

export interface RuntimeEventOptions {
  readonly invocation: Invocation;
  readonly invokedFunctionArn: string;
  /** Wall clock, in ms since 1970. */
  readonly deadlineMs: number;
  readonly traceHeader: string;
}

/**
 * The event as the runtime receives it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html#runtimes-api-next
 */
export function runtimeEvent(options: RuntimeEventOptions): RuntimeEvent {
  const { invocation, invokedFunctionArn, traceHeader } = options;
  const deadlineMs = Math.floor(options.deadlineMs + heldMs(invocation));
  const { requestId, payload, clientContext, tenantId } = invocation;
  const context = clientContext === undefined ? '' : clientContextLine(clientContext);
  const tenant = tenantId === undefined ? '' : `Lambda-Runtime-Aws-Tenant-Id: ${tenantId}\r\n`;
  return {
    requestId,
    payload,
    deadlineMs,
    invokedFunctionArn,
    traceHeader,
    headerLines:
      'Content-Type: application/json\r\n' +
      `Lambda-Runtime-Aws-Request-Id: ${requestId}\r\n` +
      `Lambda-Runtime-Deadline-Ms: ${deadlineMs}\r\n` +
      `Lambda-Runtime-Invoked-Function-Arn: ${invokedFunctionArn}\r\n` +
      `Lambda-Runtime-Trace-Id: ${traceHeader}\r\n${context}${tenant}`,
  };
}

/** A debugger moves the deadline; the function is told one that holds however long it takes. */
function heldMs({ debugPort }: Invocation): number {
  return debugPort === undefined ? 0 : DAY_MS;
}

/** The trace header of an invocation: the caller's, or a new one. */
export function traceHeaderOf(
  invocation: Invocation,
  isActive: boolean,
  { random, nowMs }: { readonly random: Random; readonly nowMs: number },
): string {
  const { traceHeader: given } = invocation;
  const isGiven = given !== undefined && /^[\x20-\x7e]{1,512}$/.test(given);
  // Of a UUID, as Node.js makes them many at a time.
  const uuid = random.uuid();
  const parent = `${uuid.slice(0, 8)}${uuid.slice(-8)}`;
  if (isGiven) return withSampling(given, parent, isActive);
  const root = newTraceHeader(invocation.requestId, nowMs);
  return `${root};Parent=${parent};Sampled=${isActive ? 1 : 0}`;
}

/** JSON on one line, as bytes of UTF-8 in a latin1 text; nothing where it is no JSON object. */
function clientContextLine(base64: string): string {
  const value = parseJson(Buffer.from(base64, 'base64').toString());
  if (!isObject(value)) return '';
  const json = Buffer.from(JSON.stringify(value)).toString('latin1');
  return `Lambda-Runtime-Client-Context: ${json}\r\n`;
}
