import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basicUser, TokenServer, type Action } from './token-server.ts';
import { beginUpload, blob, upload } from './oci/blobs.ts';
import {
  bodyOf,
  Cut,
  failure,
  json,
  send,
  type Answer,
  type Fault,
  type LoggedRequest,
  type OtherAnswer,
} from './oci/exchange.ts';
import { manifest, referrerList, tagList } from './oci/manifests.ts';
import { RepositoryContents } from './oci/contents.ts';
import type { Call } from './oci/call.ts';
import type { OciRegistryOptions } from './oci/options.ts';

export type { Fault, LoggedRequest } from './oci/exchange.ts';
export type { OciRegistryOptions } from './oci/options.ts';

/**
 * A registry of the OCI distribution specification 1.1, in this process and in memory, that keeps a log and does wrong
 * what it is told to. `await using registry = await OciRegistry.start()`.
 */
export class OciRegistry implements AsyncDisposable {
  /** `localhost:PORT`. */
  readonly host: string;
  /** `http://localhost:PORT`, or https. */
  readonly url: string;
  readonly requests: LoggedRequest[] = [];
  readonly repositories = new Map<string, RepositoryContents>();
  readonly tokens: TokenServer | undefined;
  /** May be set at any time. */
  faults: OciRegistryOptions['faults'];
  readonly #options: OciRegistryOptions;
  readonly #server: Server;

  static async start(options: OciRegistryOptions = {}): Promise<OciRegistry> {
    const { tls, users = {}, allow } = options;
    const server = tls === undefined ? createServer() : createTlsServer(tls);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    if (options.auth !== 'bearer') return new OciRegistry(server, options);
    const tokens = options.tokens ?? (await TokenServer.start({ users, ...(allow && { allow }) }));
    return new OciRegistry(server, options, tokens);
  }

  private constructor(server: Server, options: OciRegistryOptions, tokens?: TokenServer) {
    this.host = `localhost:${(server.address() as AddressInfo).port}`;
    this.url = `${options.tls === undefined ? 'http' : 'https'}://${this.host}`;
    this.tokens = tokens;
    this.faults = options.faults;
    this.#options = options;
    this.#server = server;
    server.on('request', (request, response) => void this.#serve(request, response));
  }

  /** What a repository holds; an empty one is made where there is none. */
  repository(name: string): RepositoryContents {
    const found = this.repositories.get(name) ?? new RepositoryContents();
    this.repositories.set(name, found);
    return found;
  }

  /** The requests so far, as `GET 200 /v2/`, without their queries. */
  get lines(): string[] {
    return this.requests.map(({ method, status, path }) => `${method} ${status} ${path.replace(/\?.*/, '')}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    if (this.#options.tokens === undefined) await this.tokens?.[Symbol.asyncDispose]();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/', headers } = request;
    const log: LoggedRequest = { method, path, headers, status: 0, received: 0 };
    this.requests.push(log);
    try {
      const fault = this.faults?.(log) ?? undefined;
      if (fault !== undefined && 'delay' in fault) await fault.delay;
      const answer =
        fault !== undefined && 'status' in fault ? instead(fault) : await this.#answer(request, log, fault);
      await send(answer, request, response, log, fault);
    } catch (error) {
      if (error instanceof Cut) return;
      await send(failure(500, 'UNKNOWN', String(error)), request, response, log, undefined);
    }
  }

  async #answer(request: IncomingMessage, log: LoggedRequest, fault: Fault | undefined): Promise<Answer> {
    const { pathname, searchParams } = new URL(log.path, this.url);
    const [, name = '', kind = '', rest = ''] =
      /^\/v2\/(.+)\/(blobs\/uploads|blobs|manifests|tags|referrers)\/(.*)$/.exec(pathname) ?? [];
    const refusal = this.#refusal(log, name, kind);
    if (refusal !== undefined) return refusal;
    if (pathname === '/v2/') return json({});
    const call: Call = {
      method: log.method,
      name,
      query: searchParams,
      headers: log.headers,
      options: this.#options,
      repository: this.repository(name),
      body: () => bodyOf(request, log, fault),
      repositoryOf: (other) => this.repository(other),
      mayPull: (other) => this.#may(log, other, 'pull'),
    };
    switch (kind) {
      case 'blobs':
        return blob(call, rest);
      case 'blobs/uploads':
        return rest === '' ? beginUpload(call) : upload(call, rest);
      case 'manifests':
        return manifest(call, rest);
      case 'tags':
        return tagList(call);
      case 'referrers':
        return referrerList(call, rest);
      default:
        return failure(404, 'UNSUPPORTED', 'there is nothing here');
    }
  }

  /** The answer to whoever may not do this. */
  #refusal(log: LoggedRequest, name: string, kind: string): Answer | undefined {
    const { auth = 'none' } = this.#options;
    const action = actionOf(log.method, kind);
    if (this.#may(log, name, action)) return undefined;
    if (auth === 'basic') {
      if (basicUser(log.headers.authorization, this.#options.users ?? {}) !== undefined) {
        return failure(403, 'DENIED', 'requested access to the resource is denied');
      }
      return unauthorized('Basic realm="registry of the tests"');
    }
    const scope = name === '' ? '' : `,scope="repository:${name}:${action === 'push' ? 'pull,push' : action}"`;
    const insufficient =
      this.tokens?.claims(log.headers.authorization) === undefined ? '' : ',error="insufficient_scope"';
    return unauthorized(`Bearer realm="${this.tokens?.url}",service="${this.tokens?.service}"${scope}${insufficient}`);
  }

  #may({ headers: { authorization } }: LoggedRequest, name: string, action: Action): boolean {
    const { auth = 'none', users = {}, allow } = this.#options;
    if (auth === 'none') return true;
    if (auth === 'bearer') {
      const claims = this.tokens?.claims(authorization);
      if (claims === undefined || name === '') return claims !== undefined;
      return claims.access.some((one) => one.name === name && one.actions.includes(action));
    }
    const user = basicUser(authorization, users);
    if (name === '' || allow === undefined) return user !== undefined;
    return allow(user, name, action);
  }
}

function actionOf(method: string, kind: string): Action {
  if (method === 'DELETE' && kind !== 'blobs/uploads') return 'delete';
  return kind === 'blobs/uploads' || method === 'PUT' ? 'push' : 'pull';
}

function unauthorized(challenge: string): Answer {
  return failure(401, 'UNAUTHORIZED', 'authentication required', { 'www-authenticate': challenge });
}

function instead({ status, headers = {}, body = '' }: OtherAnswer): Answer {
  return { status, headers, body: Buffer.from(body) };
}
