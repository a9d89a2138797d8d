import { Repository } from './repository.ts';
import type { RegistriesOptions } from './options.ts';
import type { Reference } from './reference.ts';

/** Connections, tokens and settings that all repositories of a run share. */
export interface Registries {
  /** The same object for the same registry and repository. Throws INGOT_REFERENCE_SYNTAX. */
  repository(reference: Reference | string): Repository;
  /** Closes all connections; what is under way fails. */
  close(): Promise<void>;
}

/** Opens nothing yet: files are read and connections made when they are needed. */
export function openRegistries(_options: RegistriesOptions = {}): Registries {
  return {
    repository: (reference) => {
      if (typeof reference === 'string') throw new Error('not made yet');
      return new Repository(reference);
    },
    close: async () => undefined,
  };
}
