import { throwErrors } from '@ingot/workspace';
import { stringify } from 'yaml';
import { olmError, type OlmProblem } from './cluster-catalog.ts';
import { isVersionConstraint } from './version-constraint.ts';

/** What a ClusterExtension says: a package of a catalog, installed by OLM v1. */
export interface ClusterExtension {
  readonly name: string;
  readonly package: string;
  /** It has to exist. */
  readonly namespace: string;
  /** With whose rights OLM v1 up to v1.10 installs; v1.11 pays no attention to it. */
  readonly serviceAccount?: string | undefined;
  /** Undefined: all. */
  readonly channels?: readonly string[] | undefined;
  /** A version or a range; undefined: the newest. */
  readonly version?: string | undefined;
  /** The one ClusterCatalog to look into; undefined: all. */
  readonly catalog?: string | undefined;
}

type Problem = OlmProblem<keyof ClusterExtension>;

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
/** It becomes the name of a Helm release (internal/operator-controller/applier/helm.go), which has no more. */
const longestName = 53;

/**
 * The ClusterExtension of a package, as YAML; before it the service account, where one is named. Throws
 * INGOT_CATALOG_DEPLOY: a ProjectError, or several.
 *
 * api/v1/clusterextension_types.go of operator-controller v1.11; up to v1.10 `serviceAccount` is required there.
 */
export function clusterExtension(wanted: ClusterExtension): string {
  throwErrors(clusterExtensionProblems(wanted).map(olmError));
  const { name, namespace, serviceAccount, channels = [], version, catalog } = wanted;
  const extension = {
    apiVersion: 'olm.operatorframework.io/v1',
    kind: 'ClusterExtension',
    metadata: { name },
    spec: {
      namespace,
      ...(serviceAccount === undefined ? {} : { serviceAccount: { name: serviceAccount } }),
      source: {
        sourceType: 'Catalog',
        catalog: {
          packageName: wanted.package,
          ...(version === undefined ? {} : { version }),
          ...(channels.length === 0 ? {} : { channels }),
          // catalogd puts this label on each ClusterCatalog (MetadataNameLabel).
          ...(catalog === undefined
            ? {}
            : { selector: { matchLabels: { 'olm.operatorframework.io/metadata.name': catalog } } }),
        },
      },
    },
  };
  const text = stringify(extension, { version: '1.1', lineWidth: 0 });
  return serviceAccount === undefined ? text : `${accountText(serviceAccount, namespace)}---\n${text}`;
}

function accountText(name: string, namespace: string): string {
  const comment = `# OLM v1 up to v1.10 installs with the rights of this account: bind it to a role with all that the bundle
# asks for. Later versions install with rights of their own.
`;
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } };
  return comment + stringify(account, { version: '1.1', lineWidth: 0 });
}

/** All that is in the way of a ClusterExtension. */
export function clusterExtensionProblems(wanted: ClusterExtension): Problem[] {
  const { channels = [], version, serviceAccount } = wanted;
  const problems: Problem[] = [];
  const check = (key: keyof ClusterExtension, text: string, what: string, pattern: RegExp, longest: number) => {
    if (pattern.test(text) && text.length <= longest) return;
    const dots = pattern === label ? '' : ' and "."';
    const help = `it has lower-case letters, digits${dots === '' ? ' and' : ','} "-"${dots}, at most ${longest}`;
    problems.push({ key, message: `"${text}" cannot name ${what}`, help });
  };
  check('name', wanted.name, 'a ClusterExtension', subdomain, longestName);
  check('package', wanted.package, 'a package', subdomain, 253);
  check('namespace', wanted.namespace, 'a namespace', label, 63);
  if (serviceAccount !== undefined) check('serviceAccount', serviceAccount, 'a service account', subdomain, 253);
  for (const channel of channels) check('channels', channel, 'a channel to OLM v1', subdomain, 253);
  if (channels.length > 256) {
    const message = `there are ${channels.length} channels; a ClusterExtension has at most 256`;
    problems.push({ key: 'channels', message, help: 'leave the key out for all of them' });
  }
  if (version !== undefined && !isVersionConstraint(version)) {
    const help = 'write a version, or a range such as ">=1.0.0, <2.0.0", "1.2.x" or "^1.2", in at most 64 characters';
    problems.push({ key: 'version', message: `"${version}" is no version and no range`, help });
  }
  return problems;
}
