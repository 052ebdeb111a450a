const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  202: 'Accepted',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Request Entity Too Large',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
};

export interface HttpReply {
  readonly status: number;
  /** Lines `Name: value\r\n`, latin1, without Content-Length. */
  readonly headerLines: string;
  readonly body: Uint8Array;
  /** The whole of it, where the connection goes on: of a reply that is sent with every event. */
  readonly encoded?: Buffer;
}

/** A reply's bytes on a connection that goes on after it, or ends. */
export function encodeReply(reply: HttpReply, keepsAlive: boolean): Buffer {
  const head = headOf(reply, keepsAlive);
  const message = Buffer.allocUnsafe(head.length + reply.body.byteLength);
  message.write(head, 0, 'latin1');
  message.set(reply.body, head.length);
  return message;
}

/** A reply's status line and headers. */
export function headOf({ status, headerLines, body }: HttpReply, keepsAlive: boolean): string {
  return (
    `HTTP/1.1 ${status} ${REASONS[status] ?? ''}\r\n${headerLines}` +
    `Content-Length: ${body.byteLength}\r\n${keepsAlive ? '' : 'Connection: close\r\n'}\r\n`
  );
}
