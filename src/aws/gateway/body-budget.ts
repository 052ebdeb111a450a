/**
 * How many bytes of requests' bodies the server keeps until they are answered: a body that has to be read whole is
 * memory of the server's from its first byte on, and a client may begin many and end none.
 * Owns: the counts. A body that streams on to the disk is not kept, nor counted.
 * I1 No sandbox keeps more of what they have together than it leaves there, and each has its own in any case.
 * I2 Clients from outside and sandboxes take nothing from one another.
 * I3 Nobody waits for room, so that nobody waits forever: who finds none is answered so, and gives back what it had.
 * I4 Clients from outside share one room. Where that is full, what began first and has not come whole gives way to who
 *    is later: whoever sends slowly, or never ends, keeps nobody out. A sandbox keeps out itself alone.
 */
import type { Duplex } from 'node:stream';
import { SharedPot, type Share } from '#kernel/shared-pot.ts';
import { MIB } from '#kernel/units.ts';

/** What a sandbox may have in any case: the largest payload of a function fits. */
const OWN_BYTES_MAX = 8 * MIB;
/** A property, as those that HTTP/2 puts in a connection's place have it, too. */
const SHARE = Symbol('the share of bodies');

type Shared = Duplex & { [SHARE]?: Share };
/** What has not come whole, in the order in which it began, and what gives it up. */
type Unfinished = Map<KeptBytes, () => void>;

export class BodyBudget {
  readonly #sandboxes: SharedPot;
  readonly #outside: Share;
  readonly #unfinished: Unfinished = new Map();
  readonly #shares = new WeakMap<object, Share>();

  /** `bytesMax`: what sandboxes have beyond their own, and as much again clients from outside. */
  constructor(bytesMax: number) {
    this.#sandboxes = new SharedPot(bytesMax, OWN_BYTES_MAX);
    // (I2)
    this.#outside = new SharedPot(0, bytesMax).share();
  }

  /** Counts what comes over a connection as this sandbox's. */
  assign(connection: Shared, sandbox: object): void {
    const share = this.#shares.get(sandbox) ?? this.#sandboxes.share();
    this.#shares.set(sandbox, share);
    connection[SHARE] = share;
  }

  /** What is kept of bodies that come over a connection: nothing yet. */
  keep(connection: Shared): KeptBytes {
    const share = connection[SHARE];
    return share === undefined
      ? new KeptBytes(this.#outside, this.#unfinished)
      : new KeptBytes(share);
  }
}

/** What one request, or one connection after another request, has taken of its share. */
export class KeptBytes {
  readonly #share: Share;
  readonly #unfinished: Unfinished | undefined;
  #bytes = 0;
  #isClosed = false;

  constructor(share: Share, unfinished?: Unfinished) {
    this.#share = share;
    this.#unfinished = unfinished;
  }

  /** False where there is no room for so many now. */
  take(bytes: number): boolean {
    if (this.#isClosed) return false;
    while (!this.#share.take(bytes)) if (!this.#makeRoom()) return false;
    this.#bytes += bytes;
    return true;
  }

  /** A body has begun; `giveUp` is called where it has to go, once what it took is given back. */
  begin(giveUp: () => void): void {
    this.#unfinished?.set(this, giveUp);
  }

  /** The body has come whole, or comes no more. */
  end(): void {
    this.#unfinished?.delete(this);
  }

  /** (I4) */
  #makeRoom(): boolean {
    const [first] = this.#unfinished ?? [];
    if (first === undefined || first[0] === this) return false;
    const [kept, giveUp] = first;
    kept.close();
    giveUp();
    return true;
  }

  /** Gives back all that was taken. */
  giveBack(): void {
    if (this.#bytes === 0) return;
    this.#share.giveBack(this.#bytes);
    this.#bytes = 0;
  }

  /** Gives back all, and takes nothing more. */
  close(): void {
    this.#isClosed = true;
    this.end();
    this.giveBack();
  }
}
