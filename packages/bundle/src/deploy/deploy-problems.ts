import { isMap, isScalar, parseDocument } from 'yaml';
import type { BundleFormat } from '../formats.ts';

/** v1alpha1 is rukpak's up to v0.16; v1alpha2 stands for v0.20 to v0.24, where installNamespace is part of it. */
export type RukpakApi = 'v1alpha1' | 'v1alpha2';

export const rukpakApis: readonly RukpakApi[] = ['v1alpha1', 'v1alpha2'];

export interface BundleDeployment {
  readonly name: string;
  readonly format: BundleFormat;
  readonly apiVersion: RukpakApi;
  /** `host/path@sha256:…`. */
  readonly image: string;
  readonly installNamespace?: string | undefined;
  /** The name of a secret in the namespace of rukpak's provisioners; what it holds is nobody's affair here. */
  readonly pullSecret?: string | undefined;
  readonly insecureSkipTLSVerify?: boolean | undefined;
  /** PEM. */
  readonly certificateData?: string | undefined;
  /** Of a chart: the text of a values.yaml. */
  readonly values?: string | undefined;
}

/** Why the API server or rukpak would not take it; `key` says which of the facts is at fault. */
export interface DeployProblem {
  readonly key: keyof BundleDeployment;
  readonly message: string;
  readonly help: string;
}

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** manifests/base/apis/crds/patches/bundledeployment_validation.yaml, of v0.16 and of v0.24. */
const longestName: Readonly<Record<RukpakApi, number>> = { v1alpha1: 45, v1alpha2: 52 };

/** All that is in the way of a BundleDeployment; `image`, which is known after the push alone, may be left out. */
export function deployProblems(
  wanted: Omit<BundleDeployment, 'image'> & Partial<Pick<BundleDeployment, 'image'>>,
): readonly DeployProblem[] {
  return [
    ...nameProblems(wanted),
    ...(wanted.image === undefined ? [] : imageProblems(wanted.image)),
    ...namespaceProblems(wanted),
    ...pullSecretProblems(wanted),
    ...(wanted.apiVersion === 'v1alpha1' ? connectionProblems(wanted) : []),
    ...certificateProblems(wanted),
    ...valuesProblems(wanted),
  ];
}

type Wanted = Omit<BundleDeployment, 'image'>;

function* nameProblems({ name, apiVersion }: Wanted): Generator<DeployProblem> {
  const longest = longestName[apiVersion];
  const help = `set deploy.name: lower-case letters, digits, "-" and ".", at most ${longest}`;
  if (!subdomain.test(name)) yield { key: 'name', message: `"${name}" cannot name a BundleDeployment`, help };
  if (name.length <= longest) return;
  const message = `"${name}" has ${name.length} characters; a BundleDeployment of ${apiVersion} has ${longest} for its name`;
  yield { key: 'name', message, help };
}

function* imageProblems(image: string): Generator<DeployProblem> {
  if (/^[^\s@]+\/[^\s@]+@sha256:[0-9a-f]{64}$/.test(image)) return;
  const help = 'name it by its digest: rukpak keeps what it has unpacked by that, and a tag can be moved';
  yield { key: 'image', message: `"${image}" is not host/path@sha256:…`, help };
}

function* namespaceProblems({ apiVersion, format, installNamespace }: Wanted): Generator<DeployProblem> {
  const key = 'installNamespace';
  if (apiVersion === 'v1alpha1') {
    if (installNamespace === undefined) return;
    yield { key, message: 'v1alpha1 has no installNamespace', help: `leave it out: ${placeInV1alpha1[format]}` };
  } else if (installNamespace === undefined) {
    const help = 'set deploy.installNamespace to a namespace that exists, or that the bundle itself makes';
    yield { key, message: 'v1alpha2 asks for an installNamespace', help };
  } else if (!label.test(installNamespace) || installNamespace.length > 63) {
    const help = 'a namespace has lower-case letters, digits and "-", at most 63';
    yield { key, message: `"${installNamespace}" cannot name a namespace`, help };
  }
}

/** internal/convert/registryv1.go and internal/provisioner of v0.16. */
const placeInV1alpha1: Readonly<Record<BundleFormat, string>> = {
  plain: 'each manifest says its metadata.namespace',
  registry: 'the CSV’s annotation operatorframework.io/suggested-namespace says it, else it is <package>-system',
  helm: 'what the chart gives no namespace goes into that of rukpak',
};

function* pullSecretProblems({ pullSecret }: Wanted): Generator<DeployProblem> {
  if (pullSecret === undefined || (subdomain.test(pullSecret) && pullSecret.length <= 253)) return;
  const help = 'name a secret, in lower-case letters, digits, "-" and "."; what it holds never belongs here';
  yield { key: 'pullSecret', message: 'pullSecret cannot name a secret', help };
}

function* connectionProblems({ insecureSkipTLSVerify, certificateData }: Wanted): Generator<DeployProblem> {
  // There the kubelet pulls: internal/source/image.go runs the bundle as a pod.
  const help = 'leave it out and let the nodes trust the registry, whose container runtime pulls; or take v1alpha2';
  if (insecureSkipTLSVerify === true) {
    yield { key: 'insecureSkipTLSVerify', message: 'v1alpha1 has no insecureSkipTLSVerify', help };
  }
  if (certificateData === undefined) return;
  yield { key: 'certificateData', message: 'v1alpha1 takes no certificate', help };
}

function* certificateProblems({ certificateData }: Wanted): Generator<DeployProblem> {
  const key = 'certificateData';
  if (certificateData === undefined) return;
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(certificateData)) {
    yield { key, message: 'the certificate has a private key with it', help: 'name a file with the certificate alone' };
  } else if (!/^-----BEGIN CERTIFICATE-----\r?$[^-]+^-----END CERTIFICATE-----\r?$/m.test(certificateData)) {
    // AppendCertsFromPEM passes over what it cannot read, and the pull fails later: pkg/source/image_registry.go.
    const help = 'name a file that has it as PEM: from -----BEGIN CERTIFICATE----- to the end';
    yield { key, message: 'the certificate is not PEM, and rukpak would overlook it', help };
  }
}

function* valuesProblems({ format, values }: Wanted): Generator<DeployProblem> {
  if (values === undefined) return;
  const key = 'values';
  if (format !== 'helm') {
    yield { key, message: `a bundle of the format ${format} has no values`, help: 'leave them out: charts have them' };
    return;
  }
  const document = parseDocument(values, { version: '1.1', logLevel: 'silent', prettyErrors: true });
  const [error] = document.errors;
  const help = 'write a YAML object, as in the chart’s values.yaml';
  if (error) yield { key, message: `the values are not YAML: ${firstLine(error.message)}`, help };
  else if (!isObject(document.contents)) yield { key, message: 'the values are no YAML object', help };
}

function firstLine(message: string): string {
  return message.split('\n')[0]!.replace(/:$/, '');
}

function isObject(contents: unknown): boolean {
  return contents === null || isMap(contents) || (isScalar(contents) && contents.value === null);
}
