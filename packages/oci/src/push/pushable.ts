import { LayoutStore, parseSource, type Descriptor, type Fetcher } from '@ingot/content';
import { parseReference } from '@ingot/registry/reference';
import {
  fetcherFor,
  projectArtifact,
  projectImage,
  type ArtifactResult,
  type ProjectImageOptions,
} from '@ingot/workspace';
import type { ExecutorContext } from '@nx/devkit';
import type { PushDescription } from './description.ts';

/** What a tag shall name. */
export interface PushRoot {
  readonly descriptor: Descriptor;
  /** Stands behind each tag: `-kernel`. */
  readonly suffix: string;
}

/** What a project has made, and where its blobs are. */
export interface Pushable {
  readonly roots: readonly PushRoot[];
  readonly fetcher: Fetcher;
  /** Repositories of this registry that hold a blob, as far as is known. */
  readonly knownIn: (registry: string, descriptor: Descriptor) => readonly string[];
  /** The artifact's own result. */
  readonly artifact: ArtifactResult | undefined;
}

/**
 * Finds what the project's `image` or `artifact` target has made, or another target that makes an image (`named`). Throws
 * what projectImage and projectArtifact throw.
 */
export async function openPushable(
  { kind }: Pick<PushDescription, 'kind'>,
  context: ExecutorContext,
  named: ProjectImageOptions = {},
): Promise<Pushable> {
  const project = context.projectName!;
  if (kind === 'artifact') {
    const { result, layoutDir } = await projectArtifact(context, project);
    const roots = result.roots.map(({ mediaType, digest, size, suffix }) => ({
      descriptor: { mediaType, digest, size },
      suffix,
    }));
    return { roots, fetcher: new LayoutStore(layoutDir), knownIn: () => [], artifact: result };
  }
  const { result } = await projectImage(context, project, named);
  const { mediaType, digest, size } = result;
  const repositories = await inheritedFrom(context, project, named);
  return {
    roots: [{ descriptor: { mediaType, digest, size }, suffix: '' }],
    fetcher: await fetcherFor(context, project, named),
    knownIn: (registry, descriptor) => repositories.get(descriptor.digest)?.get(registry) ?? [],
    artifact: undefined,
  };
}

type Repositories = Map<string, Map<string, string[]>>;

/** Digest → registry → repositories, of all that an image inherits from registries, its base's bases included. */
async function inheritedFrom(
  context: ExecutorContext,
  project: string,
  named: ProjectImageOptions = {},
  found: Repositories = new Map(),
  seen: Set<string> = new Set(),
): Promise<Repositories> {
  seen.add(project);
  const { result } = await projectImage(context, project, named);
  for (const { digest, source } of result.inherited) {
    const parsed = parseSource(source);
    if (parsed.transport === 'project' && !seen.has(parsed.name)) {
      await inheritedFrom(context, parsed.name, {}, found, seen);
    } else if (parsed.transport === 'docker') {
      const { registry, repository } = parseReference(parsed.reference);
      const byRegistry = found.get(digest) ?? new Map<string, string[]>();
      byRegistry.set(registry, [...(byRegistry.get(registry) ?? []), repository]);
      found.set(digest, byRegistry);
    }
  }
  return found;
}
