import { AwsError } from '#aws/errors.ts';

/**
 * 502: no such runtime on this machine. The message is ours: AWS has every runtime that it lists.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html InvalidRuntimeException
 */
export function runtimeNotHere(runtime: string): AwsError {
  return new AwsError({
    code: 'InvalidRuntimeException',
    status: 502,
    message: `The runtime ${runtime} cannot be run by this server; hearth doctor tells which can.`,
    fields: { Type: 'Server' },
  });
}

/** Ours, as AWS runs every image. */
export function imagesNotHere(): AwsError {
  return new AwsError({
    code: 'InvalidRuntimeException',
    status: 502,
    message:
      'Container images cannot be run by this server: it was started with plain processes for functions; ' +
      'hearth doctor tells what --isolation namespaces needs.',
    fields: { Type: 'Server' },
  });
}

/** 400, which no client tries again: it would wait in vain. Ours, as AWS has machines for every size that it takes. */
export function largerThanMachine(memorySizeMiB: number, memoryMiB: number): AwsError {
  return invalid(
    `The function's MemorySize of ${memorySizeMiB} MB is more than the ${memoryMiB} MB that this server has for functions.`,
  );
}

/** 400: ours, like debugging itself. */
export function notDebuggable(runtime: string): AwsError {
  return invalid(`Functions of ${runtime} cannot be debugged: those of Node.js and Python can.`);
}

/** 400: ours, like debugging itself. */
export function portTaken(port: number): AwsError {
  return invalid(`No debugger can be let in at port ${port} of this machine.`);
}

function invalid(message: string): AwsError {
  const fields = { Type: 'User' };
  return new AwsError({ code: 'InvalidParameterValueException', status: 400, message, fields });
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
