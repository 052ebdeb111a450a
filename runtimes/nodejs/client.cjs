'use strict';
const fs = require('node:fs');
const net = require('node:net');

const HEAD_END = Buffer.from('\r\n\r\n');
const NOTHING = Buffer.alloc(0);
const JOINED_BYTES_MAX = 65_536;
const READ_BYTES = 65_536;
/**
 * Where every sandbox of its own network has the Runtime API, and the abstract name at which it listens there,
 * too: by it an event costs a third less than by the port. native/launcher/network.h has the same.
 */
const ISOLATED_ADDRESS = '127.0.0.1:9001';
const SOCKET_NAME = 'hearth-runtime';
/** A line of /proc/net/unix: its third number says whether the socket listens. */
const LISTENER = new RegExp(`^\\S+ \\S+ \\S+ 00010000 .* @${SOCKET_NAME}$`, 'm');

/**
 * One keep-alive connection to the Runtime API, on which requests follow one another. It keeps the
 * process alive only while a reply is waited for: a function's event loop is empty where it is.
 */
class RuntimeClient {
  constructor(address) {
    const colon = address.lastIndexOf(':');
    this.host = address.slice(0, colon);
    this.port = Number(address.slice(colon + 1));
    this.isIsolated = address === ISOLATED_ADDRESS;
    this.socket = undefined;
    this.received = NOTHING;
    this.unfinished = undefined;
    this.waiting = [];
  }

  get(path) {
    return this.send(`GET ${path} HTTP/1.1\r\nHost: ${this.host}\r\n\r\n`, NOTHING);
  }

  post(path, body, headers = {}) {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    return this.send(postHead(this.host, path, bytes.length, headers), bytes);
  }

  /** Posts a result and asks for the next event at once; resolves with the event. */
  postAndGet(path, body, headers, nextPath) {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const head = Buffer.from(postHead(this.host, path, bytes.length, headers), 'latin1');
    const next = Buffer.from(`GET ${nextPath} HTTP/1.1\r\nHost: ${this.host}\r\n\r\n`, 'latin1');
    const connection = this.connection();
    const posted = this.reply();
    const event = this.reply();
    posted.catch(() => {});
    writeAll(connection, [head, bytes, next]);
    return event;
  }

  send(head, body) {
    const connection = this.connection();
    const reply = this.reply();
    writeAll(connection, [Buffer.from(head, 'latin1'), body]);
    return reply;
  }

  /** The socket, for one request that writes its own body. */
  connection() {
    if (this.socket === undefined) this.socket = this.connect();
    return this.socket;
  }

  connect() {
    // Reads into one buffer: a stream takes 64 KiB anew for each.
    const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
    const callback = (bytes) => {
      this.take(Buffer.from(buffer.subarray(0, bytes)));
      return true;
    };
    const onread = { buffer, callback };
    const address =
      this.isIsolated && isNameHere()
        ? { path: `\0${SOCKET_NAME}` }
        : { host: this.host, port: this.port, noDelay: true };
    const socket = net.connect({ ...address, onread });
    const close = (error) => {
      if (this.socket !== socket) return;
      this.socket = undefined;
      this.received = NOTHING;
      this.unfinished = undefined;
      const lost = error || new Error('the Runtime API closed the connection');
      for (const { reject } of this.waiting.splice(0)) reject(lost);
    };
    socket.on('error', close);
    socket.on('close', () => close());
    return socket;
  }

  /** The reply to the request that is written next. */
  reply() {
    return new Promise((resolve, reject) => {
      if (this.waiting.length === 0) this.socket.ref();
      this.waiting.push({ resolve, reject });
    });
  }

  take(data) {
    const rest = this.unfinished === undefined ? data : this.fill(this.unfinished, data);
    if (rest.length === 0) return;
    this.received = this.received.length === 0 ? rest : Buffer.concat([this.received, rest]);
    while (this.waiting.length > 0) {
      const reply = parseReply(this.received);
      if (reply === undefined) return;
      this.received = this.received.subarray(reply.end);
      if (reply.missing > 0) {
        this.unfinished = reply;
        return;
      }
      this.settle(reply);
    }
  }

  /** Puts `data` where the body of a reply goes on; returns what is not of it. */
  fill(reply, data) {
    const taken = data.copy(reply.body, reply.body.length - reply.missing);
    reply.missing -= taken;
    if (reply.missing === 0) {
      this.unfinished = undefined;
      this.settle(reply);
    }
    return data.subarray(taken);
  }

  settle(reply) {
    const { resolve } = this.waiting.shift();
    if (this.waiting.length === 0) this.socket.unref();
    resolve(reply);
  }
}

/**
 * Whether somebody listens at the name in this network: in an OCI runtime's own nobody does, nor where it was used up.
 * Asked with each connection, as a zygote's network is not its forks'.
 */
function isNameHere() {
  try {
    return LISTENER.test(fs.readFileSync('/proc/net/unix', 'latin1'));
  } catch {
    return false;
  }
}

/** Writes small parts as one piece, and large ones as they are: a copy would count against the function's memory. */
function writeAll(connection, parts) {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length <= JOINED_BYTES_MAX) {
    connection.write(Buffer.concat(parts, length));
    return;
  }
  connection.cork();
  for (const part of parts) connection.write(part);
  connection.uncork();
}

function postHead(host, path, length, headers) {
  let lines = '';
  for (const name of Object.keys(headers)) lines += `${name}: ${latin1(headers[name])}\r\n`;
  return `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n${lines}\r\n`;
}

/** A header's value: on one line, as bytes of UTF-8 in a latin1 text. */
function latin1(value) {
  return Buffer.from(String(value).replace(/[\x00-\x1f\x7f]/g, ' ')).toString('latin1');
}

/**
 * The first reply in `bytes`, or `undefined` where the end of its head has not come. Of a body that is not whole
 * `missing` bytes are to come: it has its whole length at once, so that pieces are not put together over and over.
 */
function parseReply(bytes) {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd === -1) return undefined;
  const lines = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const headers = {};
  for (let index = 1; index < lines.length; index += 1) {
    const line = lines[index];
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const start = headEnd + HEAD_END.length;
  const length = Number(headers['content-length'] || 0);
  const end = start + length;
  const status = Number(lines[0].split(' ', 2)[1]);
  const missing = Math.max(0, end - bytes.length);
  if (missing === 0) return { status, headers, body: bytes.subarray(start, end), end, missing };
  const body = Buffer.allocUnsafeSlow(length);
  bytes.copy(body, 0, start);
  return { status, headers, body, end: bytes.length, missing };
}

module.exports = { ISOLATED_ADDRESS, RuntimeClient, SOCKET_NAME };
