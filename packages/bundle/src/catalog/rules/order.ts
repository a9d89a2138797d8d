import { packageOf, type Catalog } from '../blobs.ts';
import type { CatalogFault, CatalogRule } from '../catalog-rule.ts';
import { compareBundleVersions, parseVersion, type Version } from '../version.ts';

interface Versioned {
  readonly version: Version;
  readonly release: string | undefined;
}

export const orderRule: CatalogRule = {
  id: 'catalog-order',
  holds: 'each bundle replaces an older one',
  level: 'warning',
  reason: 'OLM follows what the entries say, also to an older version, which may not know the data of the newer one.',
  remedy: 'Turn it round: the newer bundle says what it replaces.',
  *check(catalog): Generator<CatalogFault> {
    for (const { blob, place } of catalog.channels) {
      for (const [i, { name, replaces = '' }] of blob.entries.entries()) {
        const [newer, older] = [name, replaces].map((each) => versionOf(catalog, blob.package, each));
        if (!newer || !older || name === replaces) continue;
        if (compareBundleVersions(newer.version, older.version, newer.release, older.release) >= 0) continue;
        const message = `"${name}" replaces "${replaces}", which is newer`;
        yield { message, place: place('entries', i, 'replaces') };
      }
    }
  },
};

function versionOf({ bundles }: Catalog, packageName: string, name: string): Versioned | undefined {
  const bundle = bundles.find(({ blob }) => blob.package === packageName && blob.name === name);
  const { version: text = '', release } = (bundle && packageOf(bundle.blob)) ?? {};
  const version = parseVersion(text);
  return version && { version, release };
}
