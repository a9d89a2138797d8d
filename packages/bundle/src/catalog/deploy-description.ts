import type { Attempt } from '@ingot/oci';
import type { ProjectFile } from '@ingot/workspace';
import { clusterCatalogProblems, olmError, type ClusterCatalog } from '../deploy/cluster-catalog.ts';
import { clusterExtensionProblems, type ClusterExtension } from '../deploy/cluster-extension.ts';
import { keyError } from './key-error.ts';
import type { WrittenPackage } from './package-description.ts';

/** What becomes of the catalog in a cluster. */
export interface CatalogDeploy {
  readonly catalog: Omit<ClusterCatalog, 'image'>;
  /** Undefined: nothing is installed out of it. */
  readonly extension: ClusterExtension | undefined;
}

export interface WrittenDeploy {
  readonly catalogName?: string;
  readonly priority?: number;
  readonly extension?: {
    readonly name?: string;
    readonly package?: string;
    readonly namespace: string;
    readonly serviceAccount?: string;
    readonly channels?: readonly string[];
    readonly version?: string | number;
  };
}

interface Written {
  readonly packages: readonly WrittenPackage[];
  readonly deploy?: WrittenDeploy;
}

/** `name` is the catalog's own, for whom nothing else is said. */
export function describeCatalogDeploy(file: ProjectFile<Written>, name: string, attempt: Attempt): CatalogDeploy {
  const { deploy = {} } = file.value;
  const catalog = {
    name: deploy.catalogName ?? name.split('/').at(-1)!.replaceAll('_', '-'),
    priority: deploy.priority,
  };
  for (const problem of clusterCatalogProblems(catalog)) {
    attempt(['deploy', problem.key === 'name' ? 'catalogName' : problem.key], undefined, () => {
      throw olmError({ ...problem, help: problem.help.replace(/^a name has/, 'set deploy.catalogName:') });
    });
  }
  return { catalog, extension: describeExtension(file, catalog.name, attempt) };
}

function describeExtension(
  file: ProjectFile<Written>,
  catalog: string,
  attempt: Attempt,
): ClusterExtension | undefined {
  const { packages, deploy } = file.value;
  const written = deploy?.extension;
  if (written === undefined) return undefined;
  const at = ['deploy', 'extension'];
  const packageName = attempt([...at, 'package'], undefined, () => choosePackage(written.package, packages));
  if (packageName === undefined) return undefined;
  const { namespace, serviceAccount, channels, name = packageName } = written;
  const version = file.text([...at, 'version']);
  const extension = { name, package: packageName, namespace, serviceAccount, channels, version, catalog };
  for (const problem of clusterExtensionProblems(extension)) {
    attempt([...at, problem.key], undefined, () => {
      throw olmError(problem);
    });
  }
  return extension;
}

function choosePackage(wanted: string | undefined, packages: readonly WrittenPackage[]): string {
  const names = packages.map(({ name }) => name);
  const known = `the packages are ${names.join(', ')}`;
  if (wanted === undefined && names.length > 1) throw keyError('the extension does not say its package', known);
  if (wanted !== undefined && !names.includes(wanted)) throw keyError(`there is no package "${wanted}"`, known);
  return wanted ?? names[0]!;
}
