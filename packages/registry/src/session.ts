import { join } from 'node:path';
import { storeFolder } from '@ingot/content';
import { Authorizer } from './auth/authorizer.ts';
import { RegistryClient } from './client.ts';
import { credentialsFor } from './credentials/look-up.ts';
import { parseReference } from './reference.ts';
import { Repository } from './repository.ts';
import { Sent } from './sent/sent.ts';
import { registrySettings } from './settings/settings.ts';
import { Connections } from './transport/connections.ts';
import { standardAttempts, waiting } from './transport/retry.ts';
import { onceEach } from './transport/warnings.ts';
import type { Shared } from './client.ts';
import type { RegistriesOptions } from './options.ts';
import type { Reference } from './reference.ts';
import type { Places } from './repository.ts';
import type { Endpoint } from './settings/endpoint.ts';
import type { RegistrySettings } from './settings/settings.ts';

/** Connections, tokens and settings that all repositories of a run share. */
export interface Registries {
  /** The same object for the same reference. Throws INGOT_REFERENCE_SYNTAX. */
  repository(reference: Reference | string): Repository;
  /** Closes all connections; what is under way fails. */
  close(): Promise<void>;
}

/** Opens nothing yet: files are read and connections made when they are needed. */
export function openRegistries(options: RegistriesOptions = {}): Registries {
  return new Session(options);
}

class Session implements Registries {
  readonly #options: RegistriesOptions;
  readonly #env: NodeJS.ProcessEnv;
  readonly #settings: RegistrySettings;
  readonly #shared: Shared;
  readonly #sent: Sent;
  readonly #repositories = new Map<string, Repository>();
  /** By endpoint, that is origin and identity; and by repository there. */
  readonly #hosts = new Map<string, { connections: Connections; authorizer: Authorizer }>();
  readonly #clients = new Map<string, RegistryClient>();

  constructor(options: RegistriesOptions) {
    const env = options.env ?? process.env;
    const { signal, limits = {} } = options;
    this.#options = options;
    this.#env = env;
    this.#settings = registrySettings(options);
    const warn = onceEach(options.onWarning);
    const { wait = waiting(signal) } = options;
    this.#shared = {
      retrying: { attempts: limits.attempts ?? standardAttempts, wait, signal, tell: warn },
      warn,
      offline: !['', '0', undefined].includes(env['INGOT_OFFLINE']),
    };
    this.#sent = new Sent(options.sentFolder ?? join(storeFolder(env), 'registries'));
  }

  repository(reference: Reference | string): Repository {
    const parsed = typeof reference === 'string' ? parseReference(reference) : reference;
    const { registry, repository, tag = '', digest = '' } = parsed;
    const key = `${registry}/${repository}:${tag}@${digest}`;
    let found = this.#repositories.get(key);
    if (found === undefined) this.#repositories.set(key, (found = new Repository(parsed, this.#places(parsed))));
    return found;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#hosts.values()].map(({ connections }) => connections.close()));
  }

  #places(reference: Reference): Places {
    return {
      own: async () => this.#client((await this.#settings.endpointsFor(reference, 'push'))[0]!),
      pullFrom: async (named) => {
        const endpoints = await this.#settings.endpointsFor(named, 'pull');
        return endpoints.map((endpoint) => this.#client(endpoint));
      },
      sent: this.#sent,
      warn: this.#shared.warn,
    };
  }

  #client(endpoint: Endpoint): RegistryClient {
    const host = `${endpoint.origin.origin} ${endpoint.registry} ${endpoint.isMirror}`;
    const key = `${host} ${endpoint.repository}`;
    let found = this.#clients.get(key);
    if (found === undefined) {
      const { connections, authorizer } = this.#host(host, endpoint);
      const lookUp = () => credentialsFor(endpoint.registry, endpoint.repository, this.#options);
      found = new RegistryClient(endpoint, connections, authorizer, this.#shared, lookUp);
      this.#clients.set(key, found);
    }
    return found;
  }

  #host(key: string, endpoint: Endpoint) {
    let found = this.#hosts.get(key);
    if (found === undefined) {
      const connections = new Connections(endpoint, this.#options.limits ?? {}, this.#env);
      found = { connections, authorizer: new Authorizer(endpoint, connections) };
      this.#hosts.set(key, found);
    }
    return found;
  }
}
