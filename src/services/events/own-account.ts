import { parseArn } from '#kernel/arn.ts';
import { isObject } from '#kernel/json.ts';
import type { Service } from '#aws/operation.ts';
import { accessDenied } from './errors.ts';

/** Members that may name what is another account's. */
const ARNS: readonly string[] = ['EventBusName', 'EventSourceArn', 'Name', 'ResourceARN'];
/** A bus's policy says who may put events from elsewhere. */
const OPEN: readonly string[] = ['PutEvents'];

/** Refuses what would change or show another account's buses, rules, archives and replays. */
export function inOwnAccount(operations: Service['operations']): Service['operations'] {
  return Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      OPEN.includes(name)
        ? operation
        : async (context, input: never) => {
            const foreign = foreignArn(input, context.accountId);
            if (foreign === undefined) return operation(context, input);
            throw accessDenied(context.principal.arn, `events:${name}`, foreign);
          },
    ]),
  );
}

function foreignArn(input: unknown, accountId: string): string | undefined {
  if (!isObject(input)) return undefined;
  const texts = ARNS.map((name) => input[name]).filter((value) => typeof value === 'string');
  return texts.find((text) => {
    const arn = parseArn(text);
    return arn?.service === 'events' && arn.accountId !== accountId;
  });
}
