import { ProjectError, throwErrors } from '@ingot/workspace';
import { stringify } from 'yaml';
import { deployProblems, type BundleDeployment } from './deploy-problems.ts';

/**
 * The BundleDeployment by which rukpak fetches and installs a pushed bundle, as YAML; its keys in the API's order.
 * Throws INGOT_BUNDLE_DEPLOY where the chosen API version could not take it: a ProjectError, or several.
 *
 * api/v1alpha2/bundledeployment_types.go and bundle_types.go of rukpak v0.24; api/v1alpha1 of v0.16.
 */
export function bundleDeployment(wanted: BundleDeployment): string {
  throwErrors(
    deployProblems(wanted).map(({ message, help }) => new ProjectError('INGOT_BUNDLE_DEPLOY', message, { help })),
  );
  const document = {
    apiVersion: `core.rukpak.io/${wanted.apiVersion}`,
    kind: 'BundleDeployment',
    metadata: { name: wanted.name },
    spec: wanted.apiVersion === 'v1alpha1' ? specOfV1alpha1(wanted) : specOfV1alpha2(wanted),
  };
  // Kubernetes reads YAML 1.1, where a name such as `no` is no text unless it is quoted.
  return stringify(document, { version: '1.1', lineWidth: 0, blockQuote: 'literal' });
}

/** In v1alpha1 a template says what the Bundle, an object of its own, is made of. */
function specOfV1alpha1(wanted: BundleDeployment): object {
  const provisionerClassName = provisionerOf(wanted);
  return {
    provisionerClassName,
    template: {
      metadata: { labels: { app: wanted.name } },
      spec: { provisionerClassName, source: sourceOf(wanted) },
    },
    ...configOf(wanted),
  };
}

function specOfV1alpha2(wanted: BundleDeployment): object {
  return {
    installNamespace: wanted.installNamespace,
    provisionerClassName: provisionerOf(wanted),
    source: sourceOf(wanted),
    ...configOf(wanted),
  };
}

/** `core-rukpak-io-plain`, `-registry`, `-helm`: ProvisionerID in pkg/provisioner. */
function provisionerOf({ format }: BundleDeployment): string {
  return `core-rukpak-io-${format}`;
}

function sourceOf({ image, pullSecret, insecureSkipTLSVerify, certificateData }: BundleDeployment): object {
  return {
    type: 'image',
    image: {
      ref: image,
      ...(pullSecret === undefined ? {} : { pullSecret }),
      ...(insecureSkipTLSVerify === true ? { insecureSkipTLSVerify } : {}),
      ...(certificateData === undefined ? {} : { certificateData }),
    },
  };
}

/** The values are one text there: pkg/provisioner/helm/helm.go, loadValues. */
function configOf({ values }: BundleDeployment): object {
  return values === undefined || values.trim() === '' ? {} : { config: { values } };
}
