import { RegistryError } from '../error.ts';
import { answerError } from '../transport/answer-error.ts';
import { textOf } from '../transport/answer.ts';
import { isLoopback } from '../transport/connections.ts';
import { exchange } from '../transport/exchange.ts';
import { placeOf } from '../transport/place.ts';
import { formatScope } from './scope.ts';
import type { Connections } from '../transport/connections.ts';
import type { Credentials } from '../credentials/credentials.ts';
import type { Scope } from './scope.ts';

/** Where a registry sends us for a token, out of its challenge. */
export interface TokenService {
  readonly realm: URL;
  readonly service: string | undefined;
  /** To log in to, as people write it. */
  readonly registry: string;
}

export interface Token {
  readonly text: string;
  /** On the clock of this machine, in milliseconds. */
  readonly expires: number;
}

/** What a token is worth at least, in seconds, where the service does not say. distribution spec/auth/token.md. */
const standardLife = 60;
const mostText = 1024 * 1024;

/** The token service that a Bearer challenge names. Throws INGOT_REGISTRY_AUTH where it names none that is safe. */
export function tokenService(
  registry: URL,
  parameters: Readonly<Record<string, string>>,
): Pick<TokenService, 'realm' | 'service'> {
  let realm: URL | undefined;
  try {
    realm = new URL(parameters['realm'] ?? '', registry);
  } catch {
    realm = undefined;
  }
  if (realm === undefined || !/^https?:$/.test(realm.protocol) || !parameters['realm']) {
    throw new RegistryError('INGOT_REGISTRY_AUTH', `${registry.host} wants a token, and does not say from where`);
  }
  if (registry.protocol === 'https:' && realm.protocol === 'http:' && !isLoopback(realm.hostname)) {
    throw new RegistryError(
      'INGOT_REGISTRY_AUTH',
      `${registry.host} wants a token over plain HTTP: ${placeOf(realm)}`,
      {
        help: 'The password would be readable on the way. The registry must name a token service with TLS.',
      },
    );
  }
  realm.username = '';
  realm.password = '';
  return { realm, service: parameters['service'] };
}

/**
 * A token for `scope`: by GET, with the password if there is one; by POST with an identity token.
 * distribution spec/auth/{token,oauth}.md. Throws INGOT_REGISTRY_LOGIN, INGOT_REGISTRY_DENIED, INGOT_REGISTRY_AUTH.
 */
export async function fetchToken(
  connections: Connections,
  service: TokenService,
  scope: Scope,
  credentials: Credentials | undefined,
  signal: AbortSignal | undefined,
): Promise<Token> {
  const asked = Date.now();
  const answer = await exchange(connections, { ...tokenRequest(service, scope, credentials), signal });
  if (answer.status !== 200) throw await answerError(answer, 'get a token', credentials, service.registry);
  const text = await textOf(answer, mostText);
  const { token, access_token, expires_in } = objectOf(text);
  const found = typeof token === 'string' && token !== '' ? token : access_token;
  if (typeof found !== 'string' || !/^[\x21-\x7e]+$/.test(found)) {
    throw new RegistryError('INGOT_REGISTRY_AUTH', `${placeOf(service.realm)} answered without a token`, {
      help: 'That is the token service that the registry names: is it one?',
    });
  }
  const life = typeof expires_in === 'number' && expires_in > 0 ? expires_in : standardLife;
  // A little early: it travels, and clocks differ.
  return { text: found, expires: asked + Math.max(life * 0.9, life - 10) * 1000 };
}

function tokenRequest({ realm, service }: TokenService, scope: Scope, credentials: Credentials | undefined) {
  const scopes = formatScope(scope);
  if (credentials?.identityToken !== undefined) {
    const form = new URLSearchParams({ grant_type: 'refresh_token', client_id: 'ingot' });
    if (service !== undefined) form.set('service', service);
    if (scopes.length > 0) form.set('scope', scopes.join(' '));
    form.set('refresh_token', credentials.identityToken);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { method: 'POST', url: realm, headers, body: Buffer.from(form.toString()) } as const;
  }
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  for (const one of scopes) url.searchParams.append('scope', one);
  return { method: 'GET', url, authorization: basicAuth(credentials) } as const;
}

/** RFC 7617; undefined where there is no password. */
export function basicAuth(credentials: Credentials | undefined): string | undefined {
  if (credentials?.username === undefined || credentials.password === undefined) return undefined;
  return `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
}

function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
