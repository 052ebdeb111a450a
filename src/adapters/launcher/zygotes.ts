/*
 * Booted languages that wait in the launcher to be forked.
 *
 * Owns: which there are, by what they are; their renewal.
 *
 * I1 One is begun when it is first asked for, and nobody waits for it: until it is ready there is none.
 * I2 One that failed is tried again after a pause, not at each launch.
 * I3 Its forks share the seeds and the layout of its memory: after a while another takes its place.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SandboxMount, SandboxZygote } from '#ports/world/sandbox.ts';
import type { LauncherCommand, LauncherLink } from './launcher-link.ts';
import { mountFields, processFields } from './process-fields.ts';

/** What a zygote has beside its own, as every sandbox that is forked from it has. */
export interface ZygoteSurroundings {
  readonly mounts: readonly SandboxMount[];
}

/** What of the launcher is asked. */
type ZygoteLink = Pick<LauncherLink, 'request' | 'isDead'>;

interface Zygote {
  /** Of the one that is forked; `undefined` while none is ready. */
  number: number | undefined;
  booting: Promise<void> | undefined;
  /** When the next one may be begun, on the monotonic clock. */
  nextAtMs: number;
}

/** native/launcher/zygote.h has the same. */
const LIBRARY_TARGET = '/var/lang/zygote';
const LIBRARY = 'hearth-zygote.so';
const RENEW_AFTER_MS = 60 * 60_000;
const RETRY_AFTER_MS = 60_000;

export class Zygotes {
  readonly #link: ZygoteLink;
  readonly #onDiagnostic: (line: string) => void;
  readonly #library: SandboxMount | undefined;
  readonly #zygotes = new Map<string, Zygote>();

  constructor(
    link: ZygoteLink,
    { binary, mode, onDiagnostic }: Pick<LauncherCommand, 'binary' | 'mode' | 'onDiagnostic'>,
  ) {
    this.#link = link;
    this.#onDiagnostic = onDiagnostic;
    const source = dirname(binary);
    const isThere = mode === 'namespaces' && existsSync(join(source, LIBRARY));
    this.#library = isThere ? { source, target: LIBRARY_TARGET } : undefined;
  }

  isReady(zygote: SandboxZygote): boolean {
    return this.#zygotes.get(keyOf(zygote))?.number !== undefined;
  }

  /** Begins one where it is time to; resolves once none is booting. */
  async prepare(zygote: SandboxZygote, surroundings: ZygoteSurroundings): Promise<void> {
    if (this.take(zygote, surroundings) !== undefined) return;
    await this.#zygotes.get(keyOf(zygote))?.booting;
  }

  /** The number of one that can be forked now; begins one where it is time to. */
  take(zygote: SandboxZygote, surroundings: ZygoteSurroundings): number | undefined {
    const key = keyOf(zygote);
    const known = this.#zygotes.get(key) ?? { number: undefined, booting: undefined, nextAtMs: 0 };
    this.#zygotes.set(key, known);
    if (known.booting === undefined && performance.now() >= known.nextAtMs) {
      known.booting = this.#boot(known, zygote, surroundings).finally(() => {
        known.booting = undefined;
      });
    }
    return known.number;
  }

  /** It could not be forked. */
  forget(zygote: SandboxZygote, why: string): void {
    const known = this.#zygotes.get(keyOf(zygote));
    if (known?.number === undefined) return;
    this.#onDiagnostic(`a booted ${zygote.command[0] ?? ''} could not be forked: ${why}`);
    this.#retire(known.number);
    known.number = undefined;
    known.nextAtMs = performance.now() + RETRY_AFTER_MS;
  }

  async #boot(known: Zygote, zygote: SandboxZygote, { mounts }: ZygoteSurroundings): Promise<void> {
    // Where the library was not built there never is one.
    known.nextAtMs = Infinity;
    if (this.#library === undefined) return;
    const library = join(LIBRARY_TARGET, LIBRARY);
    const process = {
      workingDirectory: '/',
      command: zygote.command,
      environment: { ...zygote.environment, HEARTH_ZYGOTE: library, LD_PRELOAD: library },
    };
    try {
      const fields = [...mountFields([...mounts, this.#library]), ...processFields(process)];
      const answer = await this.#link.request('zygote', ...fields);
      if (known.number !== undefined) this.#retire(known.number);
      known.number = Number(answer?.[0]);
      known.nextAtMs = performance.now() + RENEW_AFTER_MS;
    } catch (error) {
      known.nextAtMs = performance.now() + RETRY_AFTER_MS;
      if (!this.#link.isDead) {
        this.#onDiagnostic(`no booted ${zygote.command[0] ?? ''} to fork: ${String(error)}`);
      }
    }
  }

  #retire(number: number): void {
    // A dead launcher's zygotes are gone.
    this.#link.request('retire', number).catch(() => {});
  }
}

function keyOf({ command, environment }: SandboxZygote): string {
  return JSON.stringify([command, environment]);
}
