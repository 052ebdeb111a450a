'use strict';
const fs = require('node:fs');
const { format } = require('node:util');
const { RuntimeError } = require('./errors.cjs');
const { isModern } = require('./generation.cjs');

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
const FRAME_TEXT = 0xa55a0003;
const FRAME_JSON = 0xa55a0002;

/** The event in hand, as the lines of the log name it. */
const current = { requestId: undefined, tenantId: undefined };
const settings = { isJson: false, levelMin: 0, frameFd: undefined };

/** Replaces the methods of `console` that AWS's runtime replaces. */
function patchConsole() {
  settings.isJson = (process.env.AWS_LAMBDA_LOG_FORMAT || '').toUpperCase() === 'JSON';
  settings.levelMin = Math.max(
    0,
    LEVELS.indexOf((process.env.AWS_LAMBDA_LOG_LEVEL || '').toUpperCase()),
  );
  const fd = process.env._LAMBDA_TELEMETRY_LOG_FD;
  delete process.env._LAMBDA_TELEMETRY_LOG_FD;
  settings.frameFd = fd !== undefined && /^\d+$/.test(fd) ? Number(fd) : undefined;
  if (isModern()) current.requestId = '-';
  for (const level of LEVELS) console[level.toLowerCase()] = logger(level);
  console.log = console.info;
}

function logger(level) {
  const rank = LEVELS.indexOf(level);
  if (rank < settings.levelMin) return () => {};
  return (message, ...parameters) => {
    const now = Date.now();
    const text = settings.isJson
      ? jsonLine(now, level, message, parameters)
      : `${new Date(now).toISOString()}\t${current.requestId}\t${level}\t${format(message, ...parameters)}`;
    write(text, rank, now);
  };
}

/** Keeps a message of several lines together: framed, or, on plain output, with `\r` between its lines. */
function write(text, rank, now) {
  if (settings.frameFd === undefined) {
    writeAll(1, Buffer.from(`${text.replace(/\n/g, '\r')}\n`));
    return;
  }
  const message = Buffer.from(settings.isJson ? text : `${text}\n`);
  const frame = Buffer.allocUnsafe(16 + message.length);
  const type = ((settings.isJson ? FRAME_JSON : FRAME_TEXT) | ((rank + 1) << 2)) >>> 0;
  frame.writeUInt32BE(type, 0);
  frame.writeUInt32BE(message.length, 4);
  frame.writeBigUInt64BE(BigInt(now) * 1000n, 8);
  message.copy(frame, 16);
  writeAll(settings.frameFd, frame);
}

function writeAll(fd, bytes) {
  let offset = 0;
  while (offset < bytes.length) {
    try {
      offset += fs.writeSync(fd, bytes, offset);
    } catch (error) {
      if (error.code !== 'EAGAIN') return;
      // A full pipe that somebody made non-blocking: its reader needs a moment.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

function jsonLine(now, level, message, parameters) {
  const line = { timestamp: new Date(now).toISOString(), level, requestId: current.requestId };
  if (current.tenantId) line.tenantId = current.tenantId;
  if (parameters.length === 0) {
    line.message = message;
    try {
      return JSON.stringify(line, withErrors);
    } catch {
      line.message = format(message);
      return JSON.stringify(line);
    }
  }
  line.message = format(message, ...parameters);
  const error = parameters.find((parameter) => parameter instanceof Error);
  if (error !== undefined) Object.assign(line, describe(error));
  return JSON.stringify(line);
}

function withErrors(_key, value) {
  return value instanceof Error ? Object.assign(describe(value), value) : value;
}

function describe(error) {
  return {
    errorType: error instanceof RuntimeError ? error.className : className(error),
    errorMessage: error.message,
    stackTrace: typeof error.stack === 'string' ? error.stack.split('\n') : [],
  };
}

function className(error) {
  return error?.constructor?.name ?? 'UnknownError';
}

module.exports = { patchConsole, current, isJson: () => settings.isJson };
