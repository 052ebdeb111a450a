/** As warm.cjs does, for the ways of ES modules; and what functions are likely to import. */
import 'node:async_hooks';
import 'node:buffer';
import 'node:child_process';
import 'node:crypto';
import 'node:events';
import 'node:fs';
import 'node:fs/promises';
import 'node:http';
import 'node:https';
import 'node:module';
import 'node:os';
import 'node:path';
import 'node:process';
import 'node:querystring';
import 'node:stream';
import 'node:stream/promises';
import 'node:timers/promises';
import 'node:url';
import 'node:util';
import 'node:zlib';

export const handler = async (event) => event;
