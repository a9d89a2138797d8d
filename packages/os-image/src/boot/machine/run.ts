import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { runProgram } from '@ingot/workspace';
import { parseReport, type GuestReport } from '../guest/report.ts';
import { qemuArguments } from './arguments.ts';
import { ConsoleReader, type Sign } from './console.ts';
import type { Machine } from './machine.ts';

export interface RunOptions {
  /** The path of qemu. */
  readonly qemu: string;
  /** Until everything is done, in seconds. */
  readonly timeLimit: number;
  /** The disk that the machine writes its report to: one of its drives. */
  readonly report: string;
  /** Hears each line of the console, and what qemu itself says. */
  readonly onLine: (line: string) => void;
  readonly onUp?: (seconds: number) => void;
  readonly signal: AbortSignal;
  /** How long a machine may take to power off by itself, in seconds. */
  readonly grace?: number;
}

/** Why a machine is not running any more. */
export type End =
  /** Its report is complete. */
  | { readonly kind: 'done' }
  | { readonly kind: 'sign'; readonly sign: Sign }
  | { readonly kind: 'time' }
  /** It went off by itself. `code` is qemu's; undefined where qemu was killed. */
  | { readonly kind: 'gone'; readonly code: number | undefined };

export interface MachineRun {
  readonly end: End;
  readonly report: GuestReport;
  /** The console's last lines. */
  readonly tail: readonly string[];
  /** From its start to its end. */
  readonly seconds: number;
}

/** How often the report is looked at, and how long a console is listened to after a sign of failure, in milliseconds. */
const POLL = 100;
const LISTEN = 1000;

/** Runs a machine until its report is complete, it fails, or its time is over; then it is gone. Throws the reason of `signal`. */
export async function runMachine(machine: Machine, options: RunOptions): Promise<MachineRun> {
  const began = performance.now();
  const reader = new ConsoleReader();
  const stop = new AbortController();
  const watch = new Watch(options, reader, began);
  const onLine = (line: string): void => {
    reader.add(line);
    options.onLine(line);
  };
  const watching = watch.until(stop);
  try {
    const signal = AbortSignal.any([options.signal, stop.signal]);
    const ended = await runProgram(options.qemu, qemuArguments(machine, 'log'), { onLine, signal });
    watch.gone(ended?.code);
  } catch (error) {
    options.signal.throwIfAborted();
    if (!stop.signal.aborted) throw error;
  } finally {
    stop.abort();
    await watching;
  }
  const report = await readReport(options.report);
  // A machine that went off with its report complete may have been faster than we look.
  const end: End = report.ended ? { kind: 'done' } : (watch.end ?? { kind: 'gone', code: undefined });
  return { end, report, tail: reader.tail(), seconds: (performance.now() - began) / 1000 };
}

/** Looks after a machine that runs: at its report, its console and the clock. */
class Watch {
  end: End | undefined;
  readonly #options: RunOptions;
  readonly #reader: ConsoleReader;
  readonly #began: number;
  #up = false;

  constructor(options: RunOptions, reader: ConsoleReader, began: number) {
    this.#options = options;
    this.#reader = reader;
    this.#began = began;
  }

  gone(code: number | undefined): void {
    const { sign } = this.#reader;
    this.end ??= sign === undefined ? { kind: 'gone', code } : { kind: 'sign', sign };
  }

  /** Aborts `stop` when there is nothing more to wait for. */
  async until(stop: AbortController): Promise<void> {
    const { timeLimit, grace = 20 } = this.#options;
    while (!stop.signal.aborted) {
      // Meanwhile it may have gone.
      const seen = await this.#look();
      this.end ??= seen;
      if (this.end === undefined && performance.now() - this.#began > timeLimit * 1000) this.end = { kind: 'time' };
      if (this.end !== undefined) {
        const wait = { done: grace * 1000, sign: LISTEN, time: 0, gone: 0 }[this.end.kind];
        await sleep(wait, undefined, { signal: stop.signal }).catch(() => undefined);
        stop.abort();
        return;
      }
      await sleep(POLL, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  }

  async #look(): Promise<End | undefined> {
    const { sign } = this.#reader;
    const { up, ended } = await readReport(this.#options.report);
    if (up !== undefined && !this.#up) {
      this.#up = true;
      this.#options.onUp?.(up);
    }
    if (ended) return { kind: 'done' };
    // What is up may panic in a check, and say "emergency" wherever it wants to.
    return sign !== undefined && (!this.#up || sign.code === 'INGOT_BOOT_PANIC') ? { kind: 'sign', sign } : undefined;
  }
}

/** Of a report disk, in bytes. */
export const REPORT_SIZE = 4 * 1024 * 1024;

async function readReport(path: string): Promise<GuestReport> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(REPORT_SIZE);
    let filled = 0;
    // It is written from its beginning on, and almost all of it is a hole.
    for (;;) {
      const { bytesRead } = await file.read(buffer, filled, 64 * 1024, filled);
      const read = buffer.subarray(filled, filled + bytesRead);
      filled += bytesRead;
      if (bytesRead === 0 || read.includes(0) || filled >= REPORT_SIZE) return parseReport(buffer.subarray(0, filled));
    }
  } finally {
    await file.close();
  }
}
