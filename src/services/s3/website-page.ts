/** The pages in which a website tells of its faults. Recorded: s3.json TestS3StaticWebsiteHosting */
import { STATUS_CODES } from 'node:http';
import type { AwsError } from '#aws/errors.ts';
import type { WireResponse } from '#aws/wire.ts';
import { EMPTY_BYTES, utf8 } from '#kernel/bytes.ts';
import { extendedRequestId } from './owner.ts';

/** A fault as a page of HTML; with what went wrong with the error document, where that was wanted. */
export function faultPage(
  error: AwsError,
  requestId: string,
  documentError?: AwsError,
): WireResponse {
  const title = `${error.status} ${STATUS_CODES[error.status] ?? ''}`;
  const ids = [
    ['RequestId', requestId],
    ['HostId', extendedRequestId(requestId)],
  ] as const;
  const lines = [
    '<html>',
    `<head><title>${title}</title></head>`,
    '<body>',
    `<h1>${title}</h1>`,
    ...list([...membersOf(error), ...ids]),
    ...(documentError
      ? [
          '<h3>An Error Occurred While Attempting to Retrieve a Custom Error Document</h3>',
          ...list(membersOf(documentError)),
        ]
      : []),
    '<hr/>',
    '</body>',
    '</html>',
    '',
  ];
  const details = Object.entries(error.fields).map(([name, value]) => [
    `x-amz-error-detail-${name.toLowerCase()}`,
    encodeURI(String(value)),
  ]);
  return {
    status: error.status,
    headers: {
      ...websiteHeaders(requestId),
      'content-type': 'text/html; charset=utf-8',
      'x-amz-error-code': error.code,
      'x-amz-error-message': error.message,
      ...Object.fromEntries(details),
    },
    body: utf8(lines.join('\n')),
  };
}

function membersOf(error: AwsError): readonly (readonly [string, string])[] {
  const fields = Object.entries(error.fields).map(
    ([name, value]) => [name, String(value)] as const,
  );
  return [['Code', error.code], ['Message', error.message], ...fields];
}

function list(members: readonly (readonly [string, string])[]): readonly string[] {
  return [
    '<ul>',
    ...members.map(([name, value]) => `<li>${name}: ${escapeHtml(value)}</li>`),
    '</ul>',
  ];
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** An answer that sends the client to another address. */
export function redirectPage(status: number, location: string, requestId: string): WireResponse {
  return { status, headers: { ...websiteHeaders(requestId), location }, body: EMPTY_BYTES };
}

/** What every answer of a website has. */
export function websiteHeaders(requestId: string): Readonly<Record<string, string>> {
  return {
    server: 'AmazonS3',
    'x-amz-request-id': requestId,
    'x-amz-id-2': extendedRequestId(requestId),
  };
}
