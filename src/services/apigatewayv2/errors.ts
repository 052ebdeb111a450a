/** What API Gateway answers to bad input about HTTP APIs. */
import { modelledError } from '#aws/error-model.ts';
import type { AwsError } from '#aws/errors.ts';
import { apigatewayv2 as model } from '#aws/models/apigatewayv2.gen.ts';

/** 400: what was sent breaks a rule; the message says which. */
export function badRequest(message: string): AwsError {
  return modelledError(model, 'BadRequestException', message, { Message: message });
}

/** 404: what the request names is not there. */
export function notFound(message: string): AwsError {
  return modelledError(model, 'NotFoundException', message, { Message: message });
}

/** 409: what the request would make is there. */
export function conflict(message: string): AwsError {
  return modelledError(model, 'ConflictException', message, { Message: message });
}

/** 429 on AWS, too: an account or an API has no room for more. */
export function tooMany(message: string): AwsError {
  return modelledError(model, 'TooManyRequestsException', message, { Message: message });
}
