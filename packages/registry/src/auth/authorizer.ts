import { headersNamed } from '../transport/answer.ts';
import { parseChallenges } from './challenge.ts';
import { covers, parseScope, union } from './scope.ts';
import { basicAuth, fetchToken, tokenService } from './token.ts';
import type { Credentials } from '../credentials/credentials.ts';
import type { Endpoint } from '../settings/endpoint.ts';
import type { Answer } from '../transport/answer.ts';
import type { Connections } from '../transport/connections.ts';
import type { Scope } from './scope.ts';
import type { Token, TokenService } from './token.ts';

/** What a request needs to be let in. */
export interface Access {
  readonly scope: Scope;
  /** Undefined for nobody in particular. */
  readonly credentials: () => Promise<Credentials | undefined>;
  readonly signal: AbortSignal | undefined;
}

type Scheme = 'basic' | TokenService;

interface Cached {
  readonly scope: Scope;
  readonly account: string;
  readonly token: Promise<Token>;
  /** The token once it has come. */
  come: Token | undefined;
}

/** Lets requests into one registry: knows how it wants that once it has refused one, and keeps tokens while they live. */
export class Authorizer {
  readonly #origin: URL;
  readonly #registry: string;
  readonly #connections: Connections;
  #scheme: Scheme | undefined;
  #cached: Cached[] = [];

  constructor({ origin, registry }: Pick<Endpoint, 'origin' | 'registry'>, connections: Connections) {
    this.#origin = origin;
    this.#registry = registry;
    this.#connections = connections;
  }

  /** The Authorization header; undefined as long as the registry has not asked for one, and where we have none. */
  async authorization(access: Access): Promise<string | undefined> {
    if (this.#scheme === undefined) return undefined;
    const credentials = await access.credentials();
    if (this.#scheme === 'basic') return basicAuth(credentials);
    if (credentials?.registryToken !== undefined) return `Bearer ${credentials.registryToken}`;
    return `Bearer ${(await this.#token(this.#scheme, access, credentials)).text}`;
  }

  /**
   * After a 401 to a request that was sent with `used`: what to send instead; undefined where there is nothing better.
   * Throws what getting a token throws.
   */
  async afterRefusal(answer: Pick<Answer, 'headers'>, used: string | undefined, access: Access) {
    const challenges = parseChallenges(headersNamed(answer, 'www-authenticate'));
    const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
    if (bearer !== undefined) {
      this.#scheme = { ...tokenService(this.#origin, bearer.parameters), registry: this.#registry };
      this.#cached = this.#cached.filter((one) => !isOf(used, one));
      // Who asks for no right wants to know who they are: some challenges name a repository even then (ghcr.io).
      const wanted = access.scope.size === 0 ? '' : (bearer.parameters['scope'] ?? '');
      const scope = union(access.scope, parseScope(wanted));
      return differing(await this.authorization({ ...access, scope }), used);
    }
    if (!challenges.some(({ scheme }) => scheme === 'basic')) return undefined;
    this.#scheme = 'basic';
    return differing(await this.authorization(access), used);
  }

  #token(service: TokenService, access: Access, credentials: Credentials | undefined): Promise<Token> {
    const account = credentials === undefined ? '' : `${credentials.from}\0${credentials.account}`;
    const now = Date.now();
    this.#cached = this.#cached.filter(({ come }) => come === undefined || come.expires > now);
    const fits = (one: Cached) => one.account === account && covers(one.scope, access.scope);
    const known = this.#cached.find(fits);
    if (known !== undefined) return known.token;
    return this.#keep(service, access, account, credentials);
  }

  #keep(service: TokenService, { scope, signal }: Access, account: string, credentials: Credentials | undefined) {
    const token = fetchToken(this.#connections, service, scope, credentials, signal);
    const cached: Cached = { scope, account, token, come: undefined };
    this.#cached.push(cached);
    token.then(
      (come) => {
        cached.come = come;
      },
      () => {
        this.#cached = this.#cached.filter((one) => one !== cached);
      },
    );
    return token;
  }
}

function isOf(used: string | undefined, cached: Cached): boolean {
  return used !== undefined && used === `Bearer ${cached.come?.text}`;
}

function differing(next: string | undefined, used: string | undefined): string | undefined {
  return next === used ? undefined : next;
}
