import type { BundleFormat } from '../../formats.ts';
import { version } from './operator.ts';

export function bundleYaml(name: string, format: BundleFormat): string {
  return `ingot: bundle/v1
name: ${name}
version: ${version}
format: ${format}
${contents[format](name)}# Where \`push\` brings it, and \`deploy-manifest\` says it is:
# repository: registry.example/team/${name}-bundle
deploy:
  # For rukpak from v0.20 on; up to v0.16 it is v1alpha1, which has no installNamespace.
  apiVersion: v1alpha2
  installNamespace: ${name}-system
  # The name of a secret, where the registry asks for a login:
  # pullSecret: registry-login
`;
}

const contents: Readonly<Record<BundleFormat, (name: string) => string>> = {
  plain: () => `# What a target makes is named with it: { from: dist/crds, target: generate }
manifests: [manifests]
`,
  registry: (name) => `# What a target makes is named with it: { from: dist/crds, target: generate }
manifests: [manifests]
registry:
  package: ${name}
  channels: [stable]
`,
  helm: () => `# With the charts that it depends on in chart/charts. What a target makes is named with it:
# { from: dist/chart, target: package }
chart: chart
`,
};
