import { RegistryError } from '../error.ts';
import { isRegistryName, parseQualified } from '../reference.ts';
import type { RegistryOptions } from '../options.ts';

const types: Readonly<Record<keyof RegistryOptions, (value: unknown) => boolean>> = {
  plainHttp: (value) => typeof value === 'boolean',
  caFile: (value) => typeof value === 'string' && value !== '',
  mirrors: (value) => Array.isArray(value) && value.every(isMirror),
  skipTlsVerify: (value) => typeof value === 'boolean',
};

const wanted: Readonly<Record<keyof RegistryOptions, string>> = {
  plainHttp: 'true or false',
  caFile: 'the path of a PEM file',
  mirrors: 'a list of host[:port][/path]',
  skipTlsVerify: 'true or false',
};

/** Checks what options say of registries: it comes from a file. Throws INGOT_REGISTRY_OPTION. */
export function checkOptions(registries: Readonly<Record<string, unknown>>): void {
  for (const [registry, options] of Object.entries(registries)) {
    if (!isRegistryName(registry)) {
      throw bad(
        `${JSON.stringify(registry)} is not a registry`,
        'Write host or host:port, without a scheme and a path.',
      );
    }
    if (typeof options !== 'object' || options === null) throw bad(`what is said of ${registry} is no object`, forms);
    for (const [key, value] of Object.entries(options)) {
      if (!Object.hasOwn(types, key)) throw bad(`${registry} has the unknown option ${JSON.stringify(key)}`, forms);
      const known = key as keyof RegistryOptions;
      if (value !== undefined && !types[known](value)) {
        throw bad(`${key} of ${registry} is ${JSON.stringify(value)}`, `Write ${wanted[known]}.`);
      }
    }
  }
}

function isMirror(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    const { tag, digest } = parseQualified(`${value.replace(/\/+$/, '')}/a`);
    return tag === 'latest' && digest === undefined;
  } catch {
    return false;
  }
}

const forms = `An option is one of ${Object.keys(types).join(', ')}.`;

function bad(message: string, help: string): RegistryError {
  return new RegistryError('INGOT_REGISTRY_OPTION', `registries: ${message}`, { help });
}
