import { RegistryError } from '../error.ts';
import { parseQualified, type Reference } from '../reference.ts';
import { certificatesFor, readCertificates, type Certificates } from './certificates.ts';
import { longestMatch, rewrite } from './match.ts';
import { checkOptions } from './options.ts';
import { readRegistriesConf, type ConfiguredMirror, type ConfiguredRegistry } from './registries-conf.ts';
import type { RegistriesOptions, RegistryOptions } from '../options.ts';
import type { Endpoint } from './endpoint.ts';

export interface SettingsOptions extends Pick<RegistriesOptions, 'registries' | 'env'> {
  /** Where the system keeps its settings: `/etc`. For tests. */
  readonly systemFolder?: string;
}

/** Which registry is reached where and how. */
export interface RegistrySettings {
  /**
   * Where to ask, in this order: for `pull` the mirrors and then the registry, for `push` the registry alone. A reference
   * with a digest counts as asked for by digest, all others by tag: some mirrors are for one of the two.
   * Throws INGOT_REGISTRY_BLOCKED, INGOT_REGISTRIES_CONF, INGOT_REGISTRY_CA, INGOT_REGISTRY_OPTION.
   */
  endpointsFor(reference: Reference, purpose: 'pull' | 'push'): Promise<readonly Endpoint[]>;
}

/**
 * The settings of all registries: what `options` say of one goes before its certs.d and before registries.conf. Files
 * are read at the first question, and once. Throws INGOT_REGISTRY_OPTION.
 */
export function registrySettings(options: SettingsOptions = {}): RegistrySettings {
  const { registries = {}, env = process.env, systemFolder = '/etc' } = options;
  checkOptions(registries);
  let conf: Promise<ConfiguredRegistry[]> | undefined;
  const certificates = new Map<string, Promise<Certificates>>();
  const identityOf = (registry: string): Promise<Certificates> => {
    const found = certificates.get(registry) ?? certificatesFor(registry, env, systemFolder);
    certificates.set(registry, found);
    return found;
  };
  return {
    async endpointsFor(reference, purpose) {
      conf ??= readRegistriesConf(env, systemFolder);
      const table = longestMatch(reference, await conf);
      if (table?.blocked === true) throw blocked(reference, table);
      const own = ownOptions(registries, reference.registry);
      const places = [...(purpose === 'pull' ? mirrors(reference, table, own) : []), itself(reference, table, purpose)];
      return Promise.all(
        places.map(async (place) =>
          endpoint(place, ownOptions(registries, place.registry) ?? {}, await identityOf(place.registry)),
        ),
      );
    },
  };
}

interface Place {
  readonly registry: string;
  readonly repository: string;
  readonly insecure: boolean;
  readonly isMirror: boolean;
}

function ownOptions(registries: Readonly<Record<string, RegistryOptions>>, registry: string) {
  return Object.hasOwn(registries, registry) ? registries[registry] : undefined;
}

/** Mirrors in the options stand in place of those in the file. */
function mirrors(
  reference: Reference,
  table: ConfiguredRegistry | undefined,
  own: RegistryOptions | undefined,
): Place[] {
  if (own?.mirrors !== undefined) {
    return own.mirrors.map((mirror) => {
      const { registry, repository } = parseQualified(`${mirror.replace(/\/+$/, '')}/${reference.repository}`);
      return { registry, repository, insecure: false, isMirror: true };
    });
  }
  const wanted = (table?.mirrors ?? []).filter(({ use }: ConfiguredMirror) => {
    return use === 'all' || (use === 'digest-only') === (reference.digest !== undefined);
  });
  return wanted.map(({ location, insecure }) => ({
    ...rewrite(reference, table as ConfiguredRegistry, location),
    insecure,
    isMirror: true,
  }));
}

/** As c/image does, what is pushed goes to where its name says. */
function itself(reference: Reference, table: ConfiguredRegistry | undefined, purpose: 'pull' | 'push'): Place {
  const { registry, repository } = reference;
  const insecure = table?.insecure ?? false;
  if (table === undefined || purpose === 'push') return { registry, repository, insecure, isMirror: false };
  return { ...rewrite(reference, table, table.location), insecure, isMirror: false };
}

async function endpoint(place: Place, own: RegistryOptions, found: Certificates): Promise<Endpoint> {
  const { registry, repository, isMirror } = place;
  const ca = own.caFile === undefined ? found.ca : [await readCertificates(own.caFile), ...found.ca];
  const isPlain = own.plainHttp ?? (ca.length === 0 && (place.insecure || isLocal(registry)));
  return {
    origin: new URL(`${isPlain ? 'http' : 'https'}://${registry === 'docker.io' ? 'registry-1.docker.io' : registry}`),
    registry,
    repository,
    ...(ca.length === 0 ? {} : { ca }),
    ...(found.cert === undefined || found.key === undefined ? {} : { cert: found.cert, key: found.key }),
    skipTlsVerify: !isPlain && (own.skipTlsVerify ?? place.insecure),
    isMirror,
  };
}

/** This machine: nobody listens in between, and hardly anybody has a certificate for it. */
function isLocal(registry: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/.test(registry);
}

function blocked(reference: Reference, { prefix, path }: ConfiguredRegistry): RegistryError {
  const { registry, repository } = reference;
  return new RegistryError(
    'INGOT_REGISTRY_BLOCKED',
    `${registry}/${repository} is blocked: ${path} has blocked = true for ${prefix}`,
    {
      path,
      help: 'Whoever set up this machine wants it so: take the image from elsewhere, or ask them.',
    },
  );
}
