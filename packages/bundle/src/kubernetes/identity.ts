import type { ManifestObject } from './manifest.ts';

/** Who an object is. What it does not say, or not as text, is empty. */
export interface Identity {
  /** Of its apiVersion; empty for the core's kinds. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export function identityOf({ value }: ManifestObject): Identity {
  const apiVersion = text(value['apiVersion']);
  const slash = apiVersion.indexOf('/');
  const metadata = value['metadata'];
  const field = (key: string): string => (isMap(metadata) ? text(metadata[key]) : '');
  return {
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    kind: text(value['kind']),
    namespace: field('namespace'),
    name: field('name'),
  };
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
