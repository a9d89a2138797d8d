import { dirname } from 'node:path';
import type { Descriptor, Fetcher, Source } from '@ingot/content';
import { openSource } from '@ingot/content';
import { parseRepository } from '@ingot/oci';
import { parseReference } from '@ingot/registry/reference';
import { fetcherFor, openRegistryImage, projectImage, ProjectError, projectNode, withPlace } from '@ingot/workspace';
import type { Place } from '@ingot/workspace';
import type { ExecutorContext } from '@nx/devkit';
import type { BundleSource } from './bundle-sources.ts';
import type { CatalogDescription } from './description.ts';

/** A bundle of the list, found. */
export interface OpenBundle {
  readonly root: Descriptor;
  readonly fetcher: Fetcher;
  /** Where clusters find it: `registry.example/team/name@sha256:…`. */
  readonly image: string;
}

interface Found extends Omit<OpenBundle, 'image'> {
  /** As it is written; undefined: nobody says it. */
  readonly repository: string | undefined;
}

/**
 * Opens the bundle at an index of the list: the output of a project, an image of a registry through ingot.lock, or a
 * layout in the project's folder. Throws ProjectErrors at its place: what projectImage, openRegistryImage and openSource
 * throw, INGOT_BUNDLE_REPOSITORY, INGOT_CATALOG_BUNDLE.
 * @param registry what repositories without a registry are below
 */
export async function openBundle(
  description: CatalogDescription,
  index: number,
  context: ExecutorContext,
  registry: string | undefined,
): Promise<OpenBundle> {
  const bundle = description.bundles[index]!;
  const place = description.place(['bundles', index]);
  return withPlace(place, async () => {
    const { root, fetcher, repository } = await find(bundle, place, description, context);
    if (repository === undefined) throw noRepository(bundle, place);
    const { registry: host, repository: path } = parseRepository(repository, registry);
    return { root, fetcher, image: `${host}/${path}@${root.digest}` };
  });
}

async function find(
  { source, repository }: BundleSource,
  place: Place,
  { file }: CatalogDescription,
  context: ExecutorContext,
): Promise<Found> {
  if (source.transport === 'project') {
    const named = { targetName: bundleTargetOf(source.name, context, place), place };
    const { result } = await projectImage(context, source.name, named);
    const { mediaType, digest, size, repositories = [] } = result;
    const fetcher = await fetcherFor(context, source.name, named);
    return { root: { mediaType, digest, size }, fetcher, repository: repository ?? repositories[0] };
  }
  if (source.transport === 'docker') {
    const { registry, repository: path } = parseReference(source.reference);
    const { root, fetcher } = await openRegistryImage(context, source.reference);
    return { root, fetcher, repository: repository ?? `${registry}/${path}` };
  }
  refuseOutside(source, place);
  const { root, fetcher } = await openSource(source, { baseDir: dirname(file) });
  return { root, fetcher, repository };
}

/** Nx would not see it change. */
function refuseOutside(source: Source, place: Place): void {
  if (!('path' in source) || !(source.path.startsWith('/') || source.path.split('/').includes('..'))) return;
  throw new ProjectError('INGOT_CATALOG_BUNDLE', `${source.path} is outside of the project`, {
    place,
    help: 'put it into the folder of catalog.yaml, or name a project or a reference of a registry',
  });
}

function bundleTargetOf(name: string, context: ExecutorContext, place: Place): string {
  const { targets = {} } = projectNode(context, name, place).data;
  const found = Object.keys(targets).find((target) => targets[target]?.executor === '@ingot/bundle:bundle');
  if (found !== undefined) return found;
  throw new ProjectError('INGOT_CATALOG_BUNDLE', `project "${name}" has no bundle`, {
    place,
    help: 'add a bundle.yaml of the format registry to it, or name another project',
  });
}

function noRepository({ text }: BundleSource, place: Place): ProjectError {
  return new ProjectError('INGOT_BUNDLE_REPOSITORY', `${text} does not say where clusters find the bundle`, {
    place,
    help: 'add `repository` to its bundle.yaml, or write { from: …, repository: registry.example/team/name } here',
  });
}
