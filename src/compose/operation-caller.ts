/** Performs operations of any service by their names, on the path that a request takes once its signature holds. */
import { AwsError } from '#aws/errors.ts';
import type { Authorise } from '#aws/gateway/index.ts';
import type { RequestContext, Service } from '#aws/operation.ts';
import { validateInput } from '#aws/validate.ts';
import type { OperationCaller, OperationSender } from '#ports/peers/operation-caller.ts';
import type { Random } from '#ports/world/random.ts';

export interface OperationCallerOptions {
  readonly random: Random;
  /** Asked at each call: services are put together after their caller. */
  readonly services: () => readonly Service[];
  /** Absent where no policy is evaluated. */
  readonly authorise?: () => Authorise;
}

/** A caller of all services. */
export function createOperationCaller(options: OperationCallerOptions): OperationCaller {
  const { random, services, authorise } = options;
  return {
    async call({ service: name, operation: operationName, input, sender }, signal) {
      const service = services().find(({ model }) => model.name === name);
      const model = service?.model.operation(operationName);
      const operation = service?.operations[operationName];
      if (service === undefined || model === undefined || operation === undefined) {
        throw notBuilt(name, operationName);
      }
      validateInput(service.model, model, input);
      const context = contextOf(sender, random.uuid(), signal);
      await authorise?.()(context, service.model, model, input);
      // Validated by the very model from which the operation's types are made.
      return (await operation(context, input as never)) as Readonly<Record<string, unknown>>;
    },
  };
}

function contextOf(
  sender: OperationSender,
  requestId: string,
  signal: AbortSignal,
): RequestContext {
  const { host, ...who } = sender;
  const headers = { host, 'user-agent': 'cloudformation.amazonaws.com' };
  const http = { method: 'POST', path: '/', query: new URLSearchParams(), headers };
  const sourceIp = 'cloudformation.amazonaws.com';
  return { ...who, requestId, signal, http: { ...http, sourceIp } };
}

function notBuilt(service: string, operation: string): AwsError {
  return new AwsError({
    code: 'NotImplemented',
    status: 501,
    message: `Hearth does not implement ${operation} of ${service}.`,
  });
}
