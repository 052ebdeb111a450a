/**
 * AWS's SDK for JavaScript, boto3 and the AWS CLI behind one face, the SDK's, so that one story is told by all three.
 * Each keeps a ledger of the operations that the server answered, as the client's own middleware or event says.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as sdk from '@aws-sdk/client-lambda';
import type { Lambda } from '@aws-sdk/client-lambda';
import type { ExampleServer } from '../../../examples/server.ts';
import { environmentOf } from './python-client.ts';

export interface Caller extends AsyncDisposable {
  readonly lambda: Lambda;
  /** The operations that this client knows. */
  readonly operations: readonly string[];
  /** Those that were answered as wished, and those that were refused, with the codes. */
  readonly ledger: Ledger;
  /** Calls an operation by its name: the types of the SDK do not know all of them. */
  call(operation: string, input: object): Promise<unknown>;
}

export interface Ledger {
  readonly right: Set<string>;
  readonly wrong: Map<string, Set<string>>;
}

interface Told {
  readonly answer?: unknown;
  readonly error?: { readonly name: string; readonly message: string; readonly status: number };
  readonly called: readonly { readonly operation: string; readonly status: number }[];
}

/** The SDK for JavaScript. */
export function sdkCaller({ endpoint, region, credentials }: ExampleServer): Caller {
  const lambda = new sdk.Lambda({ endpoint, region, credentials, maxAttempts: 1 });
  const ledger: Ledger = { right: new Set(), wrong: new Map() };
  lambda.middlewareStack.add(
    (next, context) => async (request) => {
      const operation = String(context.commandName).replace(/Command$/, '');
      try {
        const result = await next(request);
        ledger.right.add(operation);
        return result;
      } catch (error) {
        // What was refused by the service has its metadata.
        if (error instanceof sdk.LambdaServiceException) refused(ledger, operation, error.name);
        throw error;
      }
    },
    { step: 'deserialize', priority: 'high' },
  );
  const operations = Object.keys(sdk).flatMap(
    (name) => /^([A-Z]\w+)Command$/.exec(name)?.[1] ?? [],
  );
  return {
    lambda,
    operations,
    ledger,
    call: (operation, input) => methodOf(lambda, operation)(input),
    [Symbol.asyncDispose]: async () => lambda.destroy(),
  };
}

/** A method of the SDK's client by the name of its operation. */
function methodOf(lambda: Lambda, operation: string): (input: object) => Promise<unknown> {
  // The aggregated client has a method for each command; its type tells no index.
  const method = Reflect.get(lambda, operation.charAt(0).toLowerCase() + operation.slice(1)) as (
    input: object,
  ) => Promise<unknown>;
  return (input) => method.call(lambda, input);
}

/** boto3 or the AWS CLI, in one Python process that lives as long as the caller. */
export async function pythonCaller(server: ExampleServer, kind: 'boto3' | 'cli'): Promise<Caller> {
  const script = join(import.meta.dirname, 'lambda-caller.py');
  const python = spawn('python', [script, kind], {
    env: environmentOf(server),
    cwd: tmpdir(),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(python, 'exit');
  const lines = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<unknown> => {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`the process of ${kind} ended`);
    return JSON.parse(String(value), fromTagged);
  };
  // The script's first line.
  const { operations } = (await line()) as { operations: string[] };
  const ledger: Ledger = { right: new Set(), wrong: new Map() };
  const call = async (operation: string, input: object): Promise<unknown> => {
    python.stdin.write(`${JSON.stringify({ operation, input }, toTagged)}\n`);
    // The script's answer to one line.
    const { answer, error, called } = (await line()) as Told;
    for (const one of called) {
      if (error === undefined) ledger.right.add(one.operation);
      else refused(ledger, one.operation, error.name);
    }
    if (error === undefined) return answer;
    const { name, message, status } = error;
    throw Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
  };
  return {
    lambda: lambdaOf(call),
    operations,
    ledger,
    call,
    [Symbol.asyncDispose]: async () => {
      python.stdin.end();
      await exited;
    },
  };
}

function lambdaOf(call: Caller['call']): Lambda {
  const get = (_: object, method: string | symbol) => (input: object) => {
    const name = String(method);
    return call(name.charAt(0).toUpperCase() + name.slice(1), input);
  };
  // Each method of the SDK's client is answered by its name; the others are not used.
  return new Proxy({}, { get }) as Lambda;
}

function refused({ wrong }: Ledger, operation: string, code: string): void {
  wrong.set(operation, (wrong.get(operation) ?? new Set()).add(code));
}

function toTagged(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  // A Buffer has turned itself into an object by now.
  const raw = this[key];
  return raw instanceof Uint8Array ? { $bytes: Buffer.from(raw).toString('base64') } : value;
}

function fromTagged(_: string, value: unknown): unknown {
  // Only bytes are told with this member.
  const tagged = value as { $bytes?: string } | null;
  return typeof tagged === 'object' && typeof tagged?.$bytes === 'string'
    ? Buffer.from(tagged.$bytes, 'base64')
    : value;
}
