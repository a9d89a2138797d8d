import { RegistryError } from '../error.ts';
import { formatReference, parseQualified, type Reference } from '../reference.ts';
import type { ConfiguredRegistry } from './registries-conf.ts';

/** The table whose prefix is the longest that a reference begins with. containers-registries.conf(5). */
export function longestMatch(
  reference: Reference,
  tables: readonly ConfiguredRegistry[],
): ConfiguredRegistry | undefined {
  let best: ConfiguredRegistry | undefined;
  for (const table of tables) {
    const isLonger = best === undefined || table.prefix.length > best.prefix.length;
    if (isLonger && matchLength(reference, table.prefix) !== undefined) best = table;
  }
  return best;
}

/** Where `location` says that a reference is which begins with the table's prefix. Throws INGOT_REGISTRIES_CONF. */
export function rewrite(
  reference: Reference,
  { prefix, path }: ConfiguredRegistry,
  location: string,
): Pick<Reference, 'registry' | 'repository'> {
  const rest = formatReference(reference).slice(matchLength(reference, prefix));
  if (location === '') return { registry: reference.registry, repository: reference.repository };
  try {
    const { registry, repository } = parseQualified(location + rest);
    return { registry, repository };
  } catch (cause) {
    const message = `${path} makes ${JSON.stringify(location + rest)} out of ${formatReference(reference)}`;
    throw new RegistryError('INGOT_REGISTRIES_CONF', message, {
      path,
      cause,
      help: 'A location takes the place of the prefix, and must make a reference together with what follows.',
    });
  }
}

/** How many characters of the whole reference the prefix stands for; undefined where it is not for it. */
function matchLength(reference: Reference, prefix: string): number | undefined {
  const { registry } = reference;
  if (prefix.startsWith('*.')) {
    return registry.replace(/:\d+$/, '').endsWith(prefix.slice(1)) ? registry.length : undefined;
  }
  const whole = formatReference(reference);
  if (!whole.startsWith(prefix)) return undefined;
  const next = whole[prefix.length];
  // After a host, a colon begins a port: another registry.
  const ends = prefix.includes('/') ? [undefined, '/', ':', '@'] : ['/'];
  return ends.includes(next) ? prefix.length : undefined;
}
