import type { ServiceModel } from '../model.ts';
import type { Call } from '../operation.ts';
import { textOf } from './permissions.ts';

/**
 * The path of an operation with the input's values in it, decoded: by what API Gateway's policies name resources,
 * however a client wrote it. What is named by an ARN of its own, tags, has that encoded.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html
 */
export function operationPath(model: ServiceModel, { operation, input }: Call): string {
  const found = model.operation(operation);
  const labels = (found?.input.members ?? []).filter(({ location }) => location === 'uri');
  const names = new Map(labels.map(({ wireName, name }) => [wireName, name]));
  const [path = ''] = (found?.http.uri ?? '').split('?');
  return path.replaceAll(/\{([\w-]+)\+?\}/g, (_, label: string) => {
    const value = textOf(input, names.get(label) ?? '') ?? '*';
    return value.startsWith('arn:') ? encodeURIComponent(value) : value;
  });
}
