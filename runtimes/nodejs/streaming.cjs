'use strict';
const { Writable } = require('node:stream');
const { logError } = require('./error-log.cjs');
const { errorResponse, RuntimeError } = require('./errors.cjs');

const ERROR_TYPE = 'Lambda-Runtime-Function-Error-Type';
const ERROR_BODY = 'Lambda-Runtime-Function-Error-Body';

/** A response that is sent as it is written: one chunked request on the client's connection. */
class ResponseStream extends Writable {
  constructor(client, path, highWaterMark) {
    super({ decodeStrings: true, ...(highWaterMark === undefined ? {} : { highWaterMark }) });
    this.client = client;
    this.path = path;
    this.contentType = 'application/octet-stream';
    this.isBegun = false;
    this.trailers = '';
    this._onBeforeFirstWrite = undefined;
  }

  setContentType(contentType) {
    if (this.isBegun) {
      throw new RuntimeError('InvalidStreamingOperation', 'Cannot set content-type, too late.');
    }
    this.contentType = contentType;
  }

  write(chunk, encoding, callback) {
    const isBytes = typeof chunk === 'string' || chunk instanceof Uint8Array;
    const data = isBytes ? chunk : JSON.stringify(chunk);
    if (!this.isBegun) {
      this.isBegun = true;
      this._onBeforeFirstWrite?.((first) => super.write(first));
    }
    return super.write(data, encoding, callback);
  }

  _construct(callback) {
    callback();
  }

  _write(chunk, _encoding, callback) {
    this.begin();
    if (chunk.length === 0) {
      callback();
      return;
    }
    const head = Buffer.from(`${chunk.length.toString(16)}\r\n`, 'latin1');
    this.socket.write(Buffer.concat([head, chunk, Buffer.from('\r\n')]), callback);
  }

  _final(callback) {
    this.begin();
    this.socket.write(`0\r\n${this.trailers}\r\n`, 'latin1', callback);
  }

  /** A response that breaks off has no end to be sent: its connection ends, as with AWS's client. */
  _destroy(error, callback) {
    if (!this.writableFinished) this.socket?.destroy();
    callback(error);
  }

  /** Ends the response with an error, in the trailers; what is ended already stays whole. */
  fail(error) {
    logError('Invoke Error', error);
    if (this.writableEnded || this.destroyed) return;
    const response = errorResponse(error);
    const body = Buffer.from(JSON.stringify(response)).toString('base64');
    const type = String(response.errorType).replace(/[^\x21-\x7e]/g, ' ');
    this.trailers = `${ERROR_TYPE}: ${type}\r\n${ERROR_BODY}: ${body}\r\n`;
    this.end();
  }

  begin() {
    if (this.socket !== undefined) return;
    this.isBegun = true;
    this.socket = this.client.connection();
    this.reply = this.client.reply();
    this.reply.catch(() => {});
    const type = this.contentType.replace(/[^\x20-\x7e]/g, ' ');
    this.socket.write(
      `POST ${this.path}/response HTTP/1.1\r\nHost: ${this.client.host}\r\n` +
        'Lambda-Runtime-Function-Response-Mode: streaming\r\n' +
        `Trailer: ${ERROR_TYPE}\r\nTrailer: ${ERROR_BODY}\r\nContent-Type: ${type}\r\n` +
        'Transfer-Encoding: chunked\r\n\r\n',
      'latin1',
    );
  }
}

/**
 * Runs a handler that streams; resolves once its response is taken.
 * @throws what destroyed the stream before its end, as a pipeline does whose source fails
 */
async function respond(client, { handler, context, body, path, streaming }) {
  const stream = new ResponseStream(client, path, streaming.highWaterMark);
  stream.on('error', () => {});
  try {
    const result = handler(JSON.parse(body.toString()), stream, context);
    if (typeof result?.then !== 'function') {
      throw new Error('Streaming does not support non-async handlers.');
    }
    if ((await result) !== undefined) console.warn('Streaming handlers ignore return values.');
    // The handler may be done before its stream is: a pipe goes on.
    await finished(stream);
  } catch (error) {
    stream.fail(error);
    await finished(stream);
  }
  if (!stream.writableFinished) throw stream.errored ?? new Error('socket hang up');
  await stream.reply;
}

function finished(stream) {
  if (stream.writableFinished || stream.destroyed) return undefined;
  return new Promise((resolve) => {
    stream.once('finish', resolve);
    stream.once('close', resolve);
  });
}

module.exports = { respond };
