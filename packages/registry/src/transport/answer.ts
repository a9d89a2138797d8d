import type { Dispatcher } from 'undici';

/** What a server answered. Its body must be read to the end, or thrown away (`discard`), or the connection leaks. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Where it came from in the end, after redirects. */
  readonly url: URL;
  readonly body: Dispatcher.ResponseData['body'];
}

/** A header of an answer; the first where there are several. Names in lower case. */
export function header(answer: Pick<Answer, 'headers'>, name: string): string | undefined {
  const value = answer.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** All headers of this name. */
export function headersNamed(answer: Pick<Answer, 'headers'>, name: string): readonly string[] {
  const value = answer.headers[name];
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

/** A length in bytes that a header gives, if it gives a sound one. */
export function lengthOf(answer: Pick<Answer, 'headers'>): number | undefined {
  const text = header(answer, 'content-length');
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** The media type without parameters, in lower case; empty where none is given. */
export function typeOf(answer: Pick<Answer, 'headers'>): string {
  return (header(answer, 'content-type') ?? '').split(';', 1)[0]!.trim().toLowerCase();
}

/** What is longer than this is cheaper to cut off than to read. */
const worthReading = 128 * 1024;

/** Gives the connection back. */
export async function discard(answer: Answer): Promise<void> {
  await answer.body.dump({ limit: worthReading }).catch(() => undefined);
}

/** The body as text, of which no more than `limit` bytes are looked at. What breaks on the way is left out. */
export async function textOf(answer: Answer, limit: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of answer.body as AsyncIterable<Uint8Array>) {
      parts.push(part);
      size += part.length;
      if (size >= limit) break;
    }
  } catch {
    // Half an explanation is better than none.
  }
  return Buffer.concat(parts).subarray(0, limit).toString('utf8');
}
