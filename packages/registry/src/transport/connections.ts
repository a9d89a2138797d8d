import { getCACertificates } from 'node:tls';
import { Agent, EnvHttpProxyAgent } from 'undici';
import type { Dispatcher } from 'undici';
import type { Limits } from '../options.ts';
import type { Endpoint } from '../settings/endpoint.ts';

/** What is not said in the options. Milliseconds. */
const standard = { connect: 20_000, headers: 120_000, idle: 60_000 };

/** To one host at once; more would only queue on its side. */
const mostConnections = 16;

/** The connections to an endpoint, and to the hosts that it sends us to. */
export class Connections {
  readonly #endpoint: Endpoint;
  readonly #limits: Limits;
  readonly #env: NodeJS.ProcessEnv;
  readonly #open = new Map<string, Dispatcher>();

  constructor(endpoint: Endpoint, limits: Limits, env: NodeJS.ProcessEnv) {
    this.#endpoint = endpoint;
    this.#limits = limits;
    this.#env = env;
  }

  /** A client certificate is shown to the registry alone. */
  to(url: URL): Dispatcher {
    const known = url.origin === this.#endpoint.origin.origin;
    const key = `${known} ${url.protocol} ${isLoopback(url.hostname)}`;
    let found = this.#open.get(key);
    if (found === undefined) {
      found = this.#dispatcher(url, known ? this.#endpoint : {});
      this.#open.set(key, found);
    }
    return found;
  }

  /** Cuts what is under way. */
  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map((dispatcher) => dispatcher.destroy()));
  }

  #dispatcher(url: URL, identity: Pick<Endpoint, 'cert' | 'key'>): Dispatcher {
    const { ca, skipTlsVerify } = this.#endpoint;
    const tls = {
      ...(identity.cert === undefined ? {} : { cert: identity.cert }),
      ...(identity.key === undefined ? {} : { key: identity.key }),
      ...(ca === undefined || ca.length === 0 ? {} : { ca: [...getCACertificates('default'), ...ca] }),
      rejectUnauthorized: !skipTlsVerify,
    };
    const { connect, headers, idle } = { ...standard, ...this.#limits };
    const options = {
      connections: mostConnections,
      pipelining: 1,
      allowH2: false,
      headersTimeout: headers,
      bodyTimeout: idle,
      connect: { ...tls, timeout: connect },
    };
    const proxies = proxiesFor(url, this.#env);
    if (proxies === undefined) return new Agent(options);
    return new EnvHttpProxyAgent({ ...options, ...proxies, requestTls: { ...tls, timeout: connect } });
  }
}

/** Undefined where no proxy is meant for this host. As with curl and Go, this machine itself is never proxied. */
function proxiesFor({ protocol, hostname }: URL, env: NodeJS.ProcessEnv) {
  const name = protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const proxy = env[name] || env[name.toUpperCase()];
  if (!proxy || isLoopback(hostname)) return undefined;
  return { httpProxy: proxy, httpsProxy: proxy, noProxy: env['no_proxy'] || env['NO_PROXY'] || '' };
}

/** This machine itself. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
