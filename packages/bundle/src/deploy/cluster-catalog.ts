import { ProjectError, throwErrors } from '@ingot/workspace';
import { stringify } from 'yaml';

/** What a ClusterCatalog says: a catalog for all of a cluster, of OLM v1. */
export interface ClusterCatalog {
  readonly name: string;
  /** `host/path@sha256:…`. */
  readonly image: string;
  /** Of several catalogs with a package, the one with the highest number is taken; 0 where nobody says it. */
  readonly priority?: number | undefined;
}

/** Why the API server or OLM v1 would not take it; `key` says which of the facts is at fault. */
export interface OlmProblem<Key extends string> {
  readonly key: Key;
  readonly message: string;
  readonly help: string;
}

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
/** catalogd makes a label of the name (internal/catalogd/webhook), and a label's value has no more. */
const longestName = 63;

/**
 * The ClusterCatalog of a pushed catalog, as YAML. It is named by digest, which OLM does not poll: what is served changes
 * when this does. Throws INGOT_CATALOG_DEPLOY: a ProjectError, or several.
 *
 * api/v1/clustercatalog_types.go of operator-controller v1.11.
 */
export function clusterCatalog(wanted: ClusterCatalog): string {
  throwErrors(clusterCatalogProblems(wanted).map(olmError));
  const { name, image, priority } = wanted;
  const document = {
    apiVersion: 'olm.operatorframework.io/v1',
    kind: 'ClusterCatalog',
    metadata: { name },
    spec: {
      ...(priority === undefined ? {} : { priority }),
      source: { type: 'Image', image: { ref: image } },
    },
  };
  return stringify(document, { version: '1.1', lineWidth: 0 });
}

/** All that is in the way of a ClusterCatalog; `image`, which is known after the push alone, may be left out. */
export function clusterCatalogProblems(
  wanted: Omit<ClusterCatalog, 'image'> & { readonly image?: string },
): OlmProblem<keyof ClusterCatalog>[] {
  const { name, image, priority = 0 } = wanted;
  const problems: OlmProblem<keyof ClusterCatalog>[] = [];
  if (!subdomain.test(name) || name.length > longestName) {
    const help = `a name has lower-case letters, digits, "-" and ".", at most ${longestName}, since it becomes a label`;
    problems.push({ key: 'name', message: `"${name}" cannot name a ClusterCatalog`, help });
  }
  if (image !== undefined && !isByDigest(image)) {
    const help = 'name it by its digest: a tag can be moved, and OLM would have to ask for it again and again';
    problems.push({ key: 'image', message: `"${image}" is not host/path@sha256:…`, help });
  }
  if (!Number.isInteger(priority) || Math.abs(priority + 0.5) > 2 ** 31) {
    const message = `${priority} is no priority`;
    problems.push({ key: 'priority', message, help: 'it is a whole number of 32 bits: -2147483648 to 2147483647' });
  }
  return problems;
}

export function olmError({ message, help }: OlmProblem<string>): ProjectError {
  return new ProjectError('INGOT_CATALOG_DEPLOY', message, { help });
}

/** The rules of ImageSource: a domain, a path, a digest, up to 1,000 characters. */
function isByDigest(image: string): boolean {
  return image.length <= 1000 && /^[A-Za-z0-9.-]+(:[0-9]+)?(\/[a-z0-9._-]+)+@sha256:[0-9a-f]{64}$/.test(image);
}
