import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';

/** A request as it came, in the order of the log. */
export interface LoggedRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Of the answer; 0 as long as there is none, and where the connection was cut. */
  status: number;
  /** Bytes of the body that arrived. */
  received: number;
}

/** An answer that is not the registry's own. */
export interface OtherAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** What is to go wrong with a request. */
export type Fault =
  /** This answer instead of the registry's own. */
  | OtherAnswer
  /** The connection is reset after so many bytes of a body; what had arrived of an upload stays. */
  | { readonly cutAfter: number; readonly direction: 'request' | 'response' }
  /** The request is looked at once this has happened. */
  | { readonly delay: Promise<unknown> }
  /** The answer has these headers as well. */
  | { readonly addHeaders: Readonly<Record<string, string>> }
  /** The answer has another body (and length); all other headers stay. */
  | { readonly change: (body: Buffer) => Buffer };

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

/** The connection is gone, as the fault wants it: there is nobody to answer. */
export class Cut extends Error {}

/** An answer as the specification has errors: distribution-spec § Error codes. */
export function failure(status: number, code: string, message: string, headers: Record<string, string> = {}): Answer {
  const body = Buffer.from(JSON.stringify({ errors: [{ code, message, detail: null }] }));
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}

export function json(value: unknown, headers: Record<string, string> = {}): Answer {
  const body = Buffer.from(JSON.stringify(value));
  return { status: 200, headers: { 'content-type': 'application/json', ...headers }, body };
}

/** The body of a request. Throws Cut where the fault says so, or the client went away. */
export async function* bodyOf(
  request: IncomingMessage,
  log: LoggedRequest,
  fault: Fault | undefined,
): AsyncGenerator<Buffer> {
  const limit =
    fault !== undefined && 'cutAfter' in fault && fault.direction === 'request' ? fault.cutAfter : Number.MAX_VALUE;
  const { socket } = request;
  try {
    for await (const part of request as AsyncIterable<Buffer>) {
      const taken = part.subarray(0, limit - log.received);
      log.received += taken.length;
      yield taken;
      if (log.received < limit) continue;
      socket.resetAndDestroy();
      throw new Cut(`cut after ${limit} bytes`);
    }
  } catch (error) {
    throw error instanceof Cut ? error : new Cut('the client went away', { cause: error });
  }
}

/** Sends an answer, with what the fault makes of it. */
export async function send(
  answer: Answer,
  request: IncomingMessage,
  response: ServerResponse,
  log: LoggedRequest,
  fault: Fault | undefined,
): Promise<void> {
  let body = answer.body ?? Buffer.alloc(0);
  if (fault !== undefined && 'change' in fault) body = fault.change(body);
  const added = fault !== undefined && 'addHeaders' in fault ? fault.addHeaders : {};
  log.status = answer.status;
  const length = request.method !== 'HEAD' && answer.status === 204 ? {} : { 'content-length': String(body.length) };
  response.writeHead(answer.status, { ...length, ...answer.headers, ...added });
  if (request.method === 'HEAD') return void response.end();
  if (fault === undefined || !('cutAfter' in fault) || fault.direction === 'request' || fault.cutAfter >= body.length) {
    return void response.end(body);
  }
  response.flushHeaders();
  await new Promise<void>((done) => response.write(body.subarray(0, fault.cutAfter), () => done()));
  // A reset would overtake the bytes before it.
  request.socket.destroySoon();
}
