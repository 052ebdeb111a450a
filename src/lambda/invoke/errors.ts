import { AwsError } from '#aws/errors.ts';

/**
 * 502: no such runtime on this machine. The message is ours: AWS has every runtime that it lists.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html InvalidRuntimeException
 */
export function runtimeNotHere(runtime: string): AwsError {
  return new AwsError({
    code: 'InvalidRuntimeException',
    status: 502,
    message: `The runtime ${runtime} cannot be run by this server.`,
    fields: { Type: 'Server' },
  });
}

/**
 * 500: the machine could not make a sandbox. The message is ours.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html ServiceException
 */
export function environmentUnavailable(): AwsError {
  return new AwsError({
    code: 'ServiceException',
    status: 500,
    message: 'Lambda could not start an execution environment. Please try again later.',
    fields: { Type: 'Service' },
  });
}
