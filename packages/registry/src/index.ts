export { RegistryError } from './error.ts';
export type { RegistryErrorFacts } from './error.ts';
