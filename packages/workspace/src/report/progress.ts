import { formatBytes, formatDuration } from './format-bytes.ts';

/** Where progress goes: a terminal, or a log. */
export interface ProgressStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface ProgressOptions {
  /** What is being done: `packing hello-solution-0.1.0.iso`. */
  readonly label: string;
  /** How many bytes there will be. */
  readonly total: number;
  /** Default: stderr, so that results on stdout stay clean. */
  readonly stream?: ProgressStream;
  /** Milliseconds on any steady clock; for tests. */
  readonly now?: () => number;
}

export interface Progress {
  /** `bytes` more are done. */
  add(bytes: number): void;
  /** All is done: clears the bar of a terminal. */
  finish(): void;
}

const REDRAW_EVERY = 100;
const LINE_EVERY = 5_000;

/**
 * Tells how far a long job is. On a terminal a bar with bytes, rate and time left, redrawn at most ten times a second;
 * elsewhere plain lines, one for every full tenth of the work but never two within five seconds, and none for a short job.
 */
export function progress(options: ProgressOptions): Progress {
  const stream: ProgressStream = options.stream ?? process.stderr;
  const now = options.now ?? (() => performance.now());
  const started = now();
  let done = 0;
  let last = started;
  let tenth = 0;

  function bar(): void {
    if (now() - last < REDRAW_EVERY) return;
    last = now();
    const text = describe(options.label, done, options.total, now() - started);
    stream.write(`\r${text.slice(0, (stream.columns ?? 80) - 1)}\u001b[K`);
  }
  function line(): void {
    const reached = options.total > 0 ? Math.floor((done / options.total) * 10) : 0;
    if (reached <= tenth || now() - last < LINE_EVERY) return;
    tenth = reached;
    last = now();
    stream.write(`${plain(options.label, done, options.total, now() - started)}\n`);
  }
  return {
    add(bytes) {
      done += bytes;
      if (stream.isTTY) bar();
      else line();
    },
    finish() {
      if (stream.isTTY) stream.write('\r\u001b[K');
    },
  };
}

function describe(label: string, done: number, total: number, elapsed: number): string {
  const share = total > 0 ? Math.min(1, done / total) : 1;
  const filled = Math.round(share * 20);
  return `[${'#'.repeat(filled)}${'-'.repeat(20 - filled)}] ${plain(label, done, total, elapsed)}`;
}

/** `packing x.iso: 40% 400 MB of 1.0 GB, 200 MB/s, 3.0 s left`. */
function plain(label: string, done: number, total: number, elapsed: number): string {
  const share = total > 0 ? Math.min(1, done / total) : 1;
  const rate = elapsed > 0 ? done / (elapsed / 1000) : 0;
  const left = rate > 0 ? `, ${formatDuration((Math.max(0, total - done) / rate) * 1000)} left` : '';
  const percent = `${Math.floor(share * 100)}%`;
  return `${label}: ${percent} ${formatBytes(done)} of ${formatBytes(total)}, ${formatBytes(rate)}/s${left}`;
}
