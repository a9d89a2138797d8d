import type { BundleTree } from '../../tree/tree.ts';
import { treeOf } from '../../verify/test/tree-of.ts';
import { renderBundle, type RenderedBundle } from '../render-bundle.ts';

export interface SampleBundle {
  readonly version: string;
  readonly package?: string;
  /** Separated by commas. */
  readonly channels?: string;
  readonly defaultChannel?: string;
  /** Lines of the CSV's spec. */
  readonly spec?: string;
  /** Further files, or others in the place of these. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A registry+v1 bundle with a CSV and one CRD, `greetings.hello.example`. */
export function sampleTree({
  version,
  package: name = 'hello',
  channels = 'stable',
  defaultChannel,
  spec = '',
  files,
}: SampleBundle): BundleTree {
  const key = 'operators.operatorframework.io.bundle';
  return treeOf({
    'manifests/csv.yaml': `apiVersion: operators.coreos.com/v1alpha1
kind: ClusterServiceVersion
metadata: { name: ${name}.v${version} }
spec:
  version: ${version}
  customresourcedefinitions:
    owned: [{ name: greetings.hello.example, version: v1, kind: Greeting }]
${spec}`,
    'manifests/greetings.yaml': `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: greetings.hello.example }
spec:
  group: hello.example
  names: { kind: Greeting, plural: greetings }
  versions: [{ name: v1 }, { name: v1alpha1 }]
`,
    'metadata/annotations.yaml': `annotations:
  ${key}.mediatype.v1: registry+v1
  ${key}.package.v1: ${name}
  ${key}.channels.v1: ${channels}
${defaultChannel === undefined ? '' : `  ${key}.channel.default.v1: ${defaultChannel}\n`}`,
    ...files,
  });
}

/** A digest for each text. */
export function sampleImage(text: string): string {
  return `registry.example/team/hello@sha256:${Buffer.from(text).toString('hex').padEnd(64, '0').slice(0, 64)}`;
}

export function sampleBundle(bundle: SampleBundle): RenderedBundle {
  return renderBundle(sampleTree(bundle), sampleImage(bundle.version));
}
