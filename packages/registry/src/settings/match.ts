import { RegistryError } from '../error.ts';
import { parseQualified, type Reference } from '../reference.ts';
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
  const name = `${reference.registry}/${reference.repository}`;
  if (location === '') return { registry: reference.registry, repository: reference.repository };
  const rewritten = location + name.slice(matchLength(reference, prefix));
  try {
    const { registry, repository } = parseQualified(rewritten);
    return { registry, repository };
  } catch (cause) {
    const message = `${path} makes ${JSON.stringify(rewritten)} out of ${name}`;
    throw new RegistryError('INGOT_REGISTRIES_CONF', message, {
      path,
      cause,
      help: 'A location takes the place of the prefix, and must make a reference together with what follows.',
    });
  }
}

/**
 * How many characters of `registry/repository` the prefix stands for; undefined where it is not for it. The man page has
 * prefixes with a tag or digest as well; c/image, whose code counts, asks by the name alone, so that they fit nothing.
 */
function matchLength({ registry, repository }: Reference, prefix: string): number | undefined {
  if (prefix.startsWith('*.')) {
    return registry.replace(/:\d+$/, '').endsWith(prefix.slice(1)) ? registry.length : undefined;
  }
  const name = `${registry}/${repository}`;
  if (!name.startsWith(prefix)) return undefined;
  // Whole parts only; and after a host, a colon would begin a port: another registry.
  return [undefined, '/'].includes(name[prefix.length]) ? prefix.length : undefined;
}
