import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Catalog } from '../blobs.ts';
import { catalogOf } from '../catalog-of.ts';
import { readCatalogFile } from '../description.ts';
import type { RenderedBundle } from '../render-bundle.ts';
import { sampleBundle, type SampleBundle } from './sample-bundle.ts';

export interface SampleCatalog {
  /** The value of `packages`, from line 4 on. */
  readonly packages?: string;
  /** Each is `project:b0`, `project:b1` and so on, in the lines after `bundles:`. */
  readonly bundles: readonly (SampleBundle | RenderedBundle)[];
}

/** A catalog as a catalog.yaml describes it. */
export async function sampleCatalog({ packages = '- { name: hello }', bundles }: SampleCatalog): Promise<Catalog> {
  const folder = await mkdtemp(join(tmpdir(), 'ingot-catalog-'));
  try {
    const file = join(folder, 'catalog.yaml');
    const list = bundles.map((_, i) => `  - project:b${i}\n`).join('');
    await writeFile(
      file,
      `ingot: catalog/v1\nname: c\npackages:\n${packages.replace(/^/gm, '  ')}\nbundles:\n${list}version: 1.0.0\n`,
    );
    const rendered = bundles.map((each) => ('blob' in each ? each : sampleBundle(each)));
    return catalogOf(await readCatalogFile(file), rendered);
  } finally {
    await rm(folder, { recursive: true });
  }
}
