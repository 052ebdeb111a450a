/** What API Gateway answers to bad input, as recorded from AWS where it was (recordings of apigateway). */
import { AwsError } from '#aws/errors.ts';

/** 400: what was sent breaks a rule; the message says which. */
export function badRequest(message: string): AwsError {
  return new AwsError({ code: 'BadRequestException', message, status: 400 });
}

/** 404: what the request names is not there. */
export function notFound(message: string): AwsError {
  return new AwsError({ code: 'NotFoundException', message, status: 404 });
}

/** 409: what the request would make is there. */
export function conflict(message: string): AwsError {
  return new AwsError({ code: 'ConflictException', message, status: 409 });
}

/** 404 of an API, which is named with its account. */
export function noSuchApi(accountId: string, restApiId: string): AwsError {
  return notFound(`Invalid API identifier specified ${accountId}:${restApiId}`);
}

/** 404 of what lies within an API: `Invalid Resource identifier specified`. */
export function noSuch(what: string): AwsError {
  return notFound(`Invalid ${what} identifier specified`);
}

/** 404 of a status code of a method's or an integration's responses. */
export function noSuchStatus(): AwsError {
  return notFound('Invalid Response status code specified');
}
