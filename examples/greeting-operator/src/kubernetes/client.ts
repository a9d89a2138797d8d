import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request, type RequestOptions } from 'node:https';
import { OperatorError } from '../error.ts';
import type { Access } from './access.ts';
import { apiError, hasStatus } from './api-error.ts';
import { jsonLines, parseJson } from './lines.ts';

export type Query = Readonly<Record<string, string>>;

/** The few verbs of the API that an operator needs. Paths begin at the server's root. All throw GREETING_API. */
export interface Client {
  /** `undefined` where there is no such object. */
  get<T>(path: string): Promise<T | undefined>;
  list<T>(path: string, query: Query): Promise<T>;
  create<T>(path: string, object: unknown): Promise<T>;
  /** JSON merge patch (RFC 7386): with metadata.resourceVersion in it, only where the object is still that version. */
  patch<T>(path: string, patch: unknown): Promise<T>;
  /** Events of a watch, until the server or `signal` ends it, or nothing comes for `idle` milliseconds. */
  watch(path: string, query: Query, idle: number, signal: AbortSignal): AsyncIterable<unknown>;
  close(): void;
}

/** Milliseconds without a byte: less than a pod has for its end. */
const patience = 10_000;
const largestAnswer = 64 * 1024 * 1024;

export function kubernetesClient({ host, port, ca, token }: Access): Client {
  const agent = new Agent({ keepAlive: true, ca });

  async function send(path: string, options: RequestOptions, body?: unknown): Promise<IncomingMessage> {
    const headers = { accept: 'application/json', authorization: `Bearer ${await token()}`, ...options.headers };
    const sent = request({ timeout: patience, ...options, agent, host, port, path, headers });
    sent.on('timeout', () => sent.destroy(new Error('nothing came for too long')));
    // What breaks after the answer has begun is told by reading the answer.
    sent.on('error', () => undefined);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
    let answer: IncomingMessage;
    try {
      [answer] = (await once(sent, 'response')) as [IncomingMessage];
    } catch (error) {
      // The server may have closed a connection that was kept: nobody has answered, and a GET may be asked again.
      if (sent.reusedSocket && body === undefined && (error as { code?: string }).code === 'ECONNRESET') {
        return send(path, options);
      }
      throw error;
    }
    const status = answer.statusCode ?? 0;
    if (status >= 200 && status < 300) return answer;
    const text = await textOf(answer, path);
    throw apiError(status, jsonOr(text, { message: text.slice(0, 200) }), path);
  }

  async function call<T>(path: string, options: RequestOptions = {}, body?: unknown): Promise<T> {
    try {
      return parseJson(await textOf(await send(path, options, body), path), path) as T;
    } catch (error) {
      throw connectionError(error, path);
    }
  }

  const json = (type: string) => ({ headers: { 'content-type': type } });
  return {
    async get<T>(path: string) {
      try {
        return await call<T>(path);
      } catch (error) {
        if (hasStatus(error, 404)) return undefined;
        throw error;
      }
    },
    list: (path, query) => call(`${path}?${new URLSearchParams(query).toString()}`),
    create: (path, object) => call(path, { method: 'POST', ...json('application/json') }, object),
    patch: (path, patch) => call(path, { method: 'PATCH', ...json('application/merge-patch+json') }, patch),
    async *watch(path, query, idle, signal) {
      const whole = `${path}?${new URLSearchParams({ ...query, watch: '1' }).toString()}`;
      try {
        yield* jsonLines(await send(whole, { timeout: idle, signal }), whole);
      } catch (error) {
        throw connectionError(error, whole);
      }
    },
    close: () => agent.destroy(),
  };
}

async function textOf(answer: IncomingMessage, path: string): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    parts.push(part);
    length += part.length;
    if (length > largestAnswer) throw new OperatorError('GREETING_API', 'the answer does not end', { path });
  }
  return Buffer.concat(parts).toString('utf8');
}

function jsonOr(text: string, otherwise: unknown): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return otherwise;
  }
}

function connectionError(error: unknown, path: string): OperatorError {
  if (error instanceof OperatorError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new OperatorError('GREETING_API', `no answer of the API server: ${message}`, { path, cause: error });
}
