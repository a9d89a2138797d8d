import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ProjectError, throwErrors } from '@ingot/workspace';
import { readBundleFile, type BundleDescription } from '../description/bundle.ts';
import { bundleDeployment } from './bundle-deployment.ts';
import { deployErrors } from './deploy-errors.ts';
import { pullSecretHelp } from './pull-secret.ts';
import type { PushedImage } from './pushed-reference.ts';

/** The files that `deploy-manifest` writes. */
export const manifestNames = ['bundle-deployment.yaml', 'cluster-catalog.yaml', 'cluster-extension.yaml'] as const;

/** What an administrator applies. */
export interface Manifest {
  readonly name: (typeof manifestNames)[number];
  readonly text: string;
}

export interface Manifests {
  readonly manifests: readonly Manifest[];
  /** For people: what else is to be done. */
  readonly help: readonly string[];
}

/**
 * The BundleDeployment of a bundle.yaml. Throws what readBundleFile and bundleDeployment throw, and INGOT_BUNDLE_DEPLOY
 * for files that cannot be read, at their places.
 */
export async function bundleManifests(path: string, { reference, registry }: PushedImage): Promise<Manifests> {
  const description = await readBundleFile(path);
  const { deploy, format } = description;
  const { apiVersion, name, installNamespace, pullSecret, insecureSkipTLSVerify } = deploy;
  const certificateData = await fileOf(description, 'certificate');
  const values = await fileOf(description, 'values');
  const wanted = {
    ...{ name, format, apiVersion, image: reference, installNamespace, pullSecret },
    ...{ insecureSkipTLSVerify, certificateData, values },
  };
  throwErrors(deployErrors(wanted, description.place));
  const text = bundleDeployment(wanted);
  const secret = pullSecret ?? 'registry-login';
  return {
    manifests: [{ name: 'bundle-deployment.yaml', text }],
    help: [`kubectl apply -f bundle-deployment.yaml\n`, pullSecretHelp({ secret, registry, apiVersion })],
  };
}

async function fileOf(description: BundleDescription, key: 'certificate' | 'values'): Promise<string | undefined> {
  const path = description.deploy[key];
  if (path === undefined) return undefined;
  try {
    return await readFile(join(dirname(description.file), path), 'utf8');
  } catch (cause) {
    throw new ProjectError('INGOT_BUNDLE_DEPLOY', `cannot read ${path}: ${(cause as Error).message}`, {
      place: description.place(['deploy', key]),
      help: 'paths are relative to the folder of bundle.yaml',
      cause,
    });
  }
}
