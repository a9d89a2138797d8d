export { RegistryError } from './error.ts';
export type { RegistryErrorFacts } from './error.ts';
export type { Limits, RegistriesOptions, RegistryOptions } from './options.ts';
export { formatReference, isRegistryName, parseReference } from './reference.ts';
export type { Reference } from './reference.ts';
export { openRegistries } from './session.ts';
export type { Registries } from './session.ts';
export { Repository } from './repository.ts';
export type { BlobUrl, FetchedManifest } from './repository.ts';
