import { RegistryError } from './error.ts';
import { answerError, storageError } from './transport/answer-error.ts';
import { discard } from './transport/answer.ts';
import { exchange } from './transport/exchange.ts';
import { retry } from './transport/retry.ts';
import { warningsOf } from './transport/warnings.ts';
import { repositoryScope } from './auth/scope.ts';
import type { Authorizer } from './auth/authorizer.ts';
import type { Scope } from './auth/scope.ts';
import type { Credentials } from './credentials/credentials.ts';
import type { Endpoint } from './settings/endpoint.ts';
import type { Answer } from './transport/answer.ts';
import type { Connections } from './transport/connections.ts';
import type { Body, Exchange } from './transport/exchange.ts';
import type { Retrying } from './transport/retry.ts';

/** What all requests of a run share. */
export interface Shared {
  readonly retrying: Retrying;
  readonly warn: (text: string) => void;
  /** INGOT_OFFLINE is set. */
  readonly offline: boolean;
}

/** A request to one repository of a registry. */
export interface Call {
  readonly method: Exchange['method'];
  /** Below `/v2/<repository>/`; or a whole URL that the registry gave. */
  readonly path: string | URL;
  /** What is tried, for errors: `push to localhost:5000/a`. */
  readonly what: string;
  /** The statuses that are no failure. */
  readonly expect: readonly number[];
  /** Those that are none where another host gave them, to which the registry sent us. */
  readonly elsewhere?: readonly number[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Body;
  readonly push?: boolean;
  /** True: it is to be found out who we are, and no right is asked for. */
  readonly login?: boolean;
  /** What must be allowed besides. */
  readonly scope?: Scope;
  readonly patience?: number;
  /** False: a failure is for the caller to mend. */
  readonly retry?: boolean;
}

/** One endpoint of a registry, and one repository there: requests that are let in, tried again, and explained. */
export class RegistryClient {
  readonly endpoint: Endpoint;
  readonly retrying: Retrying;
  readonly #connections: Connections;
  readonly #authorizer: Authorizer;
  readonly #shared: Shared;
  readonly #lookUp: () => Promise<Credentials | undefined>;
  #credentials: Promise<Credentials | undefined> | undefined;
  #pushes = false;

  constructor(
    endpoint: Endpoint,
    connections: Connections,
    authorizer: Authorizer,
    shared: Shared,
    credentials: () => Promise<Credentials | undefined>,
  ) {
    this.endpoint = endpoint;
    this.retrying = shared.retrying;
    this.#connections = connections;
    this.#authorizer = authorizer;
    this.#shared = shared;
    this.#lookUp = credentials;
  }

  /** `host/name`, as people write it. */
  get name(): string {
    return `${this.endpoint.origin.host}/${this.endpoint.repository}`;
  }

  /** `host/name:tag` or `host/name@digest`. */
  named(tagOrDigest: string): string {
    return `${this.name}${tagOrDigest.includes(':') ? '@' : ':'}${tagOrDigest}`;
  }

  url(path: string): URL {
    return new URL(`/v2/${this.endpoint.repository}/${path}`, this.endpoint.origin);
  }

  /**
   * From now on the right to push is asked for with every request, to look for something too: registries that make a
   * repository when it is pushed to (Quay) let nobody look into one that is not there yet.
   */
  expectPush(): void {
    this.#pushes = true;
  }

  /**
   * Sends and gives back an answer of an expected status, whose body is the caller's to read or discard.
   * Throws INGOT_OFFLINE, INGOT_REGISTRY_*: what the network, the registry and its token service may do wrong.
   */
  async send(call: Call): Promise<Answer> {
    if (this.#shared.offline) throw offline(call, this.name);
    const work = () => this.#once(call);
    return call.retry === false ? work() : retry(work, this.retrying);
  }

  /** `send`, where nothing but the headers is wanted. */
  async ask(call: Call): Promise<Answer> {
    const answer = await this.send(call);
    await discard(answer);
    return answer;
  }

  async #once(call: Call): Promise<Answer> {
    const { endpoint } = this;
    const url = call.path instanceof URL ? call.path : this.url(call.path);
    const mine = url.origin === endpoint.origin.origin;
    const { signal } = this.retrying;
    const access = { scope: this.#scopeOf(call), credentials: () => this.#known(), signal };
    const request = { ...call, url, signal };
    let authorization = mine ? await this.#authorizer.authorization(access) : undefined;
    let answer = await exchange(this.#connections, { ...request, authorization });
    if (answer.status === 401 && mine && answer.url.origin === url.origin) {
      authorization = await this.#authorizer.afterRefusal(answer, authorization, access);
      if (authorization !== undefined) {
        await discard(answer);
        answer = await exchange(this.#connections, { ...request, authorization });
      }
    }
    for (const text of warningsOf(answer)) this.#shared.warn(`${endpoint.registry}: ${text}`);
    const local = answer.url.origin === url.origin;
    if (call.expect.includes(answer.status) || (!local && call.elsewhere?.includes(answer.status))) return answer;
    if (answer.status !== 401 && answer.status !== 403)
      throw await answerError(answer, call.what, undefined, endpoint.registry);
    if (answer.url.origin !== endpoint.origin.origin) throw await storageError(answer, call.what, this.name);
    throw await answerError(answer, call.what, await this.#known(), endpoint.registry);
  }

  #scopeOf({ login = false, push = this.#pushes, scope = new Map() }: Call): Scope {
    if (login) return new Map();
    return new Map([...repositoryScope(this.endpoint.repository, 'pull', ...(push ? ['push'] : [])), ...scope]);
  }

  #known(): Promise<Credentials | undefined> {
    return (this.#credentials ??= this.#lookUp());
  }
}

function offline({ what }: Call, name: string): RegistryError {
  return new RegistryError('INGOT_OFFLINE', `INGOT_OFFLINE is set: cannot ${what}`, {
    help: `Take INGOT_OFFLINE away, or bring what is missing from ${name} here before.`,
  });
}
