import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CliError, UsageError } from './error.ts';
import type { Input, Terminal } from './verb.ts';

/** Longer than any token that a registry gives out. Bytes. */
const longest = 64 * 1024;

/** All that stdin has, without its last line end. Throws UsageError where somebody types, CliError INGOT_PASSWORD. */
export async function passwordFromStdin(stdin: Input): Promise<string> {
  if (stdin.isTTY === true) {
    throw new UsageError('--password-stdin is for scripts, and here is a terminal', 'Leave it out: you will be asked.');
  }
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stdin as AsyncIterable<Uint8Array | string>) {
    const bytes = Buffer.from(part as Uint8Array);
    size += bytes.length;
    if (size > longest) throw bad(`stdin has more than ${longest} bytes`);
    parts.push(bytes);
  }
  const text = Buffer.concat(parts)
    .toString('utf8')
    .replace(/\r?\n$/, '');
  if (text === '') throw bad('stdin is empty');
  if (/[\r\n]/.test(text)) throw bad('stdin has more than one line');
  return text;
}

/**
 * Asks on the terminal; what is typed is not shown where `hidden`. Throws UsageError where there is no terminal, CliError
 * INGOT_INTERRUPTED for Ctrl-C and Ctrl-D.
 */
export async function ask(question: string, { stdin, stderr }: Terminal, hidden: boolean): Promise<string> {
  if (stdin.isTTY !== true) {
    throw new UsageError('there is no terminal to ask on', 'Write -u USER --password-stdin, and pipe the password in.');
  }
  const shown = new Writable({
    write(part: Buffer, _encoding, done) {
      if (!hidden) stderr.write(part.toString());
      done();
    },
  });
  const lines = createInterface({ input: stdin, output: shown, terminal: true, historySize: 0 });
  // Not before: until then the terminal itself shows what is typed.
  stderr.write(question);
  try {
    return await new Promise<string>((resolve, reject) => {
      const stop = () => reject(new CliError('INGOT_INTERRUPTED', 'stopped', 'Nothing was stored: run again.'));
      lines.once('SIGINT', stop).once('close', stop);
      lines.once('line', resolve);
    });
  } finally {
    lines.close();
    if (hidden) stderr.write('\n');
  }
}

function bad(what: string): CliError {
  return new CliError('INGOT_PASSWORD', `${what}, where a password is wanted`, 'Pipe in the password or token alone.');
}
