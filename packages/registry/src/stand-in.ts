import { readFileSync } from 'node:fs';
import type { Credentials } from './credentials/credentials.ts';
import type { RegistriesOptions } from './options.ts';
import type { Reference } from './reference.ts';
import type { Endpoint } from './settings/endpoint.ts';

export function endpointsFor(
  { registry, repository }: Reference,
  kind: string,
  options: RegistriesOptions,
): Endpoint[] {
  const own = options.registries?.[registry] ?? {};
  const ca = own.caFile === undefined ? {} : { ca: [readFileSync(own.caFile, 'utf8')] };
  const plain = own.plainHttp ?? (own.caFile === undefined && /^(localhost|127\.)/.test(registry));
  const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry;
  const result: Endpoint = {
    origin: new URL(`${plain ? 'http' : 'https'}://${host}`),
    registry,
    repository,
    ...ca,
    skipTlsVerify: own.skipTlsVerify ?? false,
    isMirror: false,
  };
  const mirrors = (own.mirrors ?? []).map((text): Endpoint => {
    const [name, ...path] = text.split('/');
    return {
      origin: new URL(`http://${name}`),
      registry: name!,
      repository: [...path, repository].join('/'),
      skipTlsVerify: false,
      isMirror: true,
    };
  });
  return kind === 'pull' ? [...mirrors, result] : [result];
}

export async function credentialsFor(
  registry: string,
  _repository: string,
  options: RegistriesOptions,
): Promise<Credentials | undefined> {
  if (options.authFile === undefined) return undefined;
  const file = JSON.parse(readFileSync(options.authFile, 'utf8')) as {
    auths: Record<string, { auth?: string; identitytoken?: string }>;
  };
  const entry = file.auths[registry];
  if (entry === undefined) return undefined;
  const text = Buffer.from(entry.auth ?? '', 'base64').toString();
  const colon = text.indexOf(':');
  const from = options.authFile;
  if (entry.identitytoken) return { identityToken: entry.identitytoken, account: 'identity token', from };
  return { username: text.slice(0, colon), password: text.slice(colon + 1), account: text.slice(0, colon), from };
}
