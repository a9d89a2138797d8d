import { readCatalogFile } from '../catalog/description.ts';
import { clusterCatalog } from './cluster-catalog.ts';
import { clusterExtension } from './cluster-extension.ts';
import type { Manifest, Manifests } from './manifests.ts';
import { olmPullSecretHelp } from './olm-pull-secret.ts';
import type { PushedImage } from './pushed-reference.ts';

/** The ClusterCatalog of a catalog.yaml, and the ClusterExtension that it asks for. Throws what readCatalogFile throws. */
export async function catalogManifests(path: string, { reference, registry }: PushedImage): Promise<Manifests> {
  const { deploy } = await readCatalogFile(path);
  const { catalog, extension } = deploy;
  const manifests: readonly Manifest[] = [
    { name: 'cluster-catalog.yaml', text: clusterCatalog({ ...catalog, image: reference }) },
    ...(extension === undefined
      ? []
      : [{ name: 'cluster-extension.yaml' as const, text: clusterExtension(extension) }]),
  ];
  const files = manifests.map(({ name }) => `-f ${name}`).join(' ');
  return { manifests, help: [`kubectl apply ${files}\n`, olmPullSecretHelp({ secret: 'registry-login', registry })] };
}
