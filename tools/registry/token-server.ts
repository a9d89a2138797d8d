import { createPrivateKey, randomUUID, sign, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { selfSigned, type KeyPair } from './certificates.ts';

export type Action = 'pull' | 'push' | 'delete';

/** Whether a user (undefined: nobody in particular) may do this with a repository. */
export type Allow = (user: string | undefined, repository: string, action: Action) => boolean;

export interface TokenServerOptions {
  /** Name to password. */
  readonly users: Readonly<Record<string, string>>;
  /** By default every user may do everything, and others nothing. */
  readonly allow?: Allow;
  /** Identity token (what `docker login` may get instead of a password) to user. */
  readonly identityTokens?: Readonly<Record<string, string>>;
  /** Which name the token has in the answer. */
  readonly field?: 'token' | 'access_token' | 'both';
  /** What `expires_in` says, in seconds; absent where undefined is given. The clock has no part in it: see `expire`. */
  readonly expiresIn?: number | undefined;
}

/** What a token is good for. */
export interface Claims {
  readonly user: string | undefined;
  readonly access: readonly {
    readonly type: 'repository';
    readonly name: string;
    readonly actions: readonly Action[];
  }[];
}

export interface TokenRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly scopes: readonly string[];
  readonly user: string | undefined;
  /** `password`, `refresh_token`, or `basic` for GET. */
  readonly grant: string;
  status: number;
}

/** The token service of a registry: distribution's docs/spec/auth/{token,oauth,jwt}.md. docker-registry takes its tokens. */
export class TokenServer implements AsyncDisposable {
  readonly service = 'registry of the tests';
  readonly issuer = 'token server of the tests';
  readonly url: string;
  readonly requests: TokenRequest[] = [];
  /** For docker-registry's `rootcertbundle`. */
  readonly certificate: string;
  /** May be changed at any time. */
  options: TokenServerOptions;
  readonly #issued = new Map<string, Claims>();
  readonly #pair: KeyPair;
  readonly #server: Server;

  static async start(options: TokenServerOptions): Promise<TokenServer> {
    const pair = await selfSigned('token server of the tests');
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TokenServer(server, pair, options);
  }

  private constructor(server: Server, pair: KeyPair, options: TokenServerOptions) {
    this.url = `http://localhost:${(server.address() as AddressInfo).port}/token`;
    this.certificate = pair.cert;
    this.options = options;
    this.#pair = pair;
    this.#server = server;
    server.on('request', (request, response) => void this.#serve(request, response));
  }

  /** What the token of an `Authorization: Bearer` header is good for; undefined for one that is not, or no longer, known. */
  claims(authorization: string | undefined): Claims | undefined {
    const [, token] = /^Bearer (.+)$/i.exec(authorization ?? '') ?? [];
    return token === undefined ? undefined : this.#issued.get(token);
  }

  /**
   * Ends all tokens for those who ask `claims`. docker-registry looks at the time in the token: for it, let
   * `expiresIn` be less than -60 (the leeway it grants) for a token that has expired when it is given.
   */
  expire(): void {
    this.#issued.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString();
    const form =
      request.method === 'POST' ? new URLSearchParams(body) : new URL(request.url ?? '/', this.url).searchParams;
    const grant = form.get('grant_type') ?? 'basic';
    const known = this.#userOf(request, form, grant);
    const scopes = form
      .getAll('scope')
      .flatMap((scope) => scope.split(' '))
      .filter((scope) => scope !== '');
    const { method = 'GET', url: path = '/' } = request;
    const log: TokenRequest = {
      method,
      path,
      scopes,
      user: known?.user,
      grant,
      status: known === undefined ? 401 : 200,
    };
    this.requests.push(log);
    response.writeHead(log.status, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(
        known === undefined ? { details: 'incorrect username or password' } : this.#token(known.user, scopes),
      ),
    );
  }

  /** Undefined for wrong credentials; a user that is undefined for none. */
  #userOf(request: IncomingMessage, form: URLSearchParams, grant: string): { user: string | undefined } | undefined {
    const { users, identityTokens = {} } = this.options;
    const found = (user: string | undefined) => (user === undefined ? undefined : { user });
    if (grant === 'refresh_token') return found(identityTokens[form.get('refresh_token') ?? '']);
    if (grant === 'password') {
      const user = form.get('username') ?? '';
      return found(users[user] === form.get('password') ? user : undefined);
    }
    const { authorization } = request.headers;
    return authorization === undefined ? { user: undefined } : found(basicUser(authorization, users));
  }

  #token(user: string | undefined, scopes: readonly string[]): object {
    const { field = 'token', expiresIn } = this.options;
    const claims = { user, access: scopes.flatMap((scope) => this.#granted(user, scope)) };
    const token = this.#jwt(claims, expiresIn ?? 300);
    this.#issued.set(token, claims);
    return {
      ...(field === 'access_token' ? {} : { token }),
      ...(field === 'token' ? {} : { access_token: token }),
      ...(expiresIn === undefined ? {} : { expires_in: expiresIn }),
    };
  }

  #granted(user: string | undefined, scope: string): Claims['access'] {
    const allow = this.options.allow ?? ((one) => one !== undefined);
    const [, name, list = ''] = /^repository:(.+):([a-z,*]+)$/.exec(scope) ?? [];
    if (name === undefined) return [];
    const actions = (list.split(',') as Action[]).filter((action) => allow(user, name, action));
    return [{ type: 'repository', name, actions }];
  }

  #jwt({ user, access }: Claims, seconds: number): string {
    const now = Math.floor(Date.now() / 1000);
    const x5c = [new X509Certificate(this.#pair.cert).raw.toString('base64')];
    const header = { typ: 'JWT', alg: 'ES256', x5c };
    const times = { exp: now + seconds, nbf: now - 600, iat: now - 600 };
    const payload = { iss: this.issuer, sub: user ?? '', aud: this.service, ...times, jti: randomUUID(), access };
    const text = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    const key = createPrivateKey(this.#pair.key);
    const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
    return `${text}.${signature.toString('base64url')}`;
  }
}

/** The user of an `Authorization: Basic` header, where the password is right. */
export function basicUser(
  authorization: string | undefined,
  users: Readonly<Record<string, string>>,
): string | undefined {
  const [, encoded] = /^Basic (.+)$/i.exec(authorization ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const [, user = '', password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  return Object.hasOwn(users, user) && users[user] === password ? user : undefined;
}
